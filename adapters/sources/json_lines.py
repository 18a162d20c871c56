"""Posts from a file of JSON lines, plain or gzipped; in replay, each becomes visible when its own time has come.

They are read in this process: a line is short, and the parser of a short line costs little, whatever stands in it.
"""

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
LARGEST_RATIO, FREE_BYTES = 100, 4_000_000
"""A packed file may swell to so many times its size, and to some megabytes however small it is."""
_MEGABYTE = 1_000_000
_UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Line:
    """One line as it was read; `end` is where the next one begins, in bytes of the unpacked file."""

    number: int
    end: int
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
        lines = _lines(self._path, int(cursor.get("line", 0)), int(cursor.get("at", 0)), self._origin, now)
        while True:
            taken = await asyncio.to_thread(self._take, lines, now)
            if not taken:
                return
            errors = tuple(line.error for line in taken if line.error)
            yield Batch(tuple(line.post for line in taken if line.post), {"line": taken[-1].number, "at": taken[-1].end}, errors)

    def _take(self, lines: Iterator[_Line], now: datetime) -> list[_Line]:
        """The next lines that are visible, at most a batch of them."""
        taken: list[_Line] = []
        for line in lines:
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
    return (line.post for line in _lines(path, 0, 0, "", _UNKNOWN_TIME) if line.post)


def _lines(path: Path, done: int, at: int, origin: str, now: datetime) -> Iterator[_Line]:
    """The lines of a file after the first `done`, which end at byte `at`; from its beginning where the file has shrunk since."""
    number = 0
    try:
        with _open(path) as file:
            if at and _reaches(path, at):
                number = done
                file.seek(at)
            else:
                _refuse_bomb(path, file)
            while raw := file.readline(LONGEST_LINE_BYTES + 1):
                number += 1
                is_too_long = len(raw) > LONGEST_LINE_BYTES
                if is_too_long:
                    _skip_line(file, raw)
                if number <= done and not at:
                    continue
                if is_too_long:
                    error = say("sources.record_too_long", line=number, limit=LONGEST_LINE_BYTES // _MEGABYTE)
                    yield _Line(number, file.tell(), None, error)
                elif raw.strip():
                    yield _line(number, file.tell(), raw, origin, now)
    except FileNotFoundError as error:
        raise SourceError(say("sources.file_missing", path=path)) from error
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise SourceError(say("sources.gzip_broken", path=path, line=number)) from error
    except OSError as error:
        raise SourceError(say("sources.file_unreadable", path=path, problem=error.strerror)) from error


def _reaches(path: Path, at: int) -> bool:
    """Whether a file is still as long as it was; of a packed one that shows only in reading."""
    return path.suffix == ".gz" or path.stat().st_size >= at


def _refuse_bomb(path: Path, file: IO[bytes]) -> None:
    """Unpack a file once for its size. Raises SourceError for one that swells beyond all measure."""
    if path.suffix != ".gz":
        return
    most = max(FREE_BYTES, LARGEST_RATIO * path.stat().st_size)
    while file.read(_MEGABYTE):
        if file.tell() > most:
            raise SourceError(say("sources.file_swells", path=path))
    file.seek(0)


def _open(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]  # a GzipFile reads like any binary file
    return path.open("rb")


def _skip_line(file: IO[bytes], raw: bytes) -> None:
    while raw and not raw.endswith(b"\n"):
        raw = file.readline(LONGEST_LINE_BYTES)


def _line(number: int, end: int, raw: bytes, origin: str, now: datetime) -> _Line:
    try:
        record = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return _Line(number, end, None, say("sources.record_not_json", line=number, problem=type(error).__name__))
    if not isinstance(record, dict):
        return _Line(number, end, None, say("sources.record_not_object", line=number))
    if origin and record.get("source") != origin:
        return _Line(number, end, None)
    try:
        post = post_of(record, now)
    except (ValueError, OverflowError):
        return _Line(number, end, None, say("sources.record_bad_time", line=number, value=str(record.get("time"))[:40]))
    is_empty = not post.text and not post.title
    return _Line(number, end, None if is_empty else post, say("sources.record_no_text", line=number) if is_empty else "")


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
