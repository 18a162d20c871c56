"""Posts from a file of JSON lines, plain or gzipped; in replay, each becomes visible when its own time has come."""

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from adapters.sources.record import content_key, read_count, read_time
from monitoring.errors import SourceError
from monitoring.post import Batch, RawPost
from prompts import say

POSTS_PER_BATCH = 200
LONGEST_LINE_BYTES = 2_000_000
_MEGABYTE = 1_000_000
_UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Line:
    number: int
    post: RawPost | None
    error: str = ""


class JsonLinesPosts:
    """A file that others append to.

    Args:
        replay: whether a post is held back until the clock has passed its time; the file is then in time order.
        origin: take only records whose `source` is this; empty takes all.
    """

    def __init__(self, name: str, path: Path, *, replay: bool = False, origin: str = "") -> None:
        self.name, self._path, self._replay, self._origin = name, path, replay, origin

    async def read(self, cursor: dict[str, Any], now: datetime) -> AsyncIterator[Batch]:
        lines = _lines(self._path, self._origin, now)
        done = int(cursor.get("line", 0))
        while True:
            taken = await asyncio.to_thread(self._take, lines, done, now)
            if not taken:
                return
            done = taken[-1].number
            errors = tuple(line.error for line in taken if line.error)
            yield Batch(tuple(line.post for line in taken if line.post), {"line": done}, errors)

    def _take(self, lines: Iterator[_Line], done: int, now: datetime) -> list[_Line]:
        """The next lines after `done` that are visible, at most a batch of them."""
        taken: list[_Line] = []
        for line in lines:
            if line.number <= done:
                continue
            if self._replay and line.post and line.post.posted_at > now:
                break
            taken.append(line)
            if len(taken) == POSTS_PER_BATCH:
                break
        return taken


def read_posts(path: Path) -> Iterator[RawPost]:
    """All posts of a file in its order; records that cannot be read are passed over.

    Raises:
        SourceError: the file cannot be read.
    """
    return (line.post for line in _lines(path, "", _UNKNOWN_TIME) if line.post)


def _lines(path: Path, origin: str, now: datetime) -> Iterator[_Line]:
    number = 0
    try:
        with _open(path) as file:
            while raw := file.readline(LONGEST_LINE_BYTES + 1):
                number += 1
                if len(raw) > LONGEST_LINE_BYTES:
                    _skip_line(file, raw)
                    yield _Line(number, None, say("sources.record_too_long", line=number, limit=LONGEST_LINE_BYTES // _MEGABYTE))
                elif raw.strip():
                    yield _line(number, raw, origin, now)
    except FileNotFoundError as error:
        raise SourceError(say("sources.file_missing", path=path)) from error
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise SourceError(say("sources.gzip_broken", path=path, line=number)) from error
    except OSError as error:
        raise SourceError(say("sources.file_unreadable", path=path, problem=error.strerror)) from error


def _open(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]  # a GzipFile reads like any binary file
    return path.open("rb")


def _skip_line(file: IO[bytes], raw: bytes) -> None:
    while raw and not raw.endswith(b"\n"):
        raw = file.readline(LONGEST_LINE_BYTES)


def _line(number: int, raw: bytes, origin: str, now: datetime) -> _Line:
    try:
        record = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return _Line(number, None, say("sources.record_not_json", line=number, problem=type(error).__name__))
    if not isinstance(record, dict):
        return _Line(number, None, say("sources.record_not_object", line=number))
    if origin and record.get("source") != origin:
        return _Line(number, None)
    try:
        post = post_of(record, now)
    except (ValueError, OverflowError):
        return _Line(number, None, say("sources.record_bad_time", line=number, value=str(record.get("time"))[:40]))
    return _Line(number, post) if post.text or post.title else _Line(number, None, say("sources.record_no_text", line=number))


def post_of(record: dict[str, Any], now: datetime) -> RawPost:
    """The post of one record: `pid`, `title`, `text`, `time`, `url`, `author`, counts, `video`, `due`; all but the text may be missing.

    Raises:
        ValueError: a time cannot be understood.
    """
    title, text = str(record.get("title") or ""), str(record.get("text") or "")
    return RawPost(
        key=str(record.get("pid") or record.get("id") or content_key(title, text)), text=text, title=title,
        posted_at=read_time(record.get("time")) or now, url=str(record.get("url") or ""), author=str(record.get("author") or ""),
        likes=read_count(record.get("likes")), dislikes=read_count(record.get("dislikes")), reposts=read_count(record.get("reposts")),
        comments=read_count(record.get("comments")), has_video=record.get("video") is True, due_at=read_time(record.get("due")),
    )  # fmt: skip
