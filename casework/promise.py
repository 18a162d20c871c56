"""承诺: what a published reply promised, by when, who keeps it, and what came of it."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from storage.columns import TIME_TYPE


class PromiseState(StrEnum):
    """`open` until kept; `overdue` while late and not kept; `kept_late` and `broken` are shown as what they are."""

    OPEN = "open"
    OVERDUE = "overdue"
    KEPT = "kept"
    KEPT_LATE = "kept_late"
    BROKEN = "broken"


class Promise(SQLModel, table=True):
    """One promise of one published version.

    `due_at` is empty where the text names no time (尽快) and nobody has set one yet. `owner` and `kept_by` are ids of staff members.
    `proof` tells in words how it was kept, `proof_link` where that can be seen. `broken_why` is what the person said who gave it up.
    """

    __tablename__ = "promise"

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    version_id: int = Field(foreign_key="reply_version.id")
    text: str
    due_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    kept_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    owner: int | None = None
    kept_by: int | None = None
    proof: str = Field(default="", sa_column_kwargs={"server_default": ""})
    proof_link: str = Field(default="", sa_column_kwargs={"server_default": ""})
    broken_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    broken_why: str = Field(default="", sa_column_kwargs={"server_default": ""})

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to keep it."""
        return self.kept_at is None and self.broken_at is None

    def state(self, now: datetime) -> PromiseState:
        """How it stands at a moment."""
        if self.broken_at:
            return PromiseState.BROKEN
        late = self.due_at is not None and (self.kept_at or now) > self.due_at
        if self.kept_at:
            return PromiseState.KEPT_LATE if late else PromiseState.KEPT
        return PromiseState.OVERDUE if late else PromiseState.OPEN
