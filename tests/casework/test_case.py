"""Short numbers: readable, unique, one case for one event."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.case import case_by_number, case_number, open_case
from storage.engine import Database
from tests.casework.room import Room, new_event


@pytest.mark.parametrize(("ordinal", "number"), [(1, "A1"), (99, "A99"), (100, "B1"), (2574, "Z99"), (2575, "AA1"), (69499, "AAA1")])
def test_numbers_count_up_like_plates(ordinal: int, number: str) -> None:
    assert case_number(ordinal) == number


@given(st.sets(st.integers(1, 100_000), min_size=2, max_size=50))
def test_no_two_ordinals_share_a_number(ordinals: set[int]) -> None:
    assert len({case_number(ordinal) for ordinal in ordinals}) == len(ordinals)


@pytest.mark.both_databases
async def test_processes_that_open_cases_at_the_same_time_get_numbers_of_their_own(room: Room) -> None:
    async def one(database: Database) -> str:
        async with database.transaction() as session:
            case, _ = await open_case(session, await new_event(session, room.now, 2), room.now)
            return case.number

    async with Database(room.database.url) as other:
        numbers = await asyncio.gather(*(one(database) for database in (room.database, other) * 5))
    assert sorted(numbers, key=lambda number: int(number[1:])) == [f"A{n}" for n in range(1, 11)]


async def test_an_event_has_one_case_which_is_found_in_any_spelling(room: Room) -> None:
    async with room.database.transaction() as session:
        event = await new_event(session, room.now, 2)
        case, opened = await open_case(session, event, room.now)
        again, opened_again = await open_case(session, event, room.now)
        assert (again.id, opened, opened_again) == (case.id, True, False)
        assert (await case_by_number(session, " a1 ")) is case
        assert await case_by_number(session, "A2") is None
