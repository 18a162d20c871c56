"""起因、经过、走势、传播: how an event began, went on, spread, and where it is heading."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.event import Event, Trend
from monitoring.forecast import Forecast, forecast
from monitoring.item import Item
from monitoring.source import Source

HOURS_SHOWN = 24
HOUR = timedelta(hours=1)
MOST_COUNTED = 20_000
"""Newest posts of the hours shown that are counted; more make no other picture."""
MOST_SOURCES = 12
FEWEST_FOR_FORECAST = 3
"""Posts within the hours shown below which nothing is foretold."""


@dataclass(frozen=True)
class SourceShare:
    """What one source contributed to an event."""

    name: str
    first_at: datetime
    items: int


@dataclass(frozen=True)
class Course:
    """The way of one event up to a moment.

    Attributes:
        first: the post that began it, None where it is gone.
        hourly: posts in each of the last HOURS_SHOWN hours, oldest first; the last hour ends at the moment of looking.
        peak: the hour with the most of these posts (its beginning) and how many, None without any.
        spread: by source, in the order in which they joined, at most MOST_SOURCES.
        forecast: None where the posts are too few to tell.
    """

    first: Item | None
    hourly: tuple[int, ...]
    peak: tuple[datetime, int] | None
    trend: Trend
    spread: tuple[SourceShare, ...]
    forecast: Forecast | None


async def course_of(session: AsyncSession, event: Event, now: datetime) -> Course:
    """The course of an event. The work grows with its posts of the last day, not with its age or the archive."""
    hourly = await _hourly(session, event, now)
    most = max(hourly)
    return Course(
        first=await session.get(Item, event.first_item_id) if event.first_item_id else None,
        hourly=hourly,
        peak=(now - (HOURS_SHOWN - hourly.index(most)) * HOUR, most) if most else None,
        trend=event.trend,
        spread=await _spread(session, event),
        forecast=forecast(_since_first(hourly)) if sum(hourly) >= FEWEST_FOR_FORECAST else None,
    )


async def _hourly(session: AsyncSession, event: Event, now: datetime) -> tuple[int, ...]:
    lately = select(Item.posted_at).where(Item.event_id == event.id, col(Item.posted_at) > now - HOURS_SHOWN * HOUR)
    moments = await session.exec(lately.where(col(Item.posted_at) <= now).order_by(col(Item.posted_at).desc()).limit(MOST_COUNTED))
    counts = Counter(int((now - moment) / HOUR) for moment in moments)
    return tuple(counts[ago] for ago in reversed(range(HOURS_SHOWN)))


async def _spread(session: AsyncSession, event: Event) -> tuple[SourceShare, ...]:
    first_at = func.min(Item.posted_at)
    by_source = select(Source.name, first_at, func.count()).join(Item).where(Item.event_id == event.id).group_by(col(Source.name))
    rows = (await session.exec(by_source.order_by(first_at).limit(MOST_SOURCES))).all()
    return tuple(SourceShare(name, first, items) for name, first, items in rows)


def _since_first(hourly: Sequence[int]) -> Sequence[int]:
    """Without the empty hours before the first post: they are not the event's."""
    first = next(index for index, posts in enumerate(hourly) if posts)
    return hourly[first:]
