"""Loops that run side by side: each goes on until told to stop, and a fault in one ends all of them in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

log = logging.getLogger("wensheng.loops")

Loop = Callable[[asyncio.Event], Awaitable[None]]
"""Runs until the event is set; returns soon after."""

STOP_WITHIN_SECONDS = 10.0


async def run_together(loops: Mapping[str, Loop], stop: asyncio.Event) -> BaseException | None:
    """Run all loops until `stop` is set or one of them fails.

    A failing loop does not cancel its siblings in mid-work: they are asked to stop and finish within `STOP_WITHIN_SECONDS`.

    Returns:
        The error of the first loop that failed; None after an ordered stop.
    """
    tasks = [asyncio.create_task(_supervised(name, loop, stop), name=name) for name, loop in loops.items()]
    await stop.wait()
    _, late = await asyncio.wait(tasks, timeout=STOP_WITHIN_SECONDS)
    for task in late:
        log.warning("loop_cancelled name=%s", task.get_name())
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    return next((r for r in results if isinstance(r, BaseException) and not isinstance(r, asyncio.CancelledError)), None)


async def _supervised(name: str, loop: Loop, stop: asyncio.Event) -> None:
    try:
        await loop(stop)
    except Exception:
        log.error("loop_failed name=%s", name)  # whoever started the loops gets the error itself
        raise
    finally:
        stop.set()


async def pause(seconds: float, *wakers: asyncio.Event) -> None:
    """Wait for some seconds, or less when one of the events is set."""
    waits = [asyncio.create_task(waker.wait()) for waker in wakers]
    try:
        await asyncio.wait(waits, timeout=max(0.0, seconds), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
