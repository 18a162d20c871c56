"""Lets a model, where one is configured, read what waits for approval at I and II as its enemies would; the cards then show what it saw."""

import asyncio
from collections.abc import Sequence

from sqlmodel import col, select

from bot.loops import pause
from bot.metering import asking_about
from casework.approval_card import show_approvals
from casework.case import Case
from casework.desk import Desk
from casework.drafting.draft import ReplyVersion, VersionState
from casework.drafting.matter import Matter, gather
from casework.drafting.versions import SERIOUS_LEVELS
from casework.rehearsal.attack import Attack
from casework.rehearsal.model_reader import ModelReader
from casework.rehearsal.storing import keep_rehearsal
from storage.clock import Clock
from storage.engine import Database

TURN_SECONDS = 5.0
VERSIONS_PER_TURN = 4


class Rehearser:
    """Reads each submitted version once; the rules have read it already. After a restart those that still wait are read again.

    Args:
        stirred: set after cards were brought up to date.
    """

    def __init__(self, database: Database, clock: Clock, desk: Desk, reader: ModelReader, stirred: asyncio.Event) -> None:
        self._database, self._clock, self._desk, self._reader, self._stirred = database, clock, desk, reader, stirred
        self._read: set[int] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Turn until told to stop."""
        while not stop.is_set():
            await self.turn()
            await pause(TURN_SECONDS, stop)

    async def turn(self) -> int:
        """Read what was submitted since the last turn. Returns how many versions were read."""
        waiting = await self._waiting()
        for version, matter in waiting:
            with asking_about(matter.case_number):
                attacks = await self._reader.read(version.text, matter)
            await self._keep(version, attacks)
        if waiting:
            self._stirred.set()
        return len(waiting)

    async def _waiting(self) -> Sequence[tuple[ReplyVersion, Matter]]:
        async with self._database.reading() as session:
            own = (ReplyVersion.state == VersionState.SUBMITTED, col(ReplyVersion.level).in_(SERIOUS_LEVELS))
            rows = (await session.exec(select(ReplyVersion).where(*own).order_by(col(ReplyVersion.id)))).all()
            new = [version for version in rows if version.id not in self._read][:VERSIONS_PER_TURN]
            self._read.update(version.id for version in new if version.id is not None)
            now = self._clock.now()
            return [(version, await gather(session, await session.get_one(Case, version.case_id), now, self._desk)) for version in new]

    async def _keep(self, read: ReplyVersion, attacks: Sequence[Attack]) -> None:
        async with self._database.transaction() as session:
            version, now = await session.get_one(ReplyVersion, read.id), self._clock.now()
            if version.state is VersionState.SUBMITTED:
                await keep_rehearsal(session, version, attacks, now, self._reader.name)
                await session.flush()
                await show_approvals(session, await session.get_one(Case, version.case_id), version, now)
