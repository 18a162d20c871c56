"""Turns passing time into reminders: deadlines, escalation, digests, the calm word of the evening, the anchor of the audit chain."""

import asyncio
from pathlib import Path

from bot.loops import pause
from casework import deadlines, digest
from casework.desk import Desk
from monitoring.dormancy import put_to_sleep
from storage import anchor, audit
from storage.clock import Clock
from storage.engine import Database

TURN_SECONDS = 5.0


class Timekeeper:
    """Looks at every clock that runs, every few seconds."""

    def __init__(self, database: Database, clock: Clock, desk: Desk, anchor_path: Path, stirred: asyncio.Event) -> None:
        self._database, self._clock, self._desk, self._anchor, self._stirred = database, clock, desk, anchor_path, stirred

    async def run(self, stop: asyncio.Event) -> None:
        """Turn until told to stop; the audit head is noted once more at the end."""
        while not stop.is_set():
            if await self.turn():
                self._stirred.set()
            await pause(TURN_SECONDS, stop)
        await self.note_head()

    async def turn(self) -> int:
        """Give the warnings and digests that are due. Returns how many."""
        now = self._clock.now()
        async with self._database.transaction() as session:
            given = await deadlines.step_deadlines(session, now, self._desk)
            given += await digest.step_digest(session, now, self._desk)
            await put_to_sleep(session, now)
            head = await audit.head(session)
        anchor.note(self._anchor, *head, now)
        return given

    async def note_head(self) -> None:
        """Copy the head of the audit chain to the anchor file."""
        async with self._database.reading() as session:
            head = await audit.head(session)
        anchor.note(self._anchor, *head, self._clock.now())
