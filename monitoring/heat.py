"""How fast an event grows, measured against its own past and against the habit of its business line at this hour of day.

A multiple of the habit is estimated, not divided: of the posts counted and those expected, both with `PRIOR_TIMES` added, as if the event
had been seen at its usual pace a little while before (the mean of a Gamma distribution after Poisson counts). One post in ten minutes
proves no speed, however quiet the line; a dozen do. The habit of an hour is drawn from the same hour and its neighbours over four weeks
and, where these hold few posts, toward the mean of the whole day.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, or_, text
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.event import Event, Trend
from monitoring.item import Item
from monitoring.line_hour import LineHour
from monitoring.policy import GradingPolicy

RATE_WINDOW = timedelta(minutes=10)
TREND_WINDOW = timedelta(hours=1)
HABIT_DAYS = 28
MOST_COUNTED = 1_000
"""So many of an event's newest posts are looked at; a faster event is fast enough."""
FEWEST_FOR_TREND = 3
RISING_RATIO, FADING_RATIO = 1.5, 0.5
PRIOR_ITEMS, PRIOR_MINUTES = 12, 1_440
"""A line that was never watched is taken to hear a dozen posts a day, until a day or two have shown its own habit."""
HOUR_PRIOR_ITEMS = 4
"""So many posts at the mean of the day are added to those of the hour."""
HOURS_BESIDE = 1
PRIOR_TIMES = 0.5
_SECONDS_PER_HOUR, _HOURS_PER_DAY = 3_600, 24

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
_hours_away = (col(LineHour.hour) - bindparam("hour") + _HOURS_PER_DAY * (HABIT_DAYS + 1)) % _HOURS_PER_DAY
_HABIT = select(
    func.sum(LineHour.items),
    func.sum(case((or_(_hours_away <= HOURS_BESIDE, _hours_away >= _HOURS_PER_DAY - HOURS_BESIDE), LineHour.items), else_=0)),
    func.min(LineHour.hour),
).where(LineHour.line == bindparam("line"), col(LineHour.hour) >= bindparam("first"), col(LineHour.hour) < bindparam("hour"))
_COUNT_HOUR = text(
    "INSERT INTO line_hour (line, hour, items) VALUES (:line, :hour, :items)"
    " ON CONFLICT (line, hour) DO UPDATE SET items = line_hour.items + excluded.items"
)


@dataclass(frozen=True)
class Pace:
    """The speed of an event.

    Attributes:
        per_minute: posts a minute over the last ten minutes.
        baseline_ratio: over the last ten minutes or the last hour, whichever stands out more: the posts in multiples of what the line at
            this hour and the event's own past let expect.
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
    return pace(event, at, lately or 0, last_hour or 0, both_hours, usual)


def pace(event: Event, at: datetime, lately: int, last_hour: int, both_hours: int, usual: float) -> Pace:
    """The pace of an event by its counts.

    Args:
        lately, last_hour, both_hours: posts of the last ten minutes, hour and two hours.
        usual: posts a minute that the line usually hears.
    """
    usual = max(usual, own_past_per_minute(event, last_hour, at))
    ratio = max(times_usual(lately, usual, RATE_WINDOW), times_usual(last_hour, usual, TREND_WINDOW))
    return Pace(round(lately / _minutes(RATE_WINDOW), 3), round(ratio, 2), trend(last_hour, both_hours - last_hour))


def times_usual(items: int, usual_per_minute: float, window: timedelta) -> float:
    """How many times the usual a count within a window is."""
    return (items + PRIOR_TIMES) / (usual_per_minute * _minutes(window) + PRIOR_TIMES)


def own_past_per_minute(event: Event, last_hour: int, at: datetime) -> float:
    """Posts a minute of an event before the last hour; 0 for one that is not much older."""
    age = at - TREND_WINDOW - event.first_posted_at
    return (event.item_count - last_hour) / _minutes(age) if age > TREND_WINDOW else 0.0


def is_hot(event: Event, policy: GradingPolicy, now: datetime) -> bool:
    """Whether an event grows as fast as the policy knows at all, and still does."""
    rule = policy.event["speed"]
    most = max((points for _, points in rule.steps), default=0)
    lately = now - event.last_posted_at <= TREND_WINDOW
    return lately and 0 < most == rule.points(event.baseline_ratio, event.item_count)


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
    """Posts a minute that a line usually hears at this hour of day, over the four weeks before the present hour."""
    hour = hour_of(at)
    return (await habit_of(session, line, hour)).per_minute(hour)


@dataclass(frozen=True)
class Habit:
    """What a line heard in the four weeks before an hour.

    Attributes:
        beside: of `items`, those at the same hour of day or beside it.
        first: the first hour in which it heard anything; None where it heard nothing.
    """

    items: int
    beside: int
    first: int | None

    def per_minute(self, hour: int) -> float:
        """Posts a minute that the line usually hears at this hour of day."""
        hours = hour - self.first if self.first is not None else 0
        mean = (self.items + PRIOR_ITEMS) / (hours * 60 + PRIOR_MINUTES)
        return (self.beside + HOUR_PRIOR_ITEMS) / (hours_beside(hours) * 60 + HOUR_PRIOR_ITEMS / mean)

    def and_one(self, heard: int, hour: int) -> "Habit":
        """The habit before `hour` with one more post of the hour `heard`, if that is one of those counted."""
        if not hour - HABIT_DAYS * _HOURS_PER_DAY <= heard < hour:
            return self
        away = (heard - hour) % _HOURS_PER_DAY
        is_beside = away <= HOURS_BESIDE or away >= _HOURS_PER_DAY - HOURS_BESIDE
        return Habit(self.items + 1, self.beside + is_beside, heard if self.first is None else min(self.first, heard))


async def habit_of(session: AsyncSession, line: str, hour: int) -> Habit:
    """What a line heard before an hour, as stored."""
    moments = {"line": line, "first": hour - HABIT_DAYS * _HOURS_PER_DAY, "hour": hour}
    items, beside, first = (await (await session.connection()).execute(_HABIT, moments)).one()
    return Habit(items or 0, beside or 0, first)


def hours_beside(hours: int) -> int:
    """How many of the last so many hours lie beside the present hour of day, or at it."""
    days, rest = divmod(hours, _HOURS_PER_DAY)
    return days * (2 * HOURS_BESIDE + 1) + min(rest, HOURS_BESIDE) + max(0, rest - (_HOURS_PER_DAY - HOURS_BESIDE - 1))


async def count_hour(session: AsyncSession, line: str, at: datetime) -> None:
    """Add one post to the habit of a line."""
    await count_hours(session, {(line, hour_of(at)): 1})


async def count_hours(session: AsyncSession, posts: Mapping[tuple[str, int], int]) -> None:
    """Add posts to the habits of lines.

    Args:
        posts: line and hour -> how many.
    """
    if posts:
        rows = [{"line": line, "hour": hour, "items": items} for (line, hour), items in posts.items()]
        await (await session.connection()).execute(_COUNT_HOUR, rows)


def _minutes(duration: timedelta) -> float:
    return duration.total_seconds() / 60


def hour_of(moment: datetime) -> int:
    """Whole hours since 1970."""
    return int(moment.timestamp() // _SECONDS_PER_HOUR)
