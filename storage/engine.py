"""Opening the database and its transactions: SQLite by default, PostgreSQL by a change of address."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.errors import DatabaseUnavailable
from storage.ordering import order_writes
from storage.sqlite_driver import PromptConnection

SQLITE_BUSY_TIMEOUT_MS = 10_000
"""How long a statement waits for another process's write to end."""
POSTGRES_CONNECT_TIMEOUT_SECONDS = 10
POSTGRES_WRITE_LOCK = 0x77_73
"""Key of the advisory lock that makes the writers of all processes take turns, as they do on SQLite."""
POSTGRES_STALLED_WRITER_SECONDS = 60
"""A writer that says nothing for so long is taken for gone; its transaction is rolled back, the next one has its turn."""


_ADDRESSES = "database_url 请写成 sqlite+aiosqlite:///文件 或 postgresql+asyncpg://用户:密码@主机:端口/库名。"
_POSTGRES_FAULTS = {
    "53100": "数据库服务器的磁盘已满，无法写入；未写入的内容会在下次启动时重做。请清出空间后重新启动。",
    "25006": "数据库是只读的（可能连到了备用服务器）。请把 database_url 改为主服务器。",
}
"""Faults that a person must mend, by the server's code (PostgreSQL 15, appendix A)."""


class Database:
    """One SQL database. An async context manager; leaving it closes every connection.

    Args:
        url: `sqlite+aiosqlite:///path` or `postgresql+asyncpg://…`.

    Writers take turns, on both databases and across processes, so that what a transaction has read still holds when it writes.
    Readers do not wait.

    Raises:
        DatabaseUnavailable: the address is of no database that can be used.
    """

    def __init__(self, url: str) -> None:
        order_writes()
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
        async with self._writing, self._writers() as session:
            try:
                async with session.begin():
                    yield session
            except DBAPIError as error:
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
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise DatabaseUnavailable(f"数据库地址看不懂。{_ADDRESSES}") from error
    makers = {"sqlite+aiosqlite": _sqlite_engine, "postgresql+asyncpg": _postgres_engine}
    if address.drivername not in makers:
        raise DatabaseUnavailable(f"不支持数据库“{address.drivername}”。{_ADDRESSES}")
    return makers[address.drivername](address)


def _sqlite_engine(address: URL) -> AsyncEngine:
    path = address.database
    if path:
        _prepare_folder(Path(path))

    async def connect() -> PromptConnection:
        return await PromptConnection(path or ":memory:", SQLITE_BUSY_TIMEOUT_MS / 1000)  # type: ignore[return-value]  # itself

    engine = create_async_engine(address, poolclass=AsyncAdaptedQueuePool, pool_size=4, async_creator=connect, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _configure_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _postgres_engine(address: URL) -> AsyncEngine:
    try:
        engine = create_async_engine(
            address, pool_pre_ping=True, connect_args={"timeout": POSTGRES_CONNECT_TIMEOUT_SECONDS}, hide_parameters=True
        )
    except ModuleNotFoundError as error:
        raise DatabaseUnavailable(
            "用 PostgreSQL 还缺附加包 postgres。请执行 pip install --require-hashes -r requirements/postgres.txt。"
        ) from error
    event.listen(engine.sync_engine, "do_connect", _connect_postgres)
    event.listen(engine.sync_engine, "begin", _begin_postgres)
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


def _connect_postgres(dialect: Any, _: object, positional: Any, named: Any) -> Any:
    """Raises DatabaseUnavailable with the server's own words: nobody answers, wrong password, no such database, no such option."""
    import asyncpg

    try:
        return dialect.connect(*positional, **named)
    except (OSError, TypeError, asyncpg.PostgresError, asyncpg.InterfaceError, dialect.dbapi.Error) as error:
        cause = error.__cause__ or error
        told = str(cause) or type(cause).__name__
        raise DatabaseUnavailable(
            f"连不上 PostgreSQL：{told}。请检查 database_url 的主机、端口、库名、用户名和密码，以及服务是否在运行。"
        ) from error


def _begin_postgres(connection: Any) -> None:
    if connection.get_execution_options().get("wensheng_writes", False):
        connection.exec_driver_sql(
            f"SELECT pg_advisory_xact_lock({POSTGRES_WRITE_LOCK}),"
            f" set_config('idle_in_transaction_session_timeout', '{POSTGRES_STALLED_WRITER_SECONDS * 1000:.0f}', true)"
        )


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
    return _POSTGRES_FAULTS.get(getattr(error.orig, "sqlstate", None) or "")
