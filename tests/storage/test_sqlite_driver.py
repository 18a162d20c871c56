"""What is prompt is done where it stands; what may take long never holds up the loop."""

import asyncio
import sqlite3
import threading

import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.engine import SQLITE_BUSY_TIMEOUT_MS, Database
from storage.sqlite_driver import MOST_PROMPT_ROWS, PromptConnection

LONG = "(SELECT count(*) FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 400000) SELECT x FROM n))"
HERE = threading.get_ident()


async def _driver(session: AsyncSession) -> PromptConnection:
    connection = (await (await session.connection()).get_raw_connection()).driver_connection
    assert isinstance(connection, PromptConnection)
    await connection.create_function("thread", 0, threading.get_ident)
    return connection


async def _rows(session: AsyncSession, statement: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await (await session.connection()).execute(text(statement))]


async def test_a_short_look_is_taken_at_once_and_a_long_one_in_the_thread(database: Database) -> None:
    async with database.reading() as session:
        await _driver(session)
        assert await _rows(session, "SELECT thread()") == [(HERE,)]
        [(thread, counted)] = await _rows(session, f"SELECT thread(), {LONG}")
        assert (thread != HERE, counted) == (True, 400_000)
        assert await _rows(session, "SELECT thread()") == [(HERE,)]


async def test_what_was_broken_off_is_read_whole_and_the_transaction_goes_on(database: Database) -> None:
    many = "SELECT x.value, thread() FROM json_each('[' || substr(replace(hex(zeroblob(50000)), '0', '1,'), 1, 199999) || ']') AS x"
    async with database.transaction() as session:
        await _driver(session)
        await (await session.connection()).execute(text("CREATE TABLE noted (word TEXT)"))
        await (await session.connection()).execute(text("INSERT INTO noted VALUES ('before')"))
        rows = await _rows(session, many)
        assert (len(rows), {thread for _, thread in rows} & {HERE}) == (100_000, set())
    async with database.reading() as session:
        assert await _rows(session, "SELECT word FROM noted") == [("before",)]


async def test_the_turn_to_write_the_commit_and_much_writing_wait_in_the_thread(database: Database) -> None:
    seen: list[tuple[str, bool]] = []
    async with database.transaction() as session:
        driver = await _driver(session)
        await driver.set_trace_callback(lambda statement: seen.append((statement[:6], threading.get_ident() == HERE)))
        connection = await session.connection()
        await connection.execute(text("CREATE TABLE noted (word TEXT)"))
        await connection.execute(text("INSERT INTO noted VALUES ('one')"))
        await connection.execute(text("DELETE FROM noted"))
        await connection.execute(text("REPLACE INTO noted VALUES (:word)"), [{"word": "x"}])
        await connection.execute(text("INSERT INTO noted VALUES (:word)"), [{"word": "many"}] * (MOST_PROMPT_ROWS + 1))
    own = dict.fromkeys(seen)
    assert [step for step in own if step[0] != "INSERT"] == [("CREATE", False), ("DELETE", False), ("REPLAC", False), ("COMMIT", False)]
    assert ("INSERT", True) in own and ("INSERT", False) in own  # noqa: PT018  # the single row, then the many


async def test_other_tasks_have_their_turn_in_a_long_run_of_short_statements(database: Database) -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with database.reading() as session:
        await _driver(session)
        task = asyncio.create_task(other())
        for _ in range(500):
            await _rows(session, "SELECT thread()")
        task.cancel()
    assert turns > 1


async def test_a_task_that_is_broken_off_amid_a_long_look_leaves_nothing_behind(database: Database) -> None:
    loop, begun = asyncio.get_running_loop(), asyncio.Event()

    async def look() -> None:
        async with database.transaction() as session:
            driver = await _driver(session)
            await driver.create_function("begun", 0, lambda: loop.call_soon_threadsafe(begun.set) and None)
            await (await session.connection()).execute(text("CREATE TABLE noted (word TEXT)"))
            await _rows(session, f"SELECT begun(), {LONG}")

    task = asyncio.create_task(look())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.transaction() as session:
        assert await _rows(session, "SELECT name FROM sqlite_master WHERE name = 'noted'") == []


async def test_the_turn_to_write_is_waited_for_in_the_thread_and_taken_at_once_where_it_is_free(database: Database) -> None:
    path = str(database.engine.url.database)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(_turn(database))
    begun = asyncio.get_running_loop().time()
    while not waiting.done() and asyncio.get_running_loop().time() < begun + 0.2:  # noqa: ASYNC110  # the loop is not held up
        await asyncio.sleep(0.01)
    assert not waiting.done()
    other.execute("COMMIT")
    other.close()
    assert await waiting == SQLITE_BUSY_TIMEOUT_MS
    assert await _turn(database) == SQLITE_BUSY_TIMEOUT_MS


async def _turn(database: Database) -> object:
    """A transaction that only looks how long the next statement would wait for a lock."""
    async with database.transaction() as session:
        [(timeout,)] = await _rows(session, "SELECT timeout FROM pragma_busy_timeout")
        return timeout
