"""Carries due cards from the outbox to the chats, each recorded before and after."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence

from bot.abroad import masked
from bot.loops import pause
from casework import delivery
from casework.chat import StaffChat
from casework.delivery import Delivery
from casework.errors import ChatError
from casework.message import Card
from casework.undelivered import mark_failure
from storage.clock import Clock
from storage.engine import Database

log = logging.getLogger("wensheng.courier")

LEASE_BATCH = 50
LONGEST_IDLE_SECONDS = 5.0
"""How long the courier sleeps when nothing tells it to wake; due times between are met within this."""


class Courier:
    """Leases due deliveries, sends them, and notes what became of each.

    Args:
        chats: the connected platforms by name. A delivery to another platform stays due.
        worker: name of this process in the leases; the same after a restart.
    """

    def __init__(self, database: Database, clock: Clock, chats: Mapping[str, StaffChat], worker: str) -> None:
        self._database, self._clock, self._chats, self._worker = database, clock, chats, worker

    async def run(self, stop: asyncio.Event, stirred: asyncio.Event) -> None:
        """Deliver until told to stop; a delivery under way is finished and noted. What a killed process of this name held is sent first."""
        await self.free_own()
        while not stop.is_set():
            stirred.clear()
            if await self.deliver_due() == 0:
                await pause(LONGEST_IDLE_SECONDS, stop, stirred)

    async def free_own(self) -> None:
        """Make due again what a killed process of this name held."""
        async with self._database.transaction() as session:
            await delivery.release(session, self._worker, self._clock.now())

    async def deliver_due(self) -> int:
        """Send what is due now. Returns how many deliveries were attempted."""
        async with self._database.transaction() as session:
            leased = await delivery.lease_due(session, self._worker, self._clock.now(), LEASE_BATCH, tuple(self._chats))
        by_chat: dict[tuple[str, str], list[Delivery]] = defaultdict(list)
        for one in leased:
            by_chat[one.platform, one.chat].append(one)
        await asyncio.gather(*(self._deliver_in_order(batch) for batch in by_chat.values()))
        return len(leased)

    async def _deliver_in_order(self, batch: Sequence[Delivery]) -> None:
        for one in batch:
            await self._deliver(one)

    async def _deliver(self, one: Delivery) -> None:
        chat = self._chats[one.platform]
        if not chat.capabilities.domestic:
            one.card = masked(Card.from_json(one.card)).to_json()  # the row itself keeps the wording; `one` is this lease's own copy
        try:
            reference = await delivery.transmit(chat, one)
        except ChatError as error:
            log.warning(
                "delivery_failed id=%s platform=%s permanent=%s uncertain=%s", one.id, one.platform, error.permanent, error.uncertain
            )
            async with self._database.transaction() as session:
                await mark_failure(session, one, error, self._clock.now())
            return
        async with self._database.transaction() as session:
            await delivery.mark_sent(session, one, reference, self._clock.now())
