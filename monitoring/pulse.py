"""How fast the events of one batch grow: what is stored is read once for an event or a line, what the batch brings is added in memory."""

from bisect import bisect_right, insort
from collections import Counter, defaultdict
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy import select as columns
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.event import Event
from monitoring.heat import MOST_COUNTED, RATE_WINDOW, TREND_WINDOW, Habit, Pace, habit_of, hour_of, pace
from monitoring.item import Item

LARGEST_ID = 2**31 - 1
_MOMENTS = (
    columns(col(Item.posted_at))
    .where(col(Item.event_id) == bindparam("event"), col(Item.posted_at) > bindparam("start"), col(Item.id) < bindparam("first"))
    .order_by(col(Item.posted_at).desc())
    .limit(MOST_COUNTED)
)


class Pulse:
    """The pace of events while posts join them.

    Attributes:
        hours: line and hour -> how many posts that are the department's the batch has brought; stored when all have been heard.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._first_heard: int | None = None
        self._heard: dict[int, list[datetime]] = defaultdict(list)
        self._moments: dict[int, list[datetime]] = {}
        self._habits: dict[tuple[str, int], Habit] = {}
        self.hours: Counter[tuple[str, int]] = Counter()

    def begin(self, event: int) -> None:
        """Nothing of this event is stored."""
        self._moments[event] = []

    def hear(self, item: Item) -> None:
        """One more post, which has joined its event, and counts to its line's habit if it is the department's. Ids rise."""
        if self._first_heard is None:
            self._first_heard = item.id
        if item.event_id in self._moments:
            insort(self._moments[item.event_id], item.posted_at)
        elif item.event_id is not None:
            self._heard[item.event_id].append(item.posted_at)
        if item.relevance.is_ours:
            heard = hour_of(item.posted_at)
            self.hours[item.line, heard] += 1
            for (line, hour), habit in self._habits.items():
                if line == item.line:
                    self._habits[line, hour] = habit.and_one(heard, hour)

    async def measure(self, event: Event, at: datetime) -> Pace:
        """The pace of an event at the time of its newest post, as `heat.measure` counts it."""
        moments, habit = await self._moments_of(event, at), await self._habit_of(event.line, hour_of(at))
        until = bisect_right(moments, at)
        oldest = max(until - MOST_COUNTED, bisect_right(moments, at - 2 * TREND_WINDOW))
        lately, last_hour = (until - max(oldest, bisect_right(moments, at - window)) for window in (RATE_WINDOW, TREND_WINDOW))
        return pace(event, at, lately, last_hour, until - oldest, habit.per_minute(hour_of(at)))

    async def _moments_of(self, event: Event, at: datetime) -> list[datetime]:
        """When the posts of an event were posted, the oldest first; those of the batch are added to those before it."""
        id_ = event.id or 0
        if id_ not in self._moments:
            asked = {"event": id_, "start": at - 2 * TREND_WINDOW, "first": self._first_heard or LARGEST_ID}
            stored = (await (await self._session.connection()).execute(_MOMENTS, asked)).scalars().all()
            self._moments[id_] = sorted([*stored, *self._heard.pop(id_, ())])
        return self._moments[id_]

    async def _habit_of(self, line: str, hour: int) -> Habit:
        if (line, hour) not in self._habits:
            habit = await habit_of(self._session, line, hour)
            for (heard_line, heard), posts in self.hours.items():
                for _ in range(posts if heard_line == line else 0):
                    habit = habit.and_one(heard, hour)
            self._habits[line, hour] = habit
        return self._habits[line, hour]
