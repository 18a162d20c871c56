"""Keeps the sources' figures and health: counts what they brought, notices who falls ill, proposes tiers."""

import asyncio

from bot.loops import pause
from casework.desk import Desk
from casework.source_health import step_sources
from monitoring.polling import Intervals
from monitoring.source import POLL_INTERVALS
from monitoring.source_hour import count_hours
from storage.clock import Clock
from storage.engine import Database

TURN_SECONDS = 30.0


class SourceKeeper:
    """Looks after the sources twice a minute.

    Args:
        stirred: set after a message was put out.
        intervals: how often sources of each tier are read.
    """

    def __init__(
        self, database: Database, clock: Clock, desk: Desk, stirred: asyncio.Event, *, intervals: Intervals = POLL_INTERVALS
    ) -> None:
        self._database, self._clock, self._desk, self._stirred, self._intervals = database, clock, desk, stirred, intervals

    async def run(self, stop: asyncio.Event) -> None:
        """Turn until told to stop."""
        while not stop.is_set():
            if await self.turn():
                self._stirred.set()
            await pause(TURN_SECONDS, stop)

    async def turn(self) -> int:
        """Count, examine, tell. Returns the number of messages put out."""
        touched = await self._count()
        async with self._database.transaction() as session:
            return await step_sources(session, touched, self._clock.now(), self._desk, self._intervals)

    async def _count(self) -> set[int]:
        """Count all that came in, a transaction for each part, so that intake has its turn in between."""
        touched = set[int]()
        while True:
            async with self._database.transaction() as session:
                counted = await count_hours(session, self._desk.watch.names, self._clock.now())
            touched |= counted.source_ids
            if not counted.has_more:
                return touched
