"""What came in from chats and was handled, so that a platform which tells it twice is heard once."""

from datetime import datetime

from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import TIME_TYPE


class InboxEntry(SQLModel, table=True):
    """One incoming message or press, by the platform's own id of it."""

    __tablename__ = "inbox_entry"

    platform: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=TIME_TYPE, index=True)


async def is_first(session: AsyncSession, platform: str, event_id: str, now: datetime) -> bool:
    """Note an incoming event; False when it was noted before. An event without an id is always the first."""
    if not event_id:
        return True
    if await session.get(InboxEntry, (platform, event_id)):
        return False
    session.add(InboxEntry(platform=platform, event_id=event_id, at=now))
    await session.flush()
    return True
