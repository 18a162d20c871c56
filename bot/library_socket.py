"""The house's one library over a local socket: commands beside `wensheng run` search with its vectors instead of lexically."""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from knowledge_base.region import Region
from retrieval.evidence import ClauseHit
from retrieval.library import Library

SOCKET_FILE = "library.sock"
LONGEST_REQUEST = 16_384
"""Bytes of one request; a longer one is not read."""
LONGEST_ANSWER = 4_000_000
MOST_HITS = 100
LONGEST_QUERY = 4_000
PATIENCE_SECONDS = 5.0
"""For one request, on both sides."""
LONGEST_ADDRESS = 100
"""Bytes of a path that every system takes for a socket."""
_DAYS = ("version_date", "effective_on", "ended_on")


@contextlib.asynccontextmanager
async def serve_library(library: Library, folder: Path) -> AsyncIterator[None]:
    """Answer searches at `folder / SOCKET_FILE` (mode 0600) while entered; nothing where the path is too long for a socket.

    A socket that a killed process left behind is replaced: the caller owns the index, so nobody else serves here.
    """
    path = folder / SOCKET_FILE
    if len(os.fsencode(path)) > LONGEST_ADDRESS:
        yield
        return
    path.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        server = await asyncio.start_unix_server(_answering(library), path, limit=LONGEST_REQUEST)
    finally:
        os.umask(before)
    async with server:
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


async def ask_library(folder: Path, query: str, *, region: Region, on: date, limit: int) -> list[ClauseHit] | None:
    """The clauses that the process owning the index finds; None where it does not answer, and one searches oneself."""
    request = {"query": query, "province": region.province, "city": region.city, "on": on.isoformat(), "limit": limit}
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await asyncio.open_unix_connection(folder / SOCKET_FILE, limit=LONGEST_ANSWER)
            with contextlib.closing(writer):
                writer.write(json.dumps(request).encode() + b"\n")
                answered = json.loads(await reader.readline())
        return [_hit(row) for row in answered["hits"]]
    except (OSError, TimeoutError, ValueError, KeyError, TypeError):
        return None


def _answering(library: Library) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                writer.write(await _answered(library, reader))
                await writer.drain()

    return answer


async def _answered(library: Library, reader: asyncio.StreamReader) -> bytes:
    """One line of JSON for one line of JSON; what is no request is told so."""
    try:
        asked = json.loads(await reader.readline())
        region, on = Region(asked["province"], asked["city"]), date.fromisoformat(asked["on"])
        query, limit = str(asked["query"])[:LONGEST_QUERY], min(int(asked["limit"]), MOST_HITS)
    except (ValueError, KeyError, TypeError, AttributeError):
        return b'{"error": "no request"}\n'
    hits = await asyncio.to_thread(library.search_clauses, query, region=region, on=on, limit=max(limit, 1))
    return json.dumps({"hits": [asdict(hit) for hit in hits]}, default=_day).encode() + b"\n"


def _hit(row: dict[str, Any]) -> ClauseHit:
    known = {field.name: row[field.name] for field in fields(ClauseHit)}
    return ClauseHit(**known | {name: date.fromisoformat(row[name]) if row[name] else None for name in _DAYS})


def _day(value: date | datetime) -> str:
    return value.isoformat()
