"""Sources are read by tier, wait longer after each failure, and go on where they stood."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from monitoring import polling
from monitoring.polling import LONGEST_BACKOFF, due_sources, move_cursor, next_poll, record_failure, record_success, sync_sources
from monitoring.source import POLL_INTERVALS, Source, SourceKind, Tier
from storage.clock import ManualClock
from storage.engine import Database
from tests.generated_city import START


def definition(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": "feed", "address": f"https://example.invalid/{name}", "tier": "B", "options": {}, **more}


@given(st.sampled_from(Tier), st.integers(1, 100), st.none() | st.floats(0, 1e9))
def test_backoff_grows_within_bounds(tier: Tier, failures: int, asked: float | None) -> None:
    wait = next_poll(tier, failures, START, asked) - START
    assert timedelta() < wait <= LONGEST_BACKOFF
    assert wait <= next_poll(tier, failures + 1, START, asked) - START
    assert next_poll(tier, 0, START, asked) - START == POLL_INTERVALS[tier]


async def names_due(database: Database, clock: ManualClock) -> list[str]:
    async with database.reading() as session:
        return [source.name for source in await due_sources(session, clock.now())]


async def the(database: Database, name: str) -> Source:
    async with database.reading() as session:
        return (await session.exec(select(Source).where(Source.name == name))).one()


async def test_a_source_is_due_by_its_tier_and_its_failures(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        await sync_sources(session, [definition("a", tier="A"), definition("b")], clock.now())
    assert await names_due(database, clock) == ["a", "b"]
    async with database.transaction() as session:
        await record_success(session, await the(database, "a"), clock.now())
        await record_failure(session, await the(database, "b"), "连不上", clock.now())
    assert await names_due(database, clock) == []
    clock.move_to(clock.now() + timedelta(minutes=1))
    assert await names_due(database, clock) == ["b"]
    async with database.transaction() as session:
        await record_failure(session, await the(database, "b"), "连不上", clock.now(), retry_after_seconds=600)
    clock.move_to(clock.now() + timedelta(minutes=9))
    assert await names_due(database, clock) == ["a"]
    failing = await the(database, "b")
    assert (failing.failures, failing.last_error, failing.last_success_at) == (2, "连不上", None)
    async with database.transaction() as session:
        await record_success(session, failing, clock.now())
    assert ((healed := await the(database, "b")).failures, healed.last_error, healed.good_readings) == (0, "", 1)


async def test_settings_decide_which_sources_there_are(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        await sync_sources(session, [definition("a"), definition("b")], clock.now())
        forwarded = await polling.forwarding_source(session, "转发", clock.now())
        assert (await polling.forwarding_source(session, "转发", clock.now())).id == forwarded.id
        await move_cursor(session, await the_in(session, "a"), {"line": 7})
        await move_cursor(session, await the_in(session, "b"), {"line": 8})
    async with database.transaction() as session:
        await sync_sources(session, [definition("a", tier="A"), definition("c")], clock.now())
    assert ((a := await the(database, "a")).tier, a.cursor) == (Tier.A, {"line": 7})
    assert not (await the(database, "b")).enabled
    assert (await the(database, "转发")).enabled
    assert await names_due(database, clock) == ["a", "c"]
    async with database.transaction() as session:
        await sync_sources(session, [definition("a", address="https://example.invalid/moved"), definition("b")], clock.now())
    assert (await the(database, "a")).cursor == {}
    assert ((b := await the(database, "b")).enabled, b.cursor) == (True, {"line": 8})
    assert (await the(database, "转发")).kind is SourceKind.FORWARDED


async def the_in(session: Any, name: str) -> Source:
    found: Source = (await session.exec(select(Source).where(Source.name == name))).one()
    return found
