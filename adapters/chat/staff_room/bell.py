"""The bell: tells waiting pages that there is something new to read, and never what."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import DBAPIError

POLL_SECONDS = 1.0
"""How long another process's message may wait to be seen."""

logger = logging.getLogger(__name__)


class Bell:
    """Wakes all waiters of this process at once; `watch` rings it for what other processes wrote."""

    def __init__(self) -> None:
        self.strokes = 0
        self.closed = False
        self._next_stroke = asyncio.Event()

    def ring(self) -> None:
        """Wake everybody who waits now."""
        self.strokes += 1
        stroke, self._next_stroke = self._next_stroke, asyncio.Event()
        stroke.set()

    def close(self) -> None:
        """Ring a last time; whoever waits, now or later, returns at once."""
        self.closed = True
        self.ring()

    async def wait(self, strokes: int, seconds: float) -> bool:
        """Wait for a stroke after the `strokes`-th. False when none came within `seconds`."""
        if self.closed or self.strokes > strokes:
            return True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await self._next_stroke.wait()
        return False

    async def watch(self, latest: Callable[[], Awaitable[object]]) -> None:
        """Ring whenever what `latest` returns is another than a moment ago, until cancelled."""
        known: object = None
        while True:
            try:
                seen = await latest()
            except DBAPIError as error:
                logger.warning("staff_room.watch_failed: %s", type(error).__name__)
                seen = known
            if seen != known:
                known = seen
                self.ring()
            await asyncio.sleep(POLL_SECONDS)
