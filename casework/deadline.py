"""时限: the clocks that run on a case, each with its source."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel, UniqueConstraint

from storage.columns import TIME_TYPE, enum_type


class DeadlineKind(StrEnum):
    """What must have happened by then."""

    ACKNOWLEDGE = "acknowledge"
    FIRST_RESPONSE = "first_response"
    PRESS_CONFERENCE = "press_conference"
    RESPONSE = "response"
    CLARIFY = "clarify"
    REPORT_UPWARD = "report_upward"
    TICKET = "ticket"
    PROMISE = "promise"


class DeadlineState(StrEnum):
    """`running` until met, missed, or dropped because the case or level no longer asks for it."""

    RUNNING = "running"
    MET = "met"
    MISSED = "missed"
    DROPPED = "dropped"


class Deadline(SQLModel, table=True):
    """One clock. `warned` counts the warnings given: 1 at half time, 2 when missed."""

    __tablename__ = "deadline"
    __table_args__ = (UniqueConstraint("case_id", "kind", "subject"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    kind: DeadlineKind = Field(sa_type=enum_type(DeadlineKind))
    subject: str = ""
    started_at: datetime = Field(sa_type=TIME_TYPE)
    due_at: datetime = Field(sa_type=TIME_TYPE, index=True)
    provisional: bool = False
    source: str
    state: DeadlineState = Field(default=DeadlineState.RUNNING, sa_type=enum_type(DeadlineState), index=True)
    warned: int = 0
    next_warning_at: datetime | None = Field(default=None, sa_type=TIME_TYPE, index=True)
    met_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
