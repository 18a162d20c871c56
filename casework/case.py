"""工单: the staff's handling of one event, known by a short number."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import TIME_TYPE, enum_type

NUMBERS_PER_LETTER = 99


class CaseState(StrEnum):
    """`open` until claimed, `claimed` while handled, then `replied`, `closed`; `dismissed` after a false alarm."""

    OPEN = "open"
    CLAIMED = "claimed"
    REPLIED = "replied"
    CLOSED = "closed"
    DISMISSED = "dismissed"

    @property
    def is_live(self) -> bool:
        return self in (CaseState.OPEN, CaseState.CLAIMED, CaseState.REPLIED)


class Case(SQLModel, table=True):
    """One case for one event. `number` is what people say: A12.

    `announced_level` is the level that was last announced with a ringing message; only a higher one rings again.
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
    muted_until: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    escalation_step: int = 0
    replied_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    closed_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    outcome: str = ""


class CaseStep(SQLModel, table=True):
    """One line of a case's timeline, written for people."""

    __tablename__ = "case_step"

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    at: datetime = Field(sa_type=TIME_TYPE)
    actor: str
    text: str


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
