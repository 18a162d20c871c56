"""Writers take turns, whichever the database and the process; a server that fails is one clear sentence."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from casework.staff import StaffMember
from storage import audit
from storage.clock import ManualClock
from storage.engine import Database
from storage.errors import DatabaseUnavailable
from tests.storage.postgres import PostgresServer

ON_POSTGRES = pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)


async def execute(database: Database, statement: str) -> None:
    async with database.transaction() as session:
        await (await session.connection()).execute(text(statement))


async def names(database: Database) -> list[str]:
    async with database.reading() as session:
        return list((await session.exec(select(StaffMember.name).order_by(StaffMember.name))).all())


@pytest.mark.both_databases
async def test_processes_that_append_at_the_same_time_write_one_chain(database: Database, clock: ManualClock) -> None:
    async def write(through: Database, number: int) -> None:
        async with through.transaction() as session:
            await audit.append(session, "李雯", "case.claimed", f"case:A{number}", at=clock.now())

    async with Database(database.url) as other:
        await asyncio.gather(*(write(through, number) for number in range(12) for through in (database, other)))
    async with database.reading() as session:
        report = await audit.verify(session)
    assert (report.entries, report.broken_at) == (24, None)


@pytest.mark.both_databases
async def test_what_a_writer_has_read_still_holds_when_it_writes(database: Database) -> None:
    async def add_one_more(through: Database) -> None:
        async with through.transaction() as session:
            there = (await session.exec(select(StaffMember.name))).all()
            session.add(StaffMember(name=f"第{len(there)}人"))

    async with Database(database.url) as other:
        await asyncio.gather(*(add_one_more(through) for through in (database, other) * 5))
    assert await names(database) == sorted(f"第{number}人" for number in range(10))


@pytest.mark.both_databases
async def test_readers_do_not_wait_for_a_writer_and_do_not_see_half_its_work(database: Database) -> None:
    async with database.transaction() as session:
        session.add(StaffMember(name="李雯"))
        await session.flush()
        assert await names(database) == []
    assert await names(database) == ["李雯"]


@ON_POSTGRES
async def test_a_worker_that_is_gone_does_not_stop_the_others(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.engine.POSTGRES_STALLED_WRITER_SECONDS", 0.001)

    async def hang() -> None:
        async with database.transaction() as session:
            session.add(StaffMember(name="李雯"))
            await session.flush()
            async with Database(database.url) as other:
                await execute(other, "SELECT 1")

    with pytest.raises(DatabaseUnavailable, match="连接断开"):
        await hang()
    assert await names(database) == []


@ON_POSTGRES
async def test_a_server_that_restarts_costs_one_transaction(database: Database, postgres: PostgresServer) -> None:
    async def write() -> None:
        async with database.transaction() as session:
            session.add(StaffMember(name="李雯"))
            await session.flush()
            postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'copy'")
            await session.exec(select(StaffMember))

    with pytest.raises(DatabaseUnavailable, match="连接断开"):
        await write()
    await execute(database, "SELECT 1")
    assert await names(database) == []


@ON_POSTGRES
async def test_a_standby_is_named(database: Database, postgres: PostgresServer) -> None:
    postgres.run("ALTER DATABASE copy SET default_transaction_read_only = on")
    with pytest.raises(DatabaseUnavailable, match="只读"):
        await execute(database, "DELETE FROM staff_member")


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("/migrated?", "/nowhere?"), 'database "nowhere" does not exist'),
        (("//postgres@", "//nobody@"), 'role "nobody" does not exist'),
        (("port=", "port=1"), "No such file or directory"),
        (("?", "?sslmode=require&"), "sslmode"),
    ],
)
async def test_a_server_that_cannot_be_used_says_why(postgres: PostgresServer, change: tuple[str, str], told: str) -> None:
    async with Database(postgres.url("migrated").replace(*change)) as database, database.reading() as session:
        with pytest.raises(DatabaseUnavailable, match="^连不上 PostgreSQL：[^\n]*" + told):
            await session.exec(select(StaffMember))


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://wensheng:secret@127.0.0.1/wensheng", "不支持数据库“postgresql”"),
        ("postgresql+asyncpg://wensheng:secret@127.0.0.1:port/wensheng", "看不懂"),
        ("wensheng:secret", "看不懂"),
    ],
)
def test_an_address_that_is_none_is_refused_without_its_password(url: str, told: str) -> None:
    with pytest.raises(DatabaseUnavailable, match=told) as refusal:
        Database(url)
    assert "secret" not in str(refusal.value)


@pytest.mark.both_databases
async def test_what_stands_in_rows_is_told_in_no_error(database: Database) -> None:
    with pytest.raises(DBAPIError) as fault:
        async with database.transaction() as session:
            await (await session.connection()).execute(text("INSERT INTO no_such_table VALUES (:phone)"), {"phone": "13800001234"})
    assert "13800001234" not in str(fault.value)
