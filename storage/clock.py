"""Time as an argument: the real clock, one that runs faster for a demonstration, and one that is moved by hand."""

import asyncio
import time
from datetime import datetime, timedelta, timezone
from typing import Protocol

CHINA = timezone(timedelta(hours=8), "CST")
"""China Standard Time, the one civil time of all departments served; it has had no summer time since 1991."""


class Clock(Protocol):
    """Where the program takes its time from; nothing else asks the system."""

    def now(self) -> datetime:
        """The present, timezone-aware, in China Standard Time."""
        ...

    async def sleep_until(self, moment: datetime) -> None:
        """Return when `moment` has come; at once if it is past."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(CHINA)

    async def sleep_until(self, moment: datetime) -> None:
        await asyncio.sleep(max(0.0, (moment - self.now()).total_seconds()))


class PacedClock:
    """A clock that starts at a chosen moment and runs `pace` times as fast as the wall clock, for a live demonstration.

    Args:
        start: the first moment shown, timezone-aware.
        pace: clock seconds for each real second.
    """

    def __init__(self, start: datetime, pace: float = 1.0) -> None:
        self._shown, self._since, self._pace = start, time.monotonic(), pace

    def now(self) -> datetime:
        return (self._shown + timedelta(seconds=(time.monotonic() - self._since) * self._pace)).astimezone(CHINA)

    def set_pace(self, pace: float) -> None:
        """Go on from the present moment at another pace."""
        self._shown, self._since, self._pace = self.now(), time.monotonic(), pace

    def move_to(self, moment: datetime) -> None:
        """Go forward to `moment` at once; never back."""
        self._shown, self._since = max(self.now(), moment), time.monotonic()

    async def sleep_until(self, moment: datetime) -> None:
        while (left := (moment - self.now()).total_seconds()) > 0:  # noqa: ASYNC110  # the pace may change meanwhile
            await asyncio.sleep(min(left / self._pace, 0.5))


class ManualClock:
    """A clock that stands until it is moved: for replays and tests. Sleeping on it moves it."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(CHINA)

    def now(self) -> datetime:
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Go forward to `moment`; never back."""
        self._now = max(self._now, moment.astimezone(CHINA))

    async def sleep_until(self, moment: datetime) -> None:
        self.move_to(moment)
        await asyncio.sleep(0)


def to_china(moment: datetime) -> datetime:
    """The same moment in China Standard Time. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {moment.isoformat()}")
    return moment.astimezone(CHINA)
