"""历史案例: how a matter was answered before. Tone and process, never a legal basis."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from storage.columns import TIME_TYPE


class PastCase(SQLModel, table=True):
    """A message and the reply that was given, both with personal data masked."""

    __tablename__ = "past_case"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    question: str
    reply: str
    line: str = Field(default="", index=True)
    strategy: str = ""
    channel: str = ""
    replied_on: date | None = None
    case_number: str | None = Field(default=None, index=True)
    origin: str = "imported"
    usable: bool = True
    added_at: datetime = Field(sa_type=TIME_TYPE)


class KnowledgeChange(SQLModel, table=True):
    """One change that an index must follow; the rising id is what an index remembers to have applied."""

    __tablename__ = "knowledge_change"

    id: int | None = Field(default=None, primary_key=True)
    pool: str
    subject_id: int
    at: datetime = Field(sa_type=TIME_TYPE)
