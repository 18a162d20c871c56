"""Answering several people at once without mixing up what one person asked in a row."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

log = logging.getLogger("wensheng.chat")

T = TypeVar("T")

GRACE_SECONDS = 5.0
"""How long answers under way may still take when listening ends."""


class Turns:
    """People are served side by side, each person's requests in the order in which they came.

    An async context manager: leaving it waits `grace_seconds` for what is under way, then gives it up.
    """

    def __init__(self, grace_seconds: float = GRACE_SECONDS) -> None:
        self._grace_seconds = grace_seconds
        self._running: set[asyncio.Task[Any]] = set()
        self._last: dict[str, asyncio.Task[Any]] = {}

    async def __aenter__(self) -> "Turns":
        return self

    async def __aexit__(self, *exc: object) -> None:
        if not self._running:
            return
        _, late = await asyncio.wait(set(self._running), timeout=self._grace_seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def start(self, work: Coroutine[object, object, None]) -> None:
        """Do `work` beside everything else; a fault in it is logged and stays alone."""
        task = asyncio.create_task(work)
        self._track(task)
        task.add_done_callback(_report)

    def take(self, person: str, ask: Callable[[], Awaitable[T]]) -> "asyncio.Task[T]":
        """Call `ask` as soon as everything that this person asked earlier is done.

        Returns:
            The running question; await it for the answer.
        """
        task = asyncio.create_task(_after(self._last.get(person), ask))
        self._last[person] = task
        self._track(task)
        task.add_done_callback(lambda ended: self._forget(person, ended))
        return task

    def _track(self, task: "asyncio.Task[Any]") -> None:
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _forget(self, person: str, ended: "asyncio.Task[Any]") -> None:
        if self._last.get(person) is ended:
            del self._last[person]


async def _after(earlier: "asyncio.Task[Any] | None", ask: Callable[[], Awaitable[T]]) -> T:
    if earlier:
        await asyncio.wait({earlier})
    return await ask()


def _report(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("turn_failed", exc_info=error)
