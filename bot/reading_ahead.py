"""Reading many posts at once, in processes of their own: what takes longest needs no database and no turn to write."""

import asyncio
import os
import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from types import TracebackType
from typing import Self

from monitoring.post import RawPost
from monitoring.recording import ReadPost, read
from monitoring.watch import Watch

POSTS_PER_JOB = 25

_watch: Watch
"""In a reading process: what is watched."""


class ReadingAhead:
    """Processes that read posts. An async context manager; leaving it ends them.

    Args:
        watch: what the department watches.
        processes: as many as there are processors where nothing is said.
    """

    def __init__(self, watch: Watch, processes: int | None = None) -> None:
        self._pool = ProcessPoolExecutor(
            processes or os.cpu_count() or 1, mp_context=get_context("spawn"), initializer=_sit_down, initargs=(watch,)
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def read(self, posts: Sequence[RawPost], now: datetime) -> dict[str, ReadPost]:
        """Read posts; key -> what was read."""
        loop, parts = asyncio.get_running_loop(), [posts[start : start + POSTS_PER_JOB] for start in range(0, len(posts), POSTS_PER_JOB)]
        done = await asyncio.gather(*(loop.run_in_executor(self._pool, partial(_read, part, now)) for part in parts))
        return {each.post.key: each for part in done for each in part}


def _sit_down(watch: Watch) -> None:
    """A reading process ends with the one that began it, not by a key pressed for that one."""
    global _watch
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _watch = watch


def _read(posts: Sequence[RawPost], now: datetime) -> list[ReadPost]:
    return [read(post, now, _watch) for post in posts]
