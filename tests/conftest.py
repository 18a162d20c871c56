"""What all tests share: a migrated database in a temporary folder, a clock that is moved by hand, no network outside loopback."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.tables import metadata
from storage.clock import CHINA, ManualClock
from storage.engine import Database, sqlite_url
from storage.migrations import upgrade
from tests.storage.postgres import PostgresServer, postgres_server

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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is marked `both_databases` runs on SQLite and on PostgreSQL; everything else on SQLite."""
    if "database_url" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_databases"):
        metafunc.parametrize("database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file that all migrations made; every test gets a copy."""
    path = tmp_path_factory.mktemp("migrated") / "wensheng.sqlite3"
    asyncio.run(_migrate(sqlite_url(path)))
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server with a database `migrated`, of which every test gets a copy."""
    with postgres_server() as server:
        server.run("CREATE DATABASE migrated")
        asyncio.run(_migrate(server.url("migrated")))
        yield server


async def _migrate(url: str) -> None:
    tables = metadata()
    async with Database(url) as opened:
        await upgrade(opened.engine, tables)
        if opened.is_sqlite:
            async with opened.engine.connect() as connection:
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database of the test's own."""
    if getattr(request, "param", "sqlite") == "sqlite":
        path = tmp_path / "wensheng.sqlite3"
        shutil.copyfile(request.getfixturevalue("migrated"), path)
        yield sqlite_url(path)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    server.run("CREATE DATABASE copy TEMPLATE migrated")
    yield server.url("copy")
    server.run("DROP DATABASE copy WITH (FORCE)")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as opened:
        yield opened


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 3, 6, 18, 42, tzinfo=CHINA))
