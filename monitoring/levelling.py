"""An event's level follows what its posts and its spread show. The machine raises; only a person lowers."""

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.doubts import doubts
from monitoring.event import Event, LevelChange
from monitoring.factors import Factor
from monitoring.grading import EventSpread, Grade, grade_event, graver
from monitoring.heat import FEWEST_FOR_TREND, Pace, heat
from monitoring.item import Item
from monitoring.policy import GradingPolicy
from monitoring.pulse import Pulse
from storage import audit

SYSTEM = "system"
_EVENT_PREFIX = "event_"


def take_in_factors(event: Event, item: Item) -> tuple[Factor, ...]:
    """Lend an item's level and factors to its event.

    Returns:
        The factors that the event did not have before.
    """
    known = own_factors(event)
    names = {factor.name for factor in known}
    brought = [Factor.from_json(data) for data in item.factors]
    event.item_level = graver(event.item_level, item.level)
    event.factors = [factor.to_json() for factor in (*known, *brought)]
    return tuple(factor for factor in brought if factor.name not in names)


def own_factors(event: Event) -> list[Factor]:
    """The factors that an event's posts show, without those of the event as a whole."""
    return [Factor.from_json(data) for data in event.factors if not str(data["name"]).startswith(_EVENT_PREFIX)]


async def regrade(pulse: Pulse, event: Event, item: Item, policy: GradingPolicy, now: datetime) -> Grade:
    """Measure an event again after a post has joined, and note its points, factors and doubts. The level itself is left alone."""
    await _measure(pulse, event)
    grade = grade_event(event.item_level, own_factors(event), spread_of(event, now), policy)
    event.points = grade.points
    if grade.factors:
        event.factors = [factor.to_json() for factor in grade.factors]
    event.doubts = doubts(own_factors(event))
    return grade


def may_raise(event: Event, level: int) -> bool:
    """Whether the machine may set this level: graver than the present one, and graver than any that a person overruled."""
    return graver(level, event.level) != event.level and (not event.overruled_level or level < event.overruled_level)


async def raise_level(session: AsyncSession, event: Event, item: Item, grade: Grade, now: datetime) -> None:
    """Set a graver level, with its reasons on record."""
    session.add(
        LevelChange(
            event_id=stored_id(event), at=now, item_id=item.id, from_level=event.level, to_level=grade.level, reasons=list(grade.reasons)
        )
    )
    before, event.level = event.level, grade.level
    await audit.append(session, SYSTEM, "event.level_raised", f"event:{event.id}", at=now, before=before, after=event.level, item=item.id)


def spread_of(event: Event, now: datetime) -> EventSpread:
    """What only the whole event shows, as the grading takes it."""
    return EventSpread(
        item_count=event.item_count,
        distinct_count=event.distinct_count,
        source_count=len(event.source_names),
        minutes_since_first=max(now - event.first_posted_at, timedelta()).total_seconds() / 60,
        per_minute=event.per_minute,
        baseline_ratio=event.baseline_ratio,
        likes=event.likes,
        negative_share=event.negative_count / max(1, event.item_count),
        unanswered_repeats=event.unanswered_returns,
    )


async def _measure(pulse: Pulse, event: Event) -> None:
    """The pace at the event's newest post: a source that is polled once an hour must not make a fast event look slow."""
    if event.item_count >= FEWEST_FOR_TREND:
        set_pace(event, await pulse.measure(event, event.last_posted_at))
    event.heat = heat(event.item_count, event.likes, event.reposts, event.per_minute)


def set_pace(event: Event, pace: Pace) -> None:
    """Note a measured pace on the event."""
    event.per_minute, event.baseline_ratio, event.trend = pace.per_minute, pace.baseline_ratio, pace.trend


def stored_id(event: Event) -> int:
    """The id of a stored event. Raises ValueError for one that is not stored: a defect of the caller."""
    if event.id is None:
        raise ValueError("the event is not stored yet")
    return event.id
