"""What is stored comes back as it was, and what must not be stored is refused, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text
from sqlalchemy.exc import StatementError

from storage.clock import CHINA
from storage.columns import JSON_TYPE, AwareDateTime, EnumText
from storage.engine import Database
from storage.errors import NaiveTimeError

pytestmark = pytest.mark.both_databases


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


THINGS = Table(
    "thing", MetaData(),
    Column("id", Integer, primary_key=True), Column("at", AwareDateTime), Column("colour", EnumText(Colour)), Column("notes", JSON_TYPE),
)  # fmt: skip
NOON = datetime(2026, 3, 6, 12, tzinfo=CHINA)

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.builds(
    datetime,
    st.integers(1900, 2199),
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(0, 23),
    microsecond=st.integers(0, 999_999),
    tzinfo=zones,
)
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9)
documents = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words, lambda inner: st.lists(inner) | st.dictionaries(words, inner)
)


@pytest.fixture
async def things(database: Database) -> Database:
    async with database.engine.begin() as connection:
        await connection.run_sync(THINGS.metadata.create_all)
    return database


async def store(database: Database, *rows: dict[str, Any]) -> None:
    async with database.transaction() as session:
        connection = await session.connection()
        await connection.execute(THINGS.delete())
        await connection.execute(insert(THINGS), [{"at": NOON, "colour": Colour.RED, "notes": None, **row} for row in rows])


async def stored(database: Database, column: str, order_by: str = "id") -> list[Any]:
    async with database.reading() as session:
        return list((await (await session.connection()).execute(select(THINGS.c[column]).order_by(THINGS.c[order_by]))).scalars())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.fixed_dictionaries({"at": moments, "colour": st.sampled_from(Colour), "notes": documents}), min_size=1, max_size=6))
async def test_rows_come_back_as_they_were_and_sort_by_time(things: Database, rows: list[dict[str, Any]]) -> None:
    await store(things, *rows)
    for column in ("at", "colour", "notes"):
        assert await stored(things, column) == [row[column] for row in rows]
    in_order = await stored(things, "at", order_by="at")
    assert in_order == sorted(row["at"] for row in rows)
    assert {moment.tzinfo for moment in in_order} == {CHINA}


async def test_a_time_without_a_zone_is_refused(things: Database) -> None:
    with pytest.raises(StatementError) as refusal:
        await store(things, {"at": datetime(2026, 3, 6, 12)})  # noqa: DTZ001  # it must be refused
    assert isinstance(refusal.value.orig, NaiveTimeError)
    assert await stored(things, "id") == []


async def test_a_value_that_the_enumeration_does_not_know_is_refused_on_both_ways(things: Database) -> None:
    with pytest.raises(StatementError, match="'blue' is not a valid Colour"):
        await store(things, {"colour": "blue"})
    await store(things, {})
    async with things.transaction() as session:
        await (await session.connection()).execute(text("UPDATE thing SET colour = 'blue'"))
    with pytest.raises(ValueError, match="'blue' is not a valid Colour"):
        await stored(things, "colour")


async def test_a_time_is_compared_as_a_moment(things: Database) -> None:
    await store(things, {"at": NOON.astimezone(UTC)})
    async with things.reading() as session:
        same = select(THINGS.c.id).where(THINGS.c.at == NOON)
        assert len((await (await session.connection()).execute(same)).all()) == 1
