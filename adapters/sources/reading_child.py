"""The child process that parses what came from outside: limited in memory and time, without secrets, without a file to write.

It takes one job after the other from its standard input and answers with plain JSON values; `reading_process` is its other end.
"""

import importlib
import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any, BinaryIO

from knowledge_base.errors import KnowledgeError
from monitoring.errors import SourceError

JOBS = {
    "feed": "adapters.sources.feed_reading:read_feed",
    "records": "adapters.sources.record_reading:read_records",
    "statuses": "adapters.sources.status_reading:read_statuses",
    "list_page": "adapters.sources.page_reading:read_list",
    "full_text": "adapters.sources.page_reading:read_full_text",
    "guess": "adapters.sources.guessing:guess",
    "table": "adapters.sources.table_reading:read_table",
    "robots": "adapters.sources.robots_reading:read_robots",
    "document": "knowledge_base.extracting:read_document",
}
"""What a parent may ask for: name -> module and function, which takes the bytes and the options and returns a plain value."""
MOST_MEMORY_BYTES = 640_000_000
"""Address space of the whole process, of which the interpreter and its libraries take about 120 MB."""
WORN_OUT_KILOBYTES = 300_000
"""A child that has ever been so large ends after its answer; the next job gets a fresh one."""
FRAME_HEAD = struct.Struct(">I")


def main() -> None:
    """Answer jobs until the parent closes the pipe."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    sys.excepthook = _confess(answers)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes the pipe
    jobs = {name: _load(place) for name, place in JOBS.items()}
    _limit()
    _answer(answers, {"ready": True})
    while head := sys.stdin.buffer.readline():
        order = json.loads(head)
        body = sys.stdin.buffer.read(order["size"])
        signal.setitimer(signal.ITIMER_PROF, order["seconds"])  # its signal ends this process, also in the midst of a library
        result = _result(jobs[order["job"]], body, order["options"])
        signal.setitimer(signal.ITIMER_PROF, 0)
        is_last = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > WORN_OUT_KILOBYTES
        _answer(answers, result | {"last": is_last})
        if is_last:
            return


def _result(job: Callable[..., Any], body: bytes, options: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"value": job(body, **options)}
    except (SourceError, KnowledgeError) as error:
        return {"refused": str(error)}
    except (MemoryError, RecursionError) as error:
        return {"exhausted": type(error).__name__}


def _answer(answers: BinaryIO, value: dict[str, Any]) -> None:
    frame = json.dumps(value).encode()
    answers.write(FRAME_HEAD.pack(len(frame)) + frame)
    answers.flush()


def _load(place: str) -> Callable[..., Any]:
    module, _, function = place.partition(":")
    job: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return job


def _limit() -> None:
    for what, most in ((resource.RLIMIT_AS, MOST_MEMORY_BYTES), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(what, (most, most))


def _confess(answers: BinaryIO) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    """Tell the parent of a fault that ends this process: its kind and place, nothing of what was read."""

    def hook(kind: type[BaseException], _: BaseException, trace: TracebackType | None) -> None:
        while trace and trace.tb_next:
            trace = trace.tb_next
        place = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""  # noqa: PTH119
        _answer(answers, {"fault": f"{kind.__name__} {place}", "last": True})

    return hook


if __name__ == "__main__":
    main()
