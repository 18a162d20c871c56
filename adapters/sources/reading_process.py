"""Parsing in a limited child process: whatever a hostile page does to a parser, this process and the other sources go on."""

import asyncio
import json
import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Self

from adapters.sources.reading_child import FRAME_HEAD
from monitoring.errors import SourceError
from monitoring.post import storable
from prompts import say

log = logging.getLogger("wensheng.sources")

JOB_SECONDS = 1.2
"""Processor time of one job; an honest page of the largest size that is fetched takes less. A busy machine may stretch it by STRETCH."""
STRETCH = 1.5
START_SECONDS = 30.0
LARGEST_ANSWER_BYTES = 64_000_000
LONGEST_SENTENCE = 500
_CHUNK_BYTES = 1 << 20
_FAREWELL_SECONDS = 0.2


class ReadingProcess:
    """One child that is started at the first job, used for all, and replaced when it dies or does not answer in time.

    Jobs take turns; several threads may ask. A context manager, also an asynchronous one.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._waiting = ThreadPoolExecutor(1, thread_name_prefix="reading")
        self._child: subprocess.Popen[bytes] | None = None
        self._is_ready = False

    async def read(self, job: str, body: bytes, *, what: str, seconds: float = JOB_SECONDS, **options: Any) -> Any:
        """The answer of one job. Whoever waits for a turn holds no thread that others need. See `read_now`."""
        ask = partial(self.read_now, job, body, what=what, seconds=seconds, **options)
        return await asyncio.get_running_loop().run_in_executor(self._waiting, ask)

    def read_now(self, job: str, body: bytes, *, what: str, seconds: float = JOB_SECONDS, **options: Any) -> Any:
        """The answer of one job: a plain JSON value, still to be distrusted.

        Args:
            job: one of `reading_child.JOBS`.
            what: the host or file, as the administrator knows it.
            seconds: processor time that the job may take; in wall time STRETCH times that, without the start of the child.
            options: JSON values that go with the body.

        Raises:
            SourceError: it cannot be parsed, or not within the limits of time and memory.
        """
        order = {"job": job, "size": len(body), "seconds": seconds, "options": options}
        with self._turn:
            try:
                answer = self._ask(json.dumps(order).encode() + b"\n", body, seconds)
            except TimeoutError as error:
                self._replace()
                raise SourceError(say("sources.reading_slow", what=what, seconds=seconds)) from error
            except (OSError, EOFError, ValueError, RecursionError) as error:
                fate = "sources.reading_slow" if self._ran_out_of_time() else "sources.reading_died"
                self._replace()
                raise SourceError(say(fate, what=what, seconds=seconds)) from error
            if answer.get("last"):
                self._replace()
        return self._value(answer, job, what)

    def close(self) -> None:
        """End the child; a later job starts another."""
        with self._turn:
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.close)

    def _ask(self, head: bytes, body: bytes, seconds: float) -> dict[str, Any]:
        child = self._running()
        if child.stdin is None or child.stdout is None:
            raise EOFError
        child.stdin.write(head)
        child.stdin.write(body)
        child.stdin.flush()
        return _receive(child.stdout.fileno(), seconds * STRETCH)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._replace()
        if self._child is None or self._child.stdout is None:
            raise EOFError
        if not self._is_ready:
            self._is_ready = bool(_receive(self._child.stdout.fileno(), START_SECONDS))
        return self._child

    def _replace(self) -> None:
        """Start a fresh child; it makes itself ready while nobody waits."""
        self._end()
        self._child = _start()

    def _ran_out_of_time(self) -> bool:
        """Whether the child was ended by the clock of its processor time."""
        with suppress(subprocess.TimeoutExpired):
            return self._child is not None and self._child.wait(_FAREWELL_SECONDS) == -signal.SIGPROF
        return False

    def _end(self) -> None:
        child, self._child, self._is_ready = self._child, None, False
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            with suppress(OSError):  # what was not yet written to a dead child
                if pipe is not None:
                    pipe.close()
        child.wait()

    def _value(self, answer: dict[str, Any], job: str, what: str) -> Any:
        if "value" in answer:
            return answer["value"]
        if "refused" in answer:
            raise SourceError(storable(str(answer["refused"]))[:LONGEST_SENTENCE])
        log.warning("reading_failed job=%s reason=%s", job, answer.get("fault") or answer.get("exhausted"))
        raise SourceError(say("sources.reading_exhausted" if "exhausted" in answer else "sources.reading_died", what=what))


def _start() -> subprocess.Popen[bytes]:
    """A child with the path to this program and nothing else of the environment: no secret is within its reach."""
    return subprocess.Popen(
        [sys.executable, "-m", "adapters.sources.reading_child"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/",
        env={"PYTHONPATH": os.pathsep.join(str(Path(path).absolute()) for path in sys.path)},
    )  # fmt: skip


def _receive(descriptor: int, seconds: float) -> dict[str, Any]:
    """One frame. Raises TimeoutError, EOFError where the child has died, ValueError where it is no answer."""
    deadline = time.monotonic() + seconds
    (size,) = FRAME_HEAD.unpack(_take(descriptor, FRAME_HEAD.size, deadline))
    if size > LARGEST_ANSWER_BYTES:
        raise ValueError("an answer beyond all measure")
    answer = json.loads(_take(descriptor, size, deadline))
    if not isinstance(answer, dict):
        raise ValueError("no answer")
    return answer


def _take(descriptor: int, size: int, deadline: float) -> bytes:
    taken = bytearray()
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    while len(taken) < size:
        if not poll.poll(max(0.0, deadline - time.monotonic()) * 1_000):
            raise TimeoutError
        chunk = os.read(descriptor, min(size - len(taken), _CHUNK_BYTES))
        if not chunk:
            raise EOFError
        taken += chunk
    return bytes(taken)
