"""Invented sources over many days: how much each posts at which hour, and items as intake would have stored them."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.item import Item, Relevance
from monitoring.source_hour import SourceHour, hour_of
from storage.clock import CHINA

START = datetime(2026, 1, 1, tzinfo=CHINA)
TIMES_OF_DAY = (0.1, 0.1, 0, 0, 0, 0, 0.2, 0.6, 1.2, 1.5, 1.6, 1.5, 1.3, 1.2, 1.3, 1.4, 1.4, 1.3, 1.4, 1.7, 1.9, 1.8, 1.2, 0.5)
"""How a forum's day goes, 1.0 being its mean hour: nights are quiet."""


def weekend(day: object) -> bool:
    return day.weekday() >= 5  # type: ignore[attr-defined]  # a date


def hours_of_forum(rng: random.Random, per_day: float, days: int, *, office: bool = False, begin: datetime = START) -> Iterator[SourceHour]:
    """The hours of a source whose days vary, too; an office posts on working days from nine to six alone."""
    for day in range(days):
        mood = rng.gammavariate(8, 1 / 8)
        for hour in range(24):
            start = begin + timedelta(days=day, hours=hour)
            share = TIMES_OF_DAY[hour] / sum(TIMES_OF_DAY)
            if office:
                share = 7 / 5 / 9 if 9 <= hour < 18 and not weekend(start.date()) else 0.0
            if posts := sum(rng.random() < per_day * mood * share / 60 for _ in range(60)):
                yield SourceHour(
                    source_id=1,
                    hour=hour_of(start),
                    posts=posts,
                    titled=posts,
                    linked=posts,
                    signed=posts,
                    dated=posts,
                    characters=90 * posts,
                )


async def store(session: AsyncSession, source_id: int, at: datetime, count: int = 1, *, ours: bool = False, **fields: object) -> list[Item]:
    """Items of a source, first seen at `at`."""
    values = {
        "title": "标题", "text": "北门路口的井盖又不见了，晚上骑车真的很危险。", "url": "https://a.example/1", "author_hash": "a",
        "posted_at": at - timedelta(minutes=5), "observed_at": at, "line": "市政设施", "intent": "投诉",
        "relevance": Relevance.YES if ours else Relevance.NO,
    }  # fmt: skip
    items = [
        Item(source_id=source_id, source_key=f"{at.isoformat()}.{number}", **{**values, **fields})  # type: ignore[arg-type]
        for number in range(count)
    ]
    session.add_all(items)
    await session.flush()
    return items
