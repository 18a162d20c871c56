"""Which tier a source deserves, by what it brought in the last weeks; proposed, never changed by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.event import Event
from monitoring.habit import Habit
from monitoring.item import Item
from monitoring.polling import Intervals
from monitoring.source import Source, Tier
from monitoring.source_hour import WINDOW
from monitoring.tier_proposal import TierProposal
from prompts import say
from storage import audit

FEWEST_DAYS = 14
ENTRIES_SHOWN = 20
"""So many entries a page or feed usually shows; of a source that brings more between two readings some are lost."""
QUIET_AFTER_REFUSAL = timedelta(days=28)
_MONTH_DAYS = 28
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Yield:
    """What one source brought, per 28 days: posts, posts that are ours, posts that name the department, alerts that began with it."""

    posts: float
    ours: float
    named: float
    alerts: float

    @property
    def worth(self) -> float:
        """One figure for all: an alert counts as much as seven posts of ours, being called by name as much again as being ours."""
        return self.ours + self.named + 7 * self.alerts


RAISE_TO_A, STAY_IN_A = 56.0, 28.0
"""Worth per 28 days: two posts of ours a day, or one that names us; half of that keeps the tier."""
RAISE_TO_B, STAY_IN_B = 6.0, 2.0
RAISE_FOR_OVERFLOW, STAY_FOR_OVERFLOW = 2, 1
"""Posts of ours per 28 days from which on it matters that posts are lost between two readings."""
SLACK = 0.5
"""A slower tier is proposed only where it would be fast enough with room to spare."""


def yield_of(habit: Habit, alerts: int) -> Yield:
    """The yield that a habit's figures and the number of alerts show."""
    scale = _MONTH_DAYS / habit.days
    posts, ours, named = (habit.figures[name] * scale for name in ("posts", "ours", "named"))
    return Yield(posts, ours, named, alerts * scale)


def fitting_tier(brought: Yield, current: Tier, intervals: Intervals) -> Tier:
    """The tier that fits; the present one where the figures lie between two."""
    worth = brought.worth
    if worth >= (STAY_IN_A if current is Tier.A else RAISE_TO_A):
        tier = Tier.A
    elif worth >= (RAISE_TO_B if current is Tier.C else STAY_IN_B):
        tier = Tier.B
    else:
        tier = Tier.C
    if brought.ours < (STAY_FOR_OVERFLOW if current < tier else RAISE_FOR_OVERFLOW):
        return tier
    fast_enough = [each for each in Tier if each <= tier and not _overflows(brought, intervals[each], 1.0 if each <= current else SLACK)]
    return max(fast_enough, default=Tier.A)


async def propose(session: AsyncSession, source: Source, habit: Habit, intervals: Intervals, now: datetime) -> TierProposal | None:
    """A new proposal for a source, or None: it fits, is too young, or the same was proposed or refused of late."""
    if habit.days < FEWEST_DAYS or source.id is None:
        return None
    brought = yield_of(habit, await _alerts(session, source.id, now))
    fitting = fitting_tier(brought, source.tier, intervals)
    standing = await _latest(session, source.id)
    if standing and standing.decided_at is None:
        if standing.to_tier is fitting:
            return None
        standing.decided_at = now
        await audit.append(session, "system", "tier.overtaken", f"source:{source.id}", at=now, proposal=standing.id)
    if fitting is source.tier or (standing and _refused_lately(standing, fitting, now)):
        return None
    proposal = TierProposal(
        source_id=source.id, from_tier=source.tier, to_tier=fitting, reason=_reason(brought, source.tier, intervals), proposed_at=now
    )
    session.add(proposal)
    await session.flush()
    await audit.append(session, "system", "tier.proposed", f"source:{source.id}", at=now, proposal=proposal.id, to=fitting)
    return proposal


async def decide(
    session: AsyncSession, proposal: TierProposal, actor: str, intervals: Intervals, now: datetime, *, accepted: bool
) -> Source:
    """Carry out what an admin decided of an open proposal. Returns the source."""
    source = await session.get_one(Source, proposal.source_id)
    proposal.decided_at, proposal.decided_by, proposal.accepted = now, actor, accepted
    if accepted:
        source.tier = proposal.to_tier
        source.next_poll_at = min(source.next_poll_at or now, now + intervals[source.tier])
    action = "tier.accepted" if accepted else "tier.refused"
    await audit.append(session, actor, action, f"source:{source.id}", at=now, proposal=proposal.id, to=proposal.to_tier)
    await session.flush()
    return source


async def open_proposals(session: AsyncSession) -> Mapping[int, TierProposal]:
    """The proposals that nobody has decided, by source."""
    query = select(TierProposal).where(col(TierProposal.decided_at).is_(None)).order_by(col(TierProposal.id))
    return {proposal.source_id: proposal for proposal in (await session.exec(query)).all()}


def _overflows(brought: Yield, interval: timedelta, room: float = 1.0) -> bool:
    return brought.posts / _MONTH_DAYS * (interval / _DAY) > ENTRIES_SHOWN * room


def _refused_lately(standing: TierProposal, fitting: Tier, now: datetime) -> bool:
    return standing.accepted is False and standing.to_tier is fitting and now - (standing.decided_at or now) < QUIET_AFTER_REFUSAL


def _reason(brought: Yield, current: Tier, intervals: Intervals) -> str:
    per_day = brought.posts / _MONTH_DAYS
    figures = say(
        "sources.tier_reason", posts=f"{per_day:.1f}", ours=round(brought.ours), named=round(brought.named), alerts=round(brought.alerts)
    )
    return figures + (say("sources.tier_overflow") if brought.ours and _overflows(brought, intervals[current]) else "")


async def _alerts(session: AsyncSession, source_id: int, now: datetime) -> int:
    """Events with a level that began with a post of the source."""
    begun = select(func.count(col(Event.id))).join(Item, col(Item.id) == Event.first_item_id)
    return (await session.exec(begun.where(Item.source_id == source_id, Event.level > 0, Event.last_posted_at > now - WINDOW))).one()


async def _latest(session: AsyncSession, source_id: int) -> TierProposal | None:
    query = select(TierProposal).where(TierProposal.source_id == source_id).order_by(col(TierProposal.id).desc()).limit(1)
    return (await session.exec(query)).first()
