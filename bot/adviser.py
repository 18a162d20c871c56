"""Asks a model, where one is configured for it, whether a post is graver than the rules saw. It may raise by one step, never lower."""

import asyncio
from collections.abc import Sequence

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.loops import pause
from casework.desk import Desk
from casework.intake import handle
from monitoring.advice import Advice, LevelAdvisor, consult, heed
from monitoring.event import Event
from monitoring.item import Item, Relevance
from monitoring.observe import Observation
from storage.clock import Clock
from storage.engine import Database

TURN_SECONDS = 5.0
POSTS_PER_TURN = 20
RAISED_FROM = (2, 3, 4)
"""Levels that a step can make graver."""


class Adviser:
    """Looks at posts as they come in, newest first where there are many: advice on yesterday's post helps nobody.

    What came in while the process was down is not asked about; the rules have graded it.

    Args:
        stirred: set after a level rose.
    """

    def __init__(self, database: Database, clock: Clock, desk: Desk, advisor: LevelAdvisor, stirred: asyncio.Event) -> None:
        self._database, self._clock, self._desk, self._advisor, self._stirred = database, clock, desk, advisor, stirred
        self._seen: int | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Turn until told to stop."""
        while not stop.is_set():
            await self.turn()
            await pause(TURN_SECONDS, stop)

    async def turn(self) -> int:
        """Ask about the posts that came in since the last turn. Returns how many events rose."""
        raised = 0
        for item in await self._new_items():
            advice = await consult(self._advisor, item)
            raised += advice is not None and await self._follow(item, advice)
        if raised:
            self._stirred.set()
        return raised

    async def _new_items(self) -> Sequence[Item]:
        async with self._database.reading() as session:
            newest = (await session.exec(select(func.max(Item.id)))).one() or 0
            since, self._seen = self._seen if self._seen is not None else newest, newest
            ours = col(Item.relevance).in_((Relevance.YES, Relevance.PARTLY))
            query = select(Item).where(col(Item.id) > since, ours, col(Item.level).in_(RAISED_FROM), col(Item.duplicate_of).is_(None))
            return (await session.exec(query.order_by(col(Item.id).desc()).limit(POSTS_PER_TURN))).all()

    async def _follow(self, asked: Item, advice: Advice) -> bool:
        async with self._database.transaction() as session:
            item = await session.get_one(Item, asked.id)
            if item.event_id is None:
                return False
            event, now = await session.get_one(Event, item.event_id), self._clock.now()
            before = event.level
            if not await heed(session, event, item, self._advisor, advice, now):
                return False
            await self._tell(session, item, event, before)
            return True

    async def _tell(self, session: AsyncSession, item: Item, event: Event, before: int) -> None:
        seen = Observation(item, event, False, before, event.level, (), revision_changed=True, needs_card_update=True)
        await handle(session, seen, event, self._clock.now(), self._desk)
