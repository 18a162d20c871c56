"""Commands beside the running house search through its library, over a socket that only its owner may open."""

import asyncio
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.library_socket import LONGEST_ADDRESS, LONGEST_REQUEST, SOCKET_FILE, ask_library, serve_library
from retrieval.evidence import ClauseHit
from tests.retrieval.shelves import CITY, TODAY, library

SHELVED = library()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path: a socket's address is bounded."""
    with tempfile.TemporaryDirectory(prefix="ws") as name:
        yield Path(name)


async def _asked(folder: Path, query: str = "夜间施工", limit: int = 3) -> list[ClauseHit] | None:
    return await ask_library(folder, query, region=CITY, on=TODAY, limit=limit)


async def _sent(folder: Path, line: bytes) -> bytes:
    reader, writer = await asyncio.open_unix_connection(folder / SOCKET_FILE)
    writer.write(line)
    answered = await reader.read()
    writer.close()
    return answered


async def test_it_finds_what_the_owner_finds(folder: Path) -> None:
    async with serve_library(SHELVED, folder):
        assert (folder / SOCKET_FILE).stat().st_mode & 0o777 == 0o600
        assert await _asked(folder) == SHELVED.search_clauses("夜间施工", region=CITY, on=TODAY, limit=3)
        assert await _asked(folder, "养犬" * 5_000, limit=10_000) is None, "longer than a request may be"
    assert not (folder / SOCKET_FILE).exists()


async def test_where_nobody_answers_there_is_none(folder: Path) -> None:
    assert await _asked(folder) is None
    (folder / SOCKET_FILE).write_text("left behind")
    assert await _asked(folder) is None
    async with serve_library(SHELVED, folder):
        assert await _asked(folder)


@pytest.mark.parametrize(
    "line", [b"\n", b"rubbish\n", b"[]\n", b"{}\n", b'{"query": "x", "province": 1, "city": [], "on": "?", "limit": "y"}\n']
)
async def test_what_is_no_request_is_told_so_and_others_are_served_on(folder: Path, line: bytes) -> None:
    async with serve_library(SHELVED, folder):
        assert "error" in json.loads(await _sent(folder, line))
        assert await _asked(folder)


async def test_an_endless_request_is_cut_off(folder: Path) -> None:
    async with serve_library(SHELVED, folder):
        assert "error" in json.loads(await _sent(folder, b"x" * LONGEST_REQUEST * 2 + b"\n"))
        assert await _asked(folder)


async def test_a_path_too_long_for_a_socket_serves_nobody_and_harms_nobody(folder: Path) -> None:
    deep = folder / ("x" * LONGEST_ADDRESS)
    deep.mkdir()
    async with serve_library(SHELVED, deep):
        assert await _asked(deep) is None
