"""Polls the sources and takes in what they bring; one source that fails does not keep the others waiting."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from bot.loops import pause
from casework.desk import Desk
from casework.intake import receive
from monitoring import polling
from monitoring.errors import SourceError
from monitoring.post import Batch, PostSource, RawPost
from monitoring.source import Source
from storage.clock import Clock
from storage.engine import Database

log = logging.getLogger("wensheng.watcher")

POSTS_PER_TRANSACTION = 20
LONGEST_IDLE_SECONDS = 2.0

OpenSource = Callable[[Source], PostSource]


class Watcher:
    """Reads every source when its time has come.

    Args:
        open_source: makes the reader of a source.
        stirred: set after posts were taken in.
    """

    def __init__(self, database: Database, clock: Clock, desk: Desk, open_source: OpenSource, stirred: asyncio.Event) -> None:
        self._database, self._clock, self._desk, self._open, self._stirred = database, clock, desk, open_source, stirred

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until told to stop; a batch under way is finished."""
        while not stop.is_set():
            await self.poll_due(stop)
            await pause(LONGEST_IDLE_SECONDS, stop)

    async def poll_due(self, stop: asyncio.Event | None = None) -> int:
        """Poll every source whose time has come, one after the other. Returns the number of posts taken in."""
        async with self._database.reading() as session:
            due = await polling.due_sources(session, self._clock.now())
        taken = 0
        for source in due:
            if stop and stop.is_set():
                break
            taken += await self._poll(source)
        return taken

    async def _poll(self, source: Source) -> int:
        taken = 0
        try:
            async for batch in self._open(source).read(source.cursor, self._clock.now()):
                taken += await self.take_in(source, batch)
        except SourceError as error:
            log.warning("source_failed name=%s", source.name)
            async with self._database.transaction() as session:
                await polling.record_failure(session, source, str(error), self._clock.now(), retry_after_seconds=error.retry_after_seconds)
            return taken
        async with self._database.transaction() as session:
            await polling.record_success(session, source, self._clock.now(), posts=taken)
        return taken

    async def take_in(self, source: Source, batch: Batch) -> int:
        """Store a batch: the posts first, the cursor last, so that a reader killed in between reads them again."""
        for posts in _chunks(batch.posts):
            async with self._database.transaction() as session:
                for post in posts:
                    await receive(session, post, source, self._clock.now(), self._desk)
            self._stirred.set()
        async with self._database.transaction() as session:
            await polling.move_cursor(session, source, batch.cursor)
        return len(batch.posts)


def _chunks(posts: Sequence[RawPost]) -> Iterator[tuple[RawPost, ...]]:
    remaining = iter(posts)
    while chunk := tuple(islice(remaining, POSTS_PER_TRANSACTION)):
        yield chunk
