"""The archive read again, newest post first and in batches, for whatever is tried on it. Nothing is changed."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.item import Item, Relevance

BATCH = 500
MOST_READ = 200_000
"""So many posts are read at most; older ones are left out."""


@dataclass(frozen=True)
class FiledPost:
    """A stored post as a trial sees it."""

    id: int
    posted_at: datetime
    title: str
    text: str
    place: str | None
    relevance: Relevance
    line: str

    @property
    def opening(self) -> str:
        """The first words, for a line on the screen."""
        return " ".join(f"{self.title} {self.text}".split())[:60]


_COLUMNS = (Item.id, Item.posted_at, Item.title, Item.text, Item.place, Item.relevance, Item.line)


async def reread(session: AsyncSession, since: datetime | None, most: int = MOST_READ) -> AsyncIterator[Sequence[FiledPost]]:
    """The posts published since a moment (all, without one), at most `most` of them, in batches."""
    read, last = 0, None
    while read < most:
        query = select(*_COLUMNS).order_by(col(Item.posted_at).desc(), col(Item.id).desc()).limit(min(BATCH, most - read))  # type: ignore[call-overload]  # seven columns
        if since is not None:
            query = query.where(col(Item.posted_at) >= since)
        if last is not None:
            older = col(Item.posted_at) < last.posted_at
            query = query.where(or_(older, and_(col(Item.posted_at) == last.posted_at, col(Item.id) < last.id)))
        batch = [FiledPost(*row) for row in (await session.exec(query)).all()]
        if not batch:
            return
        yield batch
        read, last = read + len(batch), batch[-1]
