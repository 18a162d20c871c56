"""Turns passing time into reminders: deadlines, escalation, digests, the anchor of the audit chain; forgets what is to be forgotten."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.loops import pause
from casework import deadlines, digest, expiry, followups, inquiry, reigniting, unfounded
from casework.desk import Desk
from casework.library_notice import ask_for_reviews
from monitoring.dormancy import put_to_sleep
from monitoring.snapshot import forget_expired
from storage import anchor, audit
from storage.clock import Clock
from storage.engine import Database

TURN_SECONDS = 5.0
FLARES_EVERY = timedelta(minutes=1)
"""How often answered matters are looked at for flaring up again."""
FORGET_EVERY = timedelta(hours=6)
"""How often sealed originals and pages whose time is over, and documents that nobody looked at for a year, are looked for."""


class Timekeeper:
    """Looks at every clock that runs, every few seconds."""

    def __init__(self, database: Database, clock: Clock, desk: Desk, anchor_path: Path, stirred: asyncio.Event) -> None:
        self._database, self._clock, self._desk, self._anchor, self._stirred = database, clock, desk, anchor_path, stirred
        self._forget_at = self._flares_at = clock.now()
        self._outlook: unfounded.Outlook | None = None

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
            given += await inquiry.step_facts(session, now, self._desk)
            given += await expiry.step_approvals(session, now, self._desk)
            given += await followups.step_followups(session, now, self._desk)
            given += await self._look_at_citations(session, now)
            given += await self._look_for_flares(session, now)
            given += await digest.step_digest(session, now, self._desk)
            await put_to_sleep(session, now)
            if now >= self._forget_at:
                await forget_expired(session, now)
                given += await ask_for_reviews(session, now, self._desk)
                self._forget_at = now + FORGET_EVERY
            head = await audit.head(session)
        anchor.note(self._anchor, *head, now)
        return given

    async def _look_at_citations(self, session: AsyncSession, now: datetime) -> int:
        """End the replies whose citations no longer hold, when the knowledge base or the day has changed."""
        outlook = await unfounded.outlook(session, now)
        if outlook == self._outlook:
            return 0
        self._outlook = outlook
        return await unfounded.step_unfounded(session, now, self._desk)

    async def _look_for_flares(self, session: AsyncSession, now: datetime) -> int:
        if now < self._flares_at:
            return 0
        self._flares_at = now + FLARES_EVERY
        return await reigniting.step_reignition(session, now, self._desk)

    async def note_head(self) -> None:
        """Copy the head of the audit chain to the anchor file."""
        async with self._database.reading() as session:
            head = await audit.head(session)
        anchor.note(self._anchor, *head, self._clock.now())
