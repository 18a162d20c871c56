"""历史案例: how a matter was answered before. Tone and process, never a legal basis."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from knowledge_base.region import NATIONAL, Region
from storage.columns import TIME_TYPE, enum_type


class PastCase(SQLModel, table=True):
    """A message and the reply that was given, both with personal data masked.

    `province` and `city`: whose reply it was; both None is the department's own, or unknown.
    """

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
    province: str | None = None
    city: str | None = None

    @property
    def region(self) -> Region:
        return Region(self.province, self.city)


class Pool(StrEnum):
    """What a change concerns: all clauses of one policy document, or one past case."""

    CLAUSES = "clauses"
    CASES = "cases"


class KnowledgeChange(SQLModel, table=True):
    """One change that an index must follow: `subject_id` is a policy document or a past case.

    An index remembers the last id that it applied.
    """

    __tablename__ = "knowledge_change"

    id: int | None = Field(default=None, primary_key=True)
    pool: Pool = Field(sa_type=enum_type(Pool))
    subject_id: int
    at: datetime = Field(sa_type=TIME_TYPE)


@dataclass(frozen=True)
class ParsedCase:
    """A message and its reply as they were read from a file, not masked yet. `key` is the case's name in that file.

    `region`: whose reply it is, where the file says so.
    """

    key: str
    question: str
    reply: str
    replied_on: date | None = None
    line: str = ""
    strategy: str = ""
    channel: str = ""
    region: Region = NATIONAL
