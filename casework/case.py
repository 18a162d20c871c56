"""工单: the staff's handling of one event, known by a short number."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.event import Event
from prompts import say, words
from storage import audit
from storage.columns import TIME_TYPE, enum_type
from storage.numbering import number

NUMBERS_PER_LETTER = 99


class CaseState(StrEnum):
    """`open` until claimed, `claimed` while handled, then `replied`, `closed`; `dismissed` after a false alarm, `merged` into another."""

    OPEN = "open"
    CLAIMED = "claimed"
    REPLIED = "replied"
    CLOSED = "closed"
    DISMISSED = "dismissed"
    MERGED = "merged"

    @property
    def is_live(self) -> bool:
        return self in (CaseState.OPEN, CaseState.CLAIMED, CaseState.REPLIED)


class NoticeKind(StrEnum):
    """更正 of something published that was wrong, 补充 of something that was missing; the words are those of the commands."""

    CORRECTION = "更正"
    SUPPLEMENT = "补充通报"


class Case(SQLModel, table=True):
    """One case for one event. `number` is what people say: A12.

    `announced_level` is the level that was last announced with a ringing message; only a higher one rings again.
    `announced_items` is how many posts the event had then. `hot_at` is when it was found hot for the first time.
    `notice` says what a case is that only puts an earlier publication right or adds to it; `follows` is that publication's id.
    `stirred_at` is when a matter that had gone quiet was last found to flare up again.
    """

    __tablename__ = "case"

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    event_id: int = Field(foreign_key="event.id", unique=True)
    state: CaseState = Field(default=CaseState.OPEN, sa_type=enum_type(CaseState), index=True)
    opened_at: datetime = Field(sa_type=TIME_TYPE)
    owner_id: int | None = Field(default=None, foreign_key="staff_member.id")
    claimed_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    announced_level: int = 0
    announced_items: int = 0
    muted_until: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    hot_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    escalation_step: int = 0
    replied_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    closed_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    outcome: str = ""
    notice: NoticeKind | None = Field(default=None, sa_type=enum_type(NoticeKind))
    follows: int | None = None
    stirred_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)


class CaseStep(SQLModel, table=True):
    """One line of a case's timeline, written for people."""

    __tablename__ = "case_step"

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    at: datetime = Field(sa_type=TIME_TYPE)
    actor: str
    text: str


_OF_EVENT = select(Case).where(Case.event_id == bindparam("event"))


def case_number(ordinal: int) -> str:
    """The short number of the `ordinal`-th case, counted from 1: A1 … A99, B1 … Z99, AA1 …"""
    block, within = divmod(ordinal - 1, NUMBERS_PER_LETTER)
    letters = ""
    while True:
        block, letter = divmod(block, 26)
        letters = chr(ord("A") + letter) + letters
        if block == 0:
            return f"{letters}{within + 1}"
        block -= 1


async def case_by_number(session: AsyncSession, number: str) -> Case | None:
    """The case that people call by `number`, in any spelling (a12, Ａ１２)."""
    return (await session.exec(select(Case).where(Case.number == number.strip().upper()))).first()


async def case_of_event(session: AsyncSession, event_id: int) -> Case | None:
    """The case that handles an event."""
    return (await session.exec(_OF_EVENT, params={"event": event_id})).first()


async def open_case(session: AsyncSession, event: Event, now: datetime, *, first: bool = False) -> tuple[Case, bool]:
    """The case of an event, and whether this call opened it.

    Args:
        first: whether the event has only just begun, so that it can have no case.
    """
    if not first and (found := await case_of_event(session, event.id or 0)):
        return found, False
    id_ = await number(session, Case, block=1)
    case = Case(id=id_, number=case_number(id_), event_id=event.id or 0, opened_at=now)
    session.add(case)
    add_step(session, case, say("casework.step_opened", level=words("alert.levels")[str(event.level)]), now)
    await audit.append(session, "system", "case.opened", subject(case), at=now, event=event.id, level=event.level)
    return case, True


def add_step(session: AsyncSession, case: Case, text: str, now: datetime, actor: str = "") -> None:
    """Write one line of the case's timeline."""
    session.add(CaseStep(case_id=case.id or 0, at=now, actor=actor or say("casework.machine"), text=text))


async def steps_of(session: AsyncSession, case: Case) -> list[CaseStep]:
    """The timeline, oldest first."""
    return list(
        (await session.exec(select(CaseStep).where(CaseStep.case_id == case.id).order_by(col(CaseStep.at), col(CaseStep.id)))).all()
    )


def subject(case: Case) -> str:
    """The case as the audit chain names it."""
    return f"case:{case.number}"
