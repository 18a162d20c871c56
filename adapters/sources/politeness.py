"""Good manners toward the hosts that are read: one request at a time, a pause between two, and patience when asked for it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from monitoring.errors import SourceError
from prompts import say

INTERVAL_SECONDS = 1.0
LONGEST_INTERVAL_SECONDS = 30.0
"""A longer Crawl-delay is honoured only so far: a source that is read every ten minutes is no burden."""
LONGEST_HOLD_SECONDS = 7_200.0
MOST_HOSTS = 2_000


@dataclass
class _Host:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_at: float = 0.0
    held_until: float = 0.0


class Hosts:
    """The hosts that all sources share. One event loop, no threads.

    Args:
        sleep, monotonic: time, for tests.
    """

    def __init__(
        self, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._sleep, self._monotonic = sleep, monotonic
        self._hosts: dict[str, _Host] = {}

    @contextlib.asynccontextmanager
    async def turn(self, host: str, *, interval_seconds: float = INTERVAL_SECONDS) -> AsyncIterator[None]:
        """Wait for this host's turn and keep it until the answer is read.

        Args:
            interval_seconds: at least so long after the end of this request the next may begin; at most LONGEST_INTERVAL_SECONDS.

        Raises:
            SourceError: the host has asked for more patience than a reading has.
        """
        known = self._host(host)
        async with known.turn:
            self._refuse_held(host, known)
            await self._sleep(max(0.0, known.next_at - self._monotonic()))
            try:
                yield
            finally:
                known.next_at = self._monotonic() + min(interval_seconds, LONGEST_INTERVAL_SECONDS)

    def hold(self, host: str, seconds: float) -> None:
        """Ask nothing of this host for some time: it said so, by 429 or by a spent rate limit."""
        known = self._host(host)
        known.held_until = max(known.held_until, self._monotonic() + min(seconds, LONGEST_HOLD_SECONDS))

    def _refuse_held(self, host: str, known: _Host) -> None:
        left = known.held_until - self._monotonic()
        if left > 0:
            raise SourceError(say("sources.host_held", host=host, seconds=round(left)), retry_after_seconds=left)

    def _host(self, host: str) -> _Host:
        known = self._hosts.setdefault(host, _Host())
        if len(self._hosts) > MOST_HOSTS:
            self._forget_idle()
        return known

    def _forget_idle(self) -> None:
        now = self._monotonic()
        idle = [name for name, host in self._hosts.items() if not host.turn.locked() and max(host.next_at, host.held_until) < now]
        for name in idle[: MOST_HOSTS // 2]:
            del self._hosts[name]
