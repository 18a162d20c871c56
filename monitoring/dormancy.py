"""Events that nobody speaks of any more go to sleep; the next post about one wakes it."""

from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.event import Event, EventState, Trend
from storage import audit

SILENCE = timedelta(days=3)
MOST_AT_ONCE = 200


async def put_to_sleep(session: AsyncSession, now: datetime) -> int:
    """Make events dormant whose last post is older than SILENCE, at most MOST_AT_ONCE. Returns how many."""
    silent = select(Event).where(Event.state == EventState.OPEN, col(Event.last_posted_at) < now - SILENCE)
    events = (await session.exec(silent.order_by(col(Event.id)).limit(MOST_AT_ONCE))).all()
    for event in events:
        event.state, event.trend, event.per_minute, event.baseline_ratio = EventState.DORMANT, Trend.STEADY, 0.0, 0.0
        event.slept_at = now
        await audit.append(session, "system", "event.dormant", f"event:{event.id}", at=now)
    return len(events)
