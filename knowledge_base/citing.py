"""Which documents the department's own published replies cited: its experience of what answers its citizens."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import UniqueConstraint, func
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from knowledge_base.clause import Clause
from storage import audit
from storage.columns import TIME_TYPE


class CitedDocument(SQLModel, table=True):
    """One document that one published text cited, however many of its clauses. `cited_in` names the text (`reply_version:12`)."""

    __tablename__ = "cited_document"
    __table_args__ = (UniqueConstraint("cited_in", "title"),)

    id: int | None = Field(default=None, primary_key=True)
    title: str
    cited_in: str
    at: datetime = Field(sa_type=TIME_TYPE)


@dataclass(frozen=True)
class Citations:
    """How often documents were cited, by title, up to the row `last`."""

    counts: dict[str, int] = field(default_factory=dict)
    last: int = 0

    def __add__(self, later: "Citations") -> "Citations":
        titles = self.counts.keys() | later.counts.keys()
        sums = {title: self.counts.get(title, 0) + later.counts.get(title, 0) for title in titles}
        return Citations(sums, max(self.last, later.last))


async def note_cited(session: AsyncSession, keys: Iterable[str], *, cited_in: str, actor: str, now: datetime) -> int:
    """Note the documents of the clauses that a published text cites; what is noted already counts once.

    Returns:
        How many were noted now.
    """
    titles = set((await session.exec(select(Clause.title).where(col(Clause.key).in_(set(keys))).distinct())).all())
    titles -= set((await session.exec(select(CitedDocument.title).where(CitedDocument.cited_in == cited_in))).all())
    session.add_all(CitedDocument(title=title, cited_in=cited_in, at=now) for title in sorted(titles))
    if titles:
        await audit.append(session, actor, "documents.cited", cited_in, at=now, titles=sorted(titles))
    return len(titles)


async def cited_since(session: AsyncSession, last: int = 0) -> Citations:
    """What was noted after the row `last`; costs what is new."""
    row, title = col(CitedDocument.id), col(CitedDocument.title)
    query = select(title, func.count(row), func.max(row)).where(row > last).group_by(title)
    found = (await session.exec(query)).all()
    return Citations({name: count for name, count, _ in found}, max((newest or last for *_, newest in found), default=last))
