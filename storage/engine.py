"""Opening the database and its transactions: SQLite by default, PostgreSQL by a change of address."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.errors import DatabaseUnavailable
from storage.sqlite_driver import PromptConnection

SQLITE_BUSY_TIMEOUT_MS = 10_000
"""How long a statement waits for another process's write to end."""


class Database:
    """One SQL database. An async context manager; leaving it closes every connection.

    Args:
        url: `sqlite+aiosqlite:///path` or `postgresql+asyncpg://…`.

    Writers of this process take turns (SQLite has one writer); readers do not wait.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._writing = asyncio.Lock()
        self.engine = _create_engine(url)
        self._readers = async_sessionmaker(self.engine, class_=AsyncSession, expire_on_commit=False)
        writer = self.engine.execution_options(wensheng_writes=True)
        self._writers = async_sessionmaker(writer, class_=AsyncSession, expire_on_commit=False)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    async def __aenter__(self) -> "Database":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.engine.dispose()

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One transaction that writes: committed on leaving, rolled back on any exception.

        Raises:
            DatabaseUnavailable: the disk is full, the file is read-only or the server is gone; nothing was written.
        """
        turn = self._writing if self.is_sqlite else contextlib.nullcontext()
        async with turn, self._writers() as session:
            try:
                async with session.begin():
                    yield session
            except (OperationalError, DBAPIError) as error:
                if reason := _unavailable(error):
                    raise DatabaseUnavailable(reason) from error
                raise

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session for queries; whatever is changed in it is not kept."""
        async with self._readers() as session:
            yield session


def sqlite_url(path: Path) -> str:
    """The address of an SQLite file."""
    return f"sqlite+aiosqlite:///{path}"


def _create_engine(url: str) -> AsyncEngine:
    if not make_url(url).get_backend_name().startswith("sqlite"):
        return create_async_engine(url, pool_pre_ping=True)
    path = make_url(url).database
    if path:
        _prepare_folder(Path(path))

    async def connect() -> PromptConnection:
        return await PromptConnection(path or ":memory:", SQLITE_BUSY_TIMEOUT_MS / 1000)  # type: ignore[return-value]  # itself

    engine = create_async_engine(url, poolclass=AsyncAdaptedQueuePool, pool_size=4, async_creator=connect)
    event.listen(engine.sync_engine, "connect", _configure_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailable(f"数据库目录 {path.parent} 无法创建：{error.strerror}。请换一个可写的目录，或修改目录权限。") from error


def _configure_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN would be a deferred one
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={SQLITE_BUSY_TIMEOUT_MS}",
        "cache_size=-32000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("wensheng_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _unavailable(error: DBAPIError) -> str | None:
    """One sentence for the faults that a person must mend; None for a fault of the program."""
    cause = str(error.orig)
    if isinstance(error.orig, sqlite3.OperationalError | sqlite3.DatabaseError) or "sqlite" in type(error.orig).__module__:
        if "disk is full" in cause or "disk I/O error" in cause:
            return "磁盘已满，数据库无法写入；未写入的内容会在下次启动时重做。请清出空间后重新启动。"
        if "readonly" in cause or "unable to open" in cause:
            return f"数据库文件无法写入（{cause}）。请检查文件和目录的权限。"
    if error.connection_invalidated:
        return "与数据库服务器的连接断开了。请检查 PostgreSQL 是否在运行。"
    return None
