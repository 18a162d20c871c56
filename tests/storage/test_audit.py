"""The audit chain holds, and shows every kind of tampering."""

import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import audit
from storage.clock import ManualClock
from storage.engine import Database

pytestmark = pytest.mark.both_databases


async def _write(database: Database, clock: ManualClock, entries: int) -> None:
    for number in range(entries):
        async with database.transaction() as session:
            await audit.append(session, "李雯", "case.claimed", f"case:A{number}", at=clock.now(), note="认领")


async def test_an_untouched_chain_holds(database: Database, clock: ManualClock) -> None:
    await _write(database, clock, 5)
    async with database.reading() as session:
        report = await audit.verify(session)
    assert (report.entries, report.broken_at) == (5, None)


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE audit_entry SET actor = '王磊' WHERE number = 3", 3),
        ("""UPDATE audit_entry SET details = '{"note": "误报"}' WHERE number = 2""", 2),
        ("DELETE FROM audit_entry WHERE number = 4", 5),
        ("UPDATE audit_entry SET hash = previous_hash WHERE number = 1", 1),
    ],
)
async def test_tampering_is_found_at_its_row(database: Database, clock: ManualClock, tampering: str, broken_at: int) -> None:
    await _write(database, clock, 5)
    async with database.transaction() as session:
        await (await session.connection()).execute(text(tampering))
    async with database.reading() as session:
        assert (await audit.verify(session)).broken_at == broken_at


async def test_a_cut_end_shows_against_the_anchor(database: Database, clock: ManualClock) -> None:
    await _write(database, clock, 5)
    async with database.reading() as session:
        number, hash_ = await audit.head(session)
    async with database.transaction() as session:
        await (await session.connection()).execute(text("DELETE FROM audit_entry WHERE number > 3"))
    async with database.reading() as session:
        assert (await audit.verify(session)).broken_at is None
        assert (await audit.verify(session, {number: hash_})).broken_at == 4


async def test_a_rolled_back_change_leaves_no_entry(database: Database, clock: ManualClock) -> None:
    async def change_and_fail() -> None:
        async with database.transaction() as session:
            await audit.append(session, "李雯", "case.claimed", "case:A1", at=clock.now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await change_and_fail()
    async with database.reading() as session:
        assert await audit.head(session) == (0, audit.GENESIS)


async def test_entries_of_one_transaction_hold_whatever_becomes_of_its_savepoints(database: Database, clock: ManualClock) -> None:
    async def note(session: AsyncSession, subject: str) -> None:
        await audit.append(session, "李雯", "case.claimed", subject, at=clock.now())

    async with database.transaction() as session:
        await note(session, "case:A1")
        broken_off = await session.begin_nested()
        await note(session, "case:A2")
        await broken_off.rollback()
        await note(session, "case:A3")
        async with session.begin_nested():
            await note(session, "case:A4")
        await note(session, "case:A5")
    async with database.reading() as session:
        report = await audit.verify(session)
    assert (report.entries, report.broken_at) == (4, None)


async def test_one_session_goes_on_after_a_rollback(database: Database, clock: ManualClock) -> None:
    async with database.reading() as session:
        await audit.append(session, "李雯", "case.claimed", "case:A1", at=clock.now())
        await session.rollback()
        await audit.append(session, "李雯", "case.claimed", "case:A2", at=clock.now())
        report = await audit.verify(session)
    assert (report.entries, report.broken_at) == (1, None)
