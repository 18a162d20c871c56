"""SQLite without detours: what is done in microseconds is done where it stands, what may wait is done in the connection's thread.

aiosqlite hands every step of every statement to a thread and back, which takes several times as long as a look into the page cache.
Here a SELECT is begun at once and, should it take longer than `PATIENCE_SECONDS`, broken off and begun again in the thread. The rows that
a unit of work writes go at once too, since they reach the disk with the commit only; and the turn to write is taken at once where it is
free. All else waits in the thread: for another process that writes, for the commit with its fsync, deletions, changes of the schema.
See docs/decisions/0008-sqlite-driver.md.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from math import inf
from time import perf_counter
from typing import Any, Self, TypeVar

import aiosqlite

PATIENCE_SECONDS = 0.002
"""So long a SELECT may hold up the event loop."""
STEPS_BETWEEN_LOOKS = 1_000
"""So many steps of SQLite's machine pass between two looks at the clock; about a tenth of a millisecond."""
TURN_SECONDS = 0.005
"""After so long a run of prompt statements the other tasks have their turn."""
MOST_PROMPT_ROWS = 200
"""So many rows given in one statement are written at once; more go to the thread."""
CACHED_STATEMENTS = 1_000
_PRIMARY = 0xFF
"""The part of an error code without its extension."""
_PROMPT = ("INSERT", "UPDATE", "SAVEPOINT", "RELEASE", "ROLLBACK TO")

T = TypeVar("T")


class PromptConnection(aiosqlite.Connection):
    """One connection. It is used by the loop's thread and by its own, never by both at a time."""

    def __init__(self, path: str, timeout_seconds: float) -> None:
        super().__init__(partial(self._open, path, timeout_seconds), iter_chunk_size=64)
        self._thread.daemon = True
        self._timeout_ms = round(timeout_seconds * 1000)
        self._until, self._turn_ends, self._ends_in_thread = inf, 0.0, False

    def _open(self, path: str, timeout_seconds: float) -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout_seconds, check_same_thread=False, cached_statements=CACHED_STATEMENTS)
        connection.set_progress_handler(lambda: perf_counter() > self._until, STEPS_BETWEEN_LOOKS)
        return connection

    def cursor(self) -> "PromptCursor":  # type: ignore[override]  # aiosqlite's own has to be awaited
        return PromptCursor(self, self._conn.cursor())

    async def commit(self) -> None:
        """Commit; where nothing was written there is nothing to wait for."""
        await self._end(self._conn.commit)

    async def rollback(self) -> None:
        """Roll back, where there is something to."""
        if self.in_transaction:
            await self._end(self._conn.rollback)

    async def run(self, statement: str, work: Callable[[], T]) -> T:
        """Do the work of a statement, at once where that is prompt."""
        if perf_counter() > self._turn_ends:
            await asyncio.sleep(0)
            self._turn_ends = perf_counter() + TURN_SECONDS
        try:
            if statement.startswith("SELECT"):
                return self._impatiently(work)
            if statement == "BEGIN IMMEDIATE":
                return self._unwaiting(work)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY not in (sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_BUSY):
                raise
        if statement == "BEGIN":
            return work()
        if statement.startswith(_PROMPT):
            self._ends_in_thread = True
            return work()
        return await self.run_in_thread(work)

    async def run_in_thread(self, work: Callable[[], T]) -> T:
        """Do the work in the connection's thread, after all that was given to it before."""
        self._ends_in_thread = True
        result: T = await self._execute(work)  # type: ignore[no-untyped-call]  # aiosqlite's own queue
        return result

    async def _end(self, work: Callable[[], None]) -> None:
        """End a transaction: in the thread if it has written, or if the thread may still be at work for a task that was broken off."""
        if not self._ends_in_thread:
            return work()
        await self.run_in_thread(work)
        self._ends_in_thread = False
        return None

    def _unwaiting(self, work: Callable[[], T]) -> T:
        self._conn.execute("PRAGMA busy_timeout=0")
        try:
            return work()
        finally:
            self._conn.execute(f"PRAGMA busy_timeout={self._timeout_ms}")

    def _impatiently(self, work: Callable[[], T]) -> T:
        self._until = perf_counter() + PATIENCE_SECONDS
        try:
            return work()
        finally:
            self._until = inf


class PromptCursor:
    """A cursor that reads all its rows with the statement; what SQLAlchemy asks of aiosqlite's."""

    def __init__(self, connection: PromptConnection, cursor: sqlite3.Cursor) -> None:
        self._connection, self._cursor, self._rows = connection, cursor, list[Any]()
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    @property
    def description(self) -> Any:
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._cursor.lastrowid

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        """Run one statement and keep its rows."""
        self._rows = await self._connection.run(statement, lambda: self._cursor.execute(statement, parameters).fetchall())
        return self

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> Self:
        """Run one statement for each set of parameters."""
        work = partial(self._cursor.executemany, statement, parameters)
        if len(parameters) > MOST_PROMPT_ROWS:
            await self._connection.run_in_thread(work)
        else:
            await self._connection.run(statement, work)
        return self

    async def fetchall(self) -> list[Any]:
        """The rows of the last statement."""
        return self._rows

    async def close(self) -> None:
        """Forget the rows."""
        self._cursor.close()
