"""政策文件: one version of a law, regulation or rule, and when it holds."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from knowledge_base.region import Region
from storage.columns import TIME_TYPE, enum_type


class DocumentState(StrEnum):
    """Uploaded text is `pending` until a person approves it; `withdrawn` takes effect at once."""

    PENDING = "pending"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class PolicyDocument(SQLModel, table=True):
    """One version of a policy document. `work` is the same for all versions of one title in one region.

    `effective_on` None means that the text names no date ('unknown', shown as such); `version_date` is the date of adoption or of the last amendment.
    `superseded_on` is set when a newer version is approved; `repealed_on` when the document itself ended.
    """

    __tablename__ = "policy_document"

    id: int | None = Field(default=None, primary_key=True)
    work: str = Field(index=True)
    title: str
    authority: str = ""
    document_number: str = ""
    category: str = ""
    province: str | None = None
    city: str | None = None
    version_date: date | None = None
    effective_on: date | None = None
    repealed_on: date | None = None
    superseded_on: date | None = None
    superseded_by: int | None = Field(default=None, foreign_key="policy_document.id")
    state: DocumentState = Field(default=DocumentState.PENDING, sa_type=enum_type(DocumentState), index=True)
    body: str
    content_hash: str = Field(unique=True)
    file_name: str = ""
    imported_at: datetime = Field(sa_type=TIME_TYPE)
    approved_by: str | None = None
    approved_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)

    @property
    def region(self) -> Region:
        return Region(self.province, self.city)
