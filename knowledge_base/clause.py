"""条款: one article of one version, with a name that never changes."""

from datetime import date

from sqlmodel import Field, SQLModel

from knowledge_base.region import Region


class Clause(SQLModel, table=True):
    """One article (条).

    `key` is `title|version date or unknown|article`, stable over re-imports; `text` is the exact span of the document's body.

    The validity columns repeat the document's, so that one row decides whether it may be offered.
    """

    __tablename__ = "clause"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    document_id: int = Field(foreign_key="policy_document.id", index=True)
    ordinal: int
    part: str = ""
    chapter: str = ""
    section: str = ""
    article: str
    text: str
    start_offset: int
    end_offset: int
    text_hash: str
    title: str = Field(index=True)
    province: str | None = None
    city: str | None = None
    version_date: date | None = None
    effective_on: date | None = None
    ended_on: date | None = None
    usable: bool = Field(default=False, index=True)

    @property
    def region(self) -> Region:
        return Region(self.province, self.city)

    @property
    def short_title(self) -> str:
        """The title as it is quoted: without 中华人民共和国."""
        return self.title.removeprefix("中华人民共和国")

    def in_force_on(self, day: date) -> bool:
        """Whether the clause may be offered on `day`.

        It is approved, has begun and has not ended. An unknown day of effect counts as the day of adoption; both unknown, as begun.
        """
        begun = (self.effective_on or self.version_date or day) <= day
        return self.usable and begun and (self.ended_on is None or day < self.ended_on)
