"""时限: the clocks that run on a case, each with its source."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Field, SQLModel, UniqueConstraint

from casework.workdays import working_day_after
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
    """One clock. `next_warning_at` is empty when nothing is left to say.

    `warned` counts the warnings given: 1 at half time (a promise: somewhat before its end), 2 when missed, 3 when the leader was told of a
    broken promise.
    `subject` tells several clocks of one kind apart: the ticket's item, the promise.
    """

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


RULES_2016_61 = "国办发〔2016〕61号"
"""关于在政务公开工作中进一步做好政务舆情回应的通知, 2016-07-30."""
RULES_2016_80 = "国办发〔2016〕80号"
"""《关于全面推进政务公开工作的意见》实施细则, 2016-11-10."""
EMERGENCY_LAW = "突发事件应对法（2024）第十七、六十一、六十二条"
CLARIFICATION_LAW = "突发事件应对法（2024）第七条、政府信息公开条例（2019）第六条；24 小时为产品默认"
TICKET_OWN = "工单办理时限"
TICKET_DEFAULT = "产品默认 5 个工作日，以本地接诉即办规定为准"
PRODUCT_DEFAULT = "产品默认，无法定依据"

FIRST_INFORMATION_WITHIN = timedelta(hours=5)
PRESS_CONFERENCE_WITHIN = timedelta(hours=24)
RESPONSE_WITHIN = timedelta(hours=48)
CLARIFY_WITHIN = timedelta(hours=24)
TICKET_WORKING_DAYS = 5
ACKNOWLEDGE_WITHIN = {1: timedelta(minutes=10), 2: timedelta(minutes=15), 3: timedelta(minutes=60)}
ACKNOWLEDGE_WORKING_DAYS = 1
"""For IV: by the end of the next working day."""

GRAVE = (1, 2)
"""Levels I and II: they ring at any hour, have the short clocks, and take two approvers."""


@dataclass(frozen=True)
class Clock:
    """A deadline that ought to run."""

    kind: DeadlineKind
    started_at: datetime
    due_at: datetime
    source: str
    subject: str = ""
    provisional: bool = False


@dataclass(frozen=True)
class Ticket:
    """A ticket among the event's items; `due_at` is its own 办理时限, if it names one."""

    item_id: int
    posted_at: datetime
    due_at: datetime | None


def clocks_for(level: int, first_posted_at: datetime, told_at: datetime, *, rumour: bool, tickets: Iterable[Ticket] = ()) -> list[Clock]:
    """The deadlines of a case, by the table of defaults; all are outer limits.

    Args:
        level: 1 (I) to 4 (IV).
        first_posted_at: the first post of the event; public answers are counted from it.
        told_at: when staff were first told; acknowledgement is counted from it.
        rumour: whether the event spreads something false.
    """
    clocks = [_acknowledge(level, told_at), *_answers(level, first_posted_at), *map(_ticket, tickets)]
    if level in GRAVE:
        clocks.append(Clock(DeadlineKind.REPORT_UPWARD, told_at, told_at, EMERGENCY_LAW))
    if rumour:
        clocks.append(Clock(DeadlineKind.CLARIFY, first_posted_at, first_posted_at + CLARIFY_WITHIN, CLARIFICATION_LAW))
    return clocks


def _acknowledge(level: int, told_at: datetime) -> Clock:
    if within := ACKNOWLEDGE_WITHIN.get(level):
        return Clock(DeadlineKind.ACKNOWLEDGE, told_at, told_at + within, PRODUCT_DEFAULT)
    end = working_day_after(told_at, ACKNOWLEDGE_WORKING_DAYS)
    return Clock(DeadlineKind.ACKNOWLEDGE, told_at, end.at, PRODUCT_DEFAULT, provisional=end.provisional)


def _answers(level: int, first: datetime) -> list[Clock]:
    if level in GRAVE:
        return [
            Clock(DeadlineKind.FIRST_RESPONSE, first, first + FIRST_INFORMATION_WITHIN, RULES_2016_80),
            Clock(DeadlineKind.PRESS_CONFERENCE, first, first + PRESS_CONFERENCE_WITHIN, f"{RULES_2016_61}、80号"),
        ]
    return [Clock(DeadlineKind.RESPONSE, first, first + RESPONSE_WITHIN, RULES_2016_61)]


def _ticket(ticket: Ticket) -> Clock:
    subject = str(ticket.item_id)
    if ticket.due_at:
        return Clock(DeadlineKind.TICKET, ticket.posted_at, ticket.due_at, TICKET_OWN, subject)
    end = working_day_after(ticket.posted_at, TICKET_WORKING_DAYS)
    return Clock(DeadlineKind.TICKET, ticket.posted_at, end.at, TICKET_DEFAULT, subject, end.provisional)
