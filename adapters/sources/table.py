"""Posts from a table: 12345 tickets as CSV or XLSX, one row each, with the column names that offices use."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from adapters.sources.reading_process import JOB_SECONDS, ReadingProcess
from adapters.sources.record import post_of_plain
from monitoring.errors import SourceError
from monitoring.post import Batch
from prompts import say

ROWS_PER_BATCH = 200
ROWS_PER_JOB = 20_000
LARGEST_BYTES = 50_000_000
SECONDS_PER_MEGABYTE = 3.0
"""What a job may take beyond `JOB_SECONDS`, by the file's size: a large table is honest work, a small one that takes long is none."""
_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Columns:
    """How a table was understood: field of a post -> the column's own name, and the columns that hold no field."""

    fields: Mapping[str, str]
    unused: tuple[str, ...]


class TablePosts:
    """A table that is replaced or grows. A row whose ticket number is known is no new post, whatever else of it has changed.

    Args:
        reading: where the file is parsed.
        columns: field of a post -> column name, for a table with names of its own.
    """

    def __init__(self, name: str, path: Path, reading: ReadingProcess, *, columns: Mapping[str, str] | None = None) -> None:
        self.name, self._path, self._reading, self._columns = name, path, reading, dict(columns or {})

    async def read(self, cursor: dict[str, Any], now: datetime) -> AsyncIterator[Batch]:
        data = await asyncio.to_thread(_load, self._path)
        digest = hashlib.sha256(data).hexdigest()
        done = int(cursor.get("rows", 0)) if cursor.get("digest") == digest else 0
        ended = done > 0 and cursor.get("ended") is True
        while not ended:
            part = await self._part(data, done, ROWS_PER_JOB, now)
            last = int(part["rows"])
            ended = part["ended"] is True or last <= done
            while done < last:
                until = min(done + ROWS_PER_BATCH, last)
                yield _batch(part, done, until, {"digest": digest, "rows": until, "ended": ended and until == last})
                done = until

    async def columns(self, now: datetime) -> Columns:
        """How the table is understood. Raises SourceError as reading does."""
        part = await self._part(await asyncio.to_thread(_load, self._path), 0, 1, now)
        return Columns(dict(part["columns"]), tuple(part["unused"]))

    async def _part(self, data: bytes, start: int, most: int, now: datetime) -> dict[str, Any]:
        seconds = JOB_SECONDS + SECONDS_PER_MEGABYTE * len(data) / _MEGABYTE
        part: dict[str, Any] = await self._reading.read(
            "table", data, what=self._path.name, seconds=seconds, suffix=self._path.suffix.lower(), path=self._path.name,
            columns=self._columns, now=now.isoformat(), start=start, most=most,
        )  # fmt: skip
        return part


def _batch(part: Mapping[str, Any], after: int, until: int, cursor: dict[str, Any]) -> Batch:
    posts = tuple(post_of_plain(plain) for row, plain in part["posts"] if after < row <= until)
    return Batch(posts, cursor, tuple(str(error) for row, error in part["errors"] if after < row <= until))


def _load(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise SourceError(say("sources.file_too_large", path=path, limit=LARGEST_BYTES // _MEGABYTE))
        return path.read_bytes()
    except FileNotFoundError as error:
        raise SourceError(say("sources.file_missing", path=path)) from error
    except OSError as error:
        raise SourceError(say("sources.file_unreadable", path=path, problem=error.strerror)) from error
