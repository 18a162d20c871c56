"""Polls the sources and takes in what they bring; one that fails or dawdles does not keep the others waiting."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from urllib.parse import urlsplit

from bot.loops import pause
from casework.desk import Desk
from casework.intake import receive_all
from monitoring import polling
from monitoring.errors import SourceError
from monitoring.observe import read_new
from monitoring.polling import Intervals
from monitoring.post import Batch, PostSource, RawPost
from monitoring.source import POLL_INTERVALS, Source
from prompts import say
from storage.clock import Clock
from storage.engine import Database

log = logging.getLogger("wensheng.watcher")

POSTS_PER_TRANSACTION = 50
LONGEST_IDLE_SECONDS = 2.0
AT_ONCE = 16
"""Sources read side by side."""
AT_ONCE_PER_HOST = 4
"""Of these, sources of one host: a host that dawdles, or is asked slowly out of politeness, leaves most places free."""
FINISH_WITHIN_SECONDS = 5.0

OpenSource = Callable[[Source], PostSource]


class Watcher:
    """Reads every source when its time has come, several side by side, each by one reader at a time.

    Args:
        open_source: makes the reader of a source.
        stirred: set after posts were taken in.
        intervals: how often sources of each tier are read.
        at_once: how many are read side by side; one after the other, in the order in which they fell due, with 1.
    """

    def __init__(
        self, database: Database, clock: Clock, desk: Desk, open_source: OpenSource, stirred: asyncio.Event, *,
        intervals: Intervals = POLL_INTERVALS, at_once: int = AT_ONCE,
    ) -> None:  # fmt: skip
        self._database, self._clock, self._desk, self._open, self._stirred = database, clock, desk, open_source, stirred
        self._intervals, self._places = intervals, asyncio.Semaphore(at_once)
        self._places_of_host: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE_PER_HOST))
        self._under_way: dict[int | None, asyncio.Task[int]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until told to stop; a batch under way is finished."""
        try:
            while not stop.is_set():
                await self._set_out(stop)
                await pause(LONGEST_IDLE_SECONDS, stop)
                self._count_done()
        finally:
            await self._call_back()

    async def poll_due(self) -> int:
        """Poll every source whose time has come. Returns the number of posts taken in."""
        readings = await self._set_out(asyncio.Event())
        if readings:
            await asyncio.wait(readings)
        return self._count_done()

    async def _set_out(self, stop: asyncio.Event) -> list[asyncio.Task[int]]:
        """Begin to read what is due and not being read."""
        async with self._database.reading() as session:
            due = await polling.due_sources(session, self._clock.now())
        waiting = [source for source in due if source.id not in self._under_way]
        readings = {source.id: asyncio.create_task(self._poll(source, stop), name=f"poll {source.id}") for source in waiting}
        self._under_way |= readings
        return list(readings.values())

    def _count_done(self) -> int:
        """Posts of the readings that have ended; the fault of one that could not be noted is raised here."""
        done = [source_id for source_id, reading in self._under_way.items() if reading.done()]
        return sum([self._under_way.pop(source_id).result() for source_id in done])

    async def _call_back(self) -> None:
        """End the readings that are under way; one that only waits for its host is broken off, which loses nothing."""
        if not self._under_way:
            return
        _, late = await asyncio.wait(self._under_way.values(), timeout=FINISH_WITHIN_SECONDS)
        for reading in late:
            reading.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _poll(self, source: Source, stop: asyncio.Event) -> int:
        async with self._places_of_host[urlsplit(source.address).hostname or source.name], self._places:
            return 0 if stop.is_set() else await self._read(source, stop)

    async def _read(self, source: Source, stop: asyncio.Event) -> int:
        taken, unreadable = 0, list[str]()
        try:
            async for batch in self._open(source).read(source.cursor, self._clock.now()):
                taken += await self.take_in(source, batch)
                unreadable += batch.errors
                if stop.is_set():
                    return taken
        except SourceError as error:
            log.warning("source_failed source=%s", source.id)
            async with self._database.transaction() as session:
                await polling.record_failure(
                    session, source, str(error), self._clock.now(), retry_after_seconds=error.retry_after_seconds, intervals=self._intervals
                )
            return taken
        note = say("sources.partly_read", count=len(unreadable), first=unreadable[0]) if unreadable else ""
        async with self._database.transaction() as session:
            await polling.record_success(session, source, self._clock.now(), note=note, intervals=self._intervals)
        return taken

    async def take_pushed(self, name: str, posts: tuple[RawPost, ...]) -> int:
        """Store what a vendor pushed to the source of that name. Returns how many posts, when all are stored."""
        async with self._database.reading() as session:
            source = await polling.source_named(session, name)
        taken = await self.take_in(source, Batch(posts, source.cursor))
        async with self._database.transaction() as session:
            await polling.record_success(session, source, self._clock.now(), intervals=self._intervals)
        return taken

    async def take_in(self, source: Source, batch: Batch) -> int:
        """Store a batch: the posts first, the cursor last, so that a reader killed in between reads them again."""
        for posts in _chunks(batch.posts):
            now = self._clock.now()
            async with self._database.reading() as session:
                read = await read_new(session, posts, source, now, self._desk.watch)
            async with self._database.transaction() as session:
                await receive_all(session, posts, source, now, self._desk, read)
            self._stirred.set()
        async with self._database.transaction() as session:
            await polling.move_cursor(session, source, batch.cursor)
        return len(batch.posts)


def _chunks(posts: Sequence[RawPost]) -> Iterator[tuple[RawPost, ...]]:
    remaining = iter(posts)
    while chunk := tuple(islice(remaining, POSTS_PER_TRANSACTION)):
        yield chunk
