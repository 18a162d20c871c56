"""再燃: rings once when an answered matter is spoken of again, says why, and stays silent while it calms down."""

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.reignition import first_flare, flaring_course, quiet_course
from casework import closing
from casework.case import CaseState
from casework.deadline import DeadlineKind, DeadlineState
from casework.deadlines import deadlines_of
from casework.handling import mute
from casework.reigniting import step_reignition
from casework.reignition import FEWEST, HOURS_READ, find_flare
from storage import audit
from tests.casework.replying import posts, publish
from tests.casework.room import Room

PLAIN = "我们已经道歉，并赔偿了全部损失。"


async def look(room: Room) -> int:
    async with room.database.transaction() as session:
        return await step_reignition(session, room.now, room.desk)


async def rung(room: Room) -> list[str]:
    async with room.database.reading() as session:
        return [text for text in await room.texts(session) if "再燃" in text]


async def close(room: Room) -> None:
    async with room.database.transaction() as session:
        await closing.close(session, await room.case(session), await room.person(session, "林一"), "已赔偿", room.now, room.desk)


@pytest.mark.both_databases
async def test_after_a_lull_it_rings_once_and_says_why(room: Room) -> None:
    case = await publish(room, PLAIN)
    await posts(room, case, 5, room.now - timedelta(hours=1), 10)
    room.wait(hours=15)
    assert await look(room) == 0
    await posts(room, case, 12, room.now - timedelta(minutes=70), 5)
    assert (await look(room), await look(room)) == (1, 0)
    (text,) = await rung(room)
    assert text.startswith("🔁 A1（II 级）再燃：平静 13 小时后，最近 2 小时新增 12 条（照先前的走势至多")
    room.wait(minutes=30)
    await posts(room, case, 12, room.now - timedelta(minutes=20))
    assert await look(room) == 0, "the same flare"
    async with room.database.reading() as session:
        assert (await room.case(session)).state is CaseState.REPLIED
        assert (await audit.verify(session)).broken_at is None


async def test_once_it_has_calmed_down_again_it_may_ring_again(room: Room) -> None:
    case = await publish(room, PLAIN)
    for _ in range(2):
        room.wait(hours=30)
        await posts(room, case, 14, room.now - timedelta(minutes=70), 5)
        assert await look(room) == 1
    assert len(await rung(room)) == 2


async def test_a_wave_that_goes_on_after_the_answer_is_no_flare(room: Room) -> None:
    case = await publish(room, PLAIN)
    await posts(room, case, 60, room.now - timedelta(hours=2), 2)
    for _ in range(6):
        await posts(room, case, 20, room.now, 3)
        room.wait(hours=1)
        assert await look(room) == 0


async def test_a_closed_case_opens_with_its_clocks_wound_anew(room: Room) -> None:
    case = await publish(room, PLAIN)
    room.wait(hours=2)
    await close(room)
    room.wait(days=3)
    await posts(room, case, 10, room.now - timedelta(minutes=60), 5)
    assert await look(room) == 1
    async with room.database.reading() as session:
        opened = await room.case(session)
        clocks = {row.kind: row.state for row in await deadlines_of(session, opened)}
    assert (opened.state, opened.owner_id, opened.closed_at) == (CaseState.OPEN, None, None)
    assert clocks[DeadlineKind.FIRST_RESPONSE] is DeadlineState.RUNNING
    assert "已重新打开" in (await rung(room))[0]


async def test_a_new_key_fact_opens_a_closed_case_at_once(room: Room) -> None:
    await publish(room, PLAIN)
    await close(room)
    room.wait(hours=5)
    async with room.database.transaction() as session:
        await room.develop(session, await room.case(session), milestones=("有人受伤：“骨折了”",))
        await room.develop(session, await room.case(session), milestones=())
    assert [text.partition("\n")[0] for text in await rung(room)] == ["🔁 A1（II 级）再燃：有人受伤：“骨折了”"]


async def test_a_muted_case_waits_for_the_end_of_its_silence(room: Room) -> None:
    case = await publish(room, PLAIN)
    async with room.database.transaction() as session:
        person = await room.person(session, "林一")
        await mute(session, await room.case(session), person, timedelta(hours=24), room.now, room.desk)
    room.wait(hours=20)
    await posts(room, case, 14, room.now - timedelta(minutes=70), 5)
    assert await look(room) == 0
    assert await rung(room) == []


@pytest.mark.parametrize("hourly", [[], [0] * HOURS_READ, [0] * (HOURS_READ - 1) + [FEWEST - 1], [30] * HOURS_READ])
def test_what_is_too_little_or_even_is_no_flare(hourly: list[int]) -> None:
    assert find_flare(hourly, 15, 40) is None


def test_a_silent_night_is_no_lull_and_the_morning_after_it_no_flare() -> None:
    evening_to_morning = [8, 9, 8, 7, 8, 9, 8, 10, 10, 9, 8, 4, 1, 0, 0, 0, 0, 0, 1, 5, 8]
    hourly = [0] * (HOURS_READ - len(evening_to_morning)) + evening_to_morning
    assert find_flare(hourly, 8, len(evening_to_morning)) is None


@given(st.lists(st.integers(0, 40), min_size=HOURS_READ, max_size=HOURS_READ), st.integers(0, 23), st.integers(0, HOURS_READ))
def test_what_it_calls_a_flare_is_louder_than_foretold_and_than_the_quietest_since(hourly: list[int], hour: int, since: int) -> None:
    flare = find_flare(hourly, hour, since)
    if flare:
        assert flare.count == sum(hourly[-2:]) >= FEWEST
        assert flare.count > flare.expected
        assert since > flare.hours


def test_on_made_up_courses_it_seldom_errs() -> None:
    chance = random.Random(20260306)
    quiet = [first_flare(quiet_course(chance)) is None for _ in range(30)]
    assert sum(quiet) >= 28
    flares = [course for course in (flaring_course(chance) for _ in range(40)) if int(course.kind.split()[2]) >= 20]
    found = [(at := first_flare(course, course.flares_at or 0)) is not None and at < (course.flares_at or 0) + 4 for course in flares]
    assert sum(found) >= 0.75 * len(found)
