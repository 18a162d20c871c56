"""How fast an event grows, measured against itself and against the habit of its business line."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, text
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.event import Event, Trend
from monitoring.item import Item
from monitoring.line_hour import LineHour

RATE_WINDOW = timedelta(minutes=10)
TREND_WINDOW = timedelta(hours=1)
HABIT_DAYS = 28
MOST_COUNTED = 1_000
"""So many of an event's newest posts are looked at; a faster event is fast enough."""
FEWEST_FOR_TREND = 3
RISING_RATIO, FADING_RATIO = 1.5, 0.5
PRIOR_ITEMS, PRIOR_MINUTES = 12, 1_440
"""A line that was never watched is taken to hear a dozen posts a day, until a day or two have shown its own habit."""
_SECONDS_PER_HOUR = 3_600

_newest = (
    select(Item.posted_at)
    .where(Item.event_id == bindparam("event"), col(Item.posted_at) > bindparam("start"), col(Item.posted_at) <= bindparam("at"))
    .order_by(col(Item.posted_at).desc())
    .limit(MOST_COUNTED)
    .subquery()
)
_LATELY = select(
    func.sum(case((_newest.c.posted_at > bindparam("minutes_ago"), 1), else_=0)),
    func.sum(case((_newest.c.posted_at > bindparam("hour_ago"), 1), else_=0)),
    func.count(),
).select_from(_newest)
_HABIT = select(func.sum(LineHour.items), func.min(LineHour.hour)).where(
    LineHour.line == bindparam("line"), col(LineHour.hour) >= bindparam("first"), col(LineHour.hour) < bindparam("hour")
)
_COUNT_HOUR = text(
    "INSERT INTO line_hour (line, hour, items) VALUES (:line, :hour, 1) ON CONFLICT (line, hour) DO UPDATE SET items = line_hour.items + 1"
)


@dataclass(frozen=True)
class Pace:
    """The speed of an event.

    Attributes:
        per_minute: posts a minute over the last ten minutes.
        baseline_ratio: that rate in multiples of the line's usual rate.
        trend: this hour against the hour before.
    """

    per_minute: float
    baseline_ratio: float
    trend: Trend


async def measure(session: AsyncSession, event: Event, at: datetime) -> Pace:
    """The pace of an event at one moment. Its posts are stored already; what else the session has pending stays so.

    Args:
        at: the moment; posts after it do not count.
    """
    moments = {"at": at, "minutes_ago": at - RATE_WINDOW, "hour_ago": at - TREND_WINDOW, "start": at - 2 * TREND_WINDOW}
    with session.no_autoflush:
        lately, last_hour, both_hours = (await session.exec(_LATELY, params={"event": event.id, **moments})).one()
        usual = await usual_per_minute(session, event.line, at)
    per_minute = (lately or 0) / (RATE_WINDOW.total_seconds() / 60)
    return Pace(round(per_minute, 3), round(per_minute / usual, 2), trend(last_hour or 0, both_hours - (last_hour or 0)))


def trend(last_hour: int, hour_before: int) -> Trend:
    """Rising or fading by half, where there are posts enough to tell."""
    if last_hour >= FEWEST_FOR_TREND and last_hour >= RISING_RATIO * hour_before:
        return Trend.RISING
    if hour_before >= FEWEST_FOR_TREND and last_hour <= FADING_RATIO * hour_before:
        return Trend.FADING
    return Trend.STEADY


def heat(items: int, likes: int, reposts: int, per_minute: float) -> float:
    """One number to sort events by, on a logarithmic scale: posts, then speed, then what others did with them."""
    return round(10 * math.log2(1 + items + 10 * per_minute + reposts / 5 + likes / 20), 1)


async def usual_per_minute(session: AsyncSession, line: str, at: datetime) -> float:
    """Posts a minute that a line hears on average, over the days before the present hour."""
    hour = hour_of(at)
    items, first = (await session.exec(_HABIT, params={"line": line, "first": hour - HABIT_DAYS * 24, "hour": hour})).one()
    minutes = (hour - first) * 60 if first is not None else 0
    return ((items or 0) + PRIOR_ITEMS) / (minutes + PRIOR_MINUTES)


async def count_hour(session: AsyncSession, line: str, at: datetime) -> None:
    """Add one post to the habit of a line."""
    await (await session.connection()).execute(_COUNT_HOUR, {"line": line, "hour": hour_of(at)})


def hour_of(moment: datetime) -> int:
    """Whole hours since 1970."""
    return int(moment.timestamp() // _SECONDS_PER_HOUR)
