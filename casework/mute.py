"""静默: what need not ring for a while although it is new, by business line, place or source."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case, CaseState
from casework.deadline import GRAVE
from monitoring.event import Event
from storage.columns import JSON_TYPE, TIME_TYPE

LIVE = [state for state in CaseState if state.is_live]


class StandingMute(SQLModel, table=True):
    """One standing mute, known by its id. It holds until `until`, or until a person lifted it.

    `line` is a business line, empty for all; each of `words` must stand in an event's district, place or headline, or in all its sources.
    """

    __tablename__ = "standing_mute"

    id: int | None = Field(default=None, primary_key=True)
    line: str = ""
    words: list[str] = Field(default_factory=list, sa_type=JSON_TYPE)
    created_at: datetime = Field(sa_type=TIME_TYPE)
    created_by: str
    until: datetime = Field(sa_type=TIME_TYPE, index=True)
    lifted_by: str = ""

    @property
    def scope(self) -> str:
        """What it covers, as it was typed."""
        return "·".join(part for part in (self.line, *self.words) if part)

    def covers(self, event: Event) -> bool:
        """Whether an event is of its kind. I and II never are."""
        if event.level in GRAVE or (self.line and event.line != self.line):
            return False
        told = f"{event.district or ''} {event.place or ''} {event.headline}"
        return all(word in told or (event.source_names and all(word in name for name in event.source_names)) for word in self.words)


class HeldCase(SQLModel, table=True):
    """A case that did not ring because of a standing mute. `released_at` is when it rang after all, or the mute was lifted."""

    __tablename__ = "held_case"
    __table_args__ = (UniqueConstraint("mute_id", "case_id"),)

    id: int | None = Field(default=None, primary_key=True)
    mute_id: int = Field(foreign_key="standing_mute.id")
    case_id: int = Field(foreign_key="case.id", index=True)
    at: datetime = Field(sa_type=TIME_TYPE)
    released_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)


async def active_mutes(session: AsyncSession, now: datetime) -> Sequence[StandingMute]:
    """The mutes that hold, in the order in which they were set."""
    holding = select(StandingMute).where(col(StandingMute.until) > now)
    return (await session.exec(holding.order_by(col(StandingMute.id)))).all()


async def hold_back(session: AsyncSession, case: Case, event: Event, now: datetime) -> StandingMute | None:
    """Keep a case that would ring for the first time silent, where a mute covers its event; the one that lasts longest decides."""
    covering = [mute for mute in await active_mutes(session, now) if mute.covers(event)]
    if not covering:
        return None
    mute = max(covering, key=lambda each: each.until)
    case.muted_until = mute.until
    session.add(HeldCase(mute_id=mute.id or 0, case_id=case.id or 0, at=now))
    await session.flush()
    return mute


async def is_held(session: AsyncSession, case: Case, now: datetime) -> bool:
    """Whether a case is held back, and nothing has rung for it yet."""
    return await _holding(session, case, now) is not None


async def let_go(session: AsyncSession, case: Case, now: datetime) -> None:
    """A case that is held back rings after all: it is graver now, or hot, or the mute is lifted. That it was held stays on record."""
    if held := await _holding(session, case, now):
        held.released_at, case.muted_until = now, None


async def _holding(session: AsyncSession, case: Case, now: datetime) -> HeldCase | None:
    query = select(HeldCase).join(StandingMute, col(StandingMute.id) == HeldCase.mute_id)
    holding = query.where(HeldCase.case_id == case.id, col(HeldCase.released_at).is_(None), col(StandingMute.until) > now)
    return (await session.exec(holding.limit(1))).first()


async def held_by(session: AsyncSession, mute: StandingMute) -> Sequence[Case]:
    """The cases that a mute held back, oldest first."""
    held = select(Case).join(HeldCase, col(HeldCase.case_id) == Case.id).where(HeldCase.mute_id == mute.id)
    return (await session.exec(held.order_by(col(HeldCase.id)))).all()
