"""What all tests share: a migrated database in a temporary folder, a clock that is moved by hand, no network outside loopback."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.tables import metadata
from storage.clock import CHINA, ManualClock
from storage.engine import Database, sqlite_url
from storage.migrations import upgrade

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file that all migrations made; every test gets a copy."""
    path = tmp_path_factory.mktemp("migrated") / "wensheng.sqlite3"

    async def migrate() -> None:
        async with Database(sqlite_url(path)) as opened:
            await upgrade(opened.engine, metadata())
            async with opened.engine.connect() as connection:
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    asyncio.run(migrate())
    return path


@pytest.fixture
async def database(tmp_path: Path, migrated: Path) -> AsyncIterator[Database]:
    path = tmp_path / "wensheng.sqlite3"
    shutil.copyfile(migrated, path)
    async with Database(sqlite_url(path)) as opened:
        yield opened


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 3, 6, 18, 42, tzinfo=CHINA))
