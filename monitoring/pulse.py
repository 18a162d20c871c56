"""How fast the events of one batch grow: what was counted for one post is kept up for the next, instead of being counted again."""

from bisect import bisect_right, insort
from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.event import Event
from monitoring.heat import MOST_COUNTED, RATE_WINDOW, TREND_WINDOW, Habit, Pace, habit_of, hour_of, pace
from monitoring.item import Item


class Pulse:
    """The pace of events while posts join them.

    Args:
        settle: writes what is pending; called before anything is counted in the database.
    """

    def __init__(self, session: AsyncSession, settle: Callable[[], Awaitable[None]]) -> None:
        self._session, self._settle = session, settle
        self._moments: dict[int | None, list[datetime]] = {}
        self._habits: dict[tuple[str, int], Habit] = {}

    def hear(self, item: Item) -> None:
        """One more post, which has joined its event and counts to its line's habit if it is the department's."""
        if item.event_id in self._moments:
            insort(self._moments[item.event_id], item.posted_at)
        if item.relevance.is_ours:
            for (line, hour), habit in self._habits.items():
                if line == item.line:
                    self._habits[line, hour] = habit.and_one(hour_of(item.posted_at), hour)

    async def measure(self, event: Event, at: datetime) -> Pace:
        """The pace of an event at the time of its newest post, as `heat.measure` counts it."""
        hour = hour_of(at)
        if event.id not in self._moments or (event.line, hour) not in self._habits:
            await self._settle()
        if event.id not in self._moments:
            self._moments[event.id] = await self._stored_moments(event, at)
        if (event.line, hour) not in self._habits:
            self._habits[event.line, hour] = await habit_of(self._session, event.line, hour)
        moments = self._moments[event.id]
        until = bisect_right(moments, at)
        oldest = max(until - MOST_COUNTED, bisect_right(moments, at - 2 * TREND_WINDOW))
        lately, last_hour = (until - max(oldest, bisect_right(moments, at - window)) for window in (RATE_WINDOW, TREND_WINDOW))
        return pace(event, at, lately, last_hour, until - oldest, self._habits[event.line, hour].per_minute(hour))

    async def _stored_moments(self, event: Event, at: datetime) -> list[datetime]:
        own = select(Item.posted_at).where(Item.event_id == event.id, col(Item.posted_at) > at - 2 * TREND_WINDOW)
        newest = (await self._session.exec(own.order_by(col(Item.posted_at).desc()).limit(MOST_COUNTED))).all()
        return list(reversed(newest))
