"""Rows that are written past the unit of work are the same rows, in time for whoever names or asks for them."""

from datetime import timedelta

import pytest
from sqlmodel import select

from monitoring.event import Event, LevelChange, Trend
from monitoring.item import Attitude, Item, Relevance
from monitoring.item_band import ItemBand
from monitoring.source import Source, SourceKind
from storage import rows
from storage.clock import ManualClock
from storage.engine import Database


def an_event(clock: ManualClock) -> Event:
    return Event(id=1, headline="油烟", line="噪声油烟扬尘", first_posted_at=clock.now(), last_posted_at=clock.now(), doubts=["视频未核实"])


def an_item(clock: ManualClock, **more: object) -> Item:
    columns = {
        "id": 7, "source_id": 1, "source_key": "k", "text": "楼下又在冒烟", "posted_at": clock.now(), "observed_at": clock.now(),
        "relevance": Relevance.YES, "line": "噪声油烟扬尘", "intent": "投诉", "event_id": 1, "reasons": ["油烟"], "asks": [], "factors": [],
    }  # fmt: skip
    return rows.new_row(Item, columns | more)


async def with_source(database: Database) -> None:
    async with database.transaction() as session:
        session.add(Source(id=1, name="市长信箱", kind=SourceKind.JSON_LINES))


@pytest.mark.both_databases
async def test_what_was_put_is_stored_as_the_unit_of_work_would(database: Database, clock: ManualClock) -> None:
    await with_source(database)
    async with database.transaction() as session:
        rows.put(session, an_item(clock, likes=3))
        rows.put(session, an_event(clock))
        session.add(LevelChange(event_id=1, item_id=7, at=clock.now(), from_level=0, to_level=3))
    async with database.reading() as session:
        item, event = (await session.exec(select(Item))).one(), (await session.exec(select(Event))).one()
        (change,) = (await session.exec(select(LevelChange))).all()
    assert (item.text, item.likes, item.dislikes, item.relevance, item.attitude) == (
        "楼下又在冒烟",
        3,
        None,
        Relevance.YES,
        Attitude.NEUTRAL,
    )
    assert (item.posted_at, item.reasons, item.sealed_original, item.has_video) == (clock.now(), ["油烟"], None, False)
    assert (event.doubts, event.trend, event.last_posted_at, change.item_id) == (["视频未核实"], Trend.STEADY, clock.now(), 7)


@pytest.mark.both_databases
async def test_a_settled_row_is_found_and_followed(database: Database, clock: ManualClock) -> None:
    await with_source(database)
    async with database.transaction() as session:
        event = an_event(clock)
        rows.put(session, event)
        event.item_count = 1
        await rows.settle(session)
        assert (await session.exec(select(Event))).one() is event
        event.last_posted_at += timedelta(hours=1)
    async with database.reading() as session:
        stored = (await session.exec(select(Event))).one()
    assert (stored.item_count, stored.last_posted_at) == (1, clock.now() + timedelta(hours=1))


@pytest.mark.both_databases
async def test_rows_that_stand_already_can_be_left_alone(database: Database, clock: ManualClock) -> None:
    await with_source(database)
    async with database.transaction() as session:
        rows.put(session, an_event(clock))
        rows.put(session, an_item(clock))
        await rows.settle(session)
        for bands in ([(5, 7)], [(5, 7), ((1 << 63) - 1, 7)]):
            await rows.insert(session, ItemBand, ("band", "item_id"), bands, where_missing=True)
    async with database.reading() as session:
        assert sorted(band.band for band in (await session.exec(select(ItemBand))).all()) == [5, (1 << 63) - 1]


@pytest.mark.both_databases
async def test_what_was_put_goes_with_the_transaction(database: Database, clock: ManualClock) -> None:
    async def break_off() -> None:
        async with database.transaction() as session:
            rows.put(session, an_event(clock))
            await rows.settle(session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await break_off()
    async with database.reading() as session:
        assert (await session.exec(select(Event))).all() == []
