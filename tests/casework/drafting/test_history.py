"""What came before a case: only the same kind of matter at the same place, with what was promised and what came of it."""

import pytest
from sqlalchemy import text

from casework import publishing
from casework.drafting.history import LOOKED_BACK, MOST_COUNTED, MOST_SHOWN, History, read_history
from casework.drafting.matter import Matter, gather
from casework.handling import claim
from casework.promise import PromiseState
from casework.signing import approve, approved_reply, submit
from storage.engine import Database
from tests.casework.room import Room

TEXT = "我们看到了视频，正在现场核实。今晚 22:00 前在这里公布结果。"


async def holds(version: object) -> str | None:
    return None


async def happened(room: Room, *, answered: bool = False, **fields: object) -> str:
    """A case of two levels of gravity; `answered`: with a reply that two approved and that stands in public. Returns its number."""
    async with room.database.transaction() as session:
        case = (await room.happen(session, 2, **fields)).case
        assert case is not None
        writer = await room.person(session, "林一")
        if answered:
            await claim(session, case, writer, room.now, room.desk)
            version = await room.write(session, case, TEXT)
            await submit(session, version, writer, room.now, (), room.desk)
            for name in ("郑三", "何四"):
                await approve(session, version, await room.person(session, name), room.now, room.desk, holds)
            reply = await approved_reply(session, version, room.now, holds)
            await publishing.offer(session, reply, writer, room.now, room.desk)
            await publishing.record_link(session, case, "https://weibo.example/1", writer, room.now, room.desk)
        return case.number


async def history(room: Room, number: str) -> History:
    async with room.database.reading() as session:
        case = await room.case(session, number)
        return await read_history(session, case, await room.event(session, case), room.now)


async def drafted(room: Room, number: str) -> Matter:
    async with room.database.reading() as session:
        return await gather(session, await room.case(session, number), room.now, room.desk)


@pytest.mark.both_databases
async def test_an_earlier_case_comes_with_its_promise_and_whether_it_was_kept(room: Room) -> None:
    first = await happened(room, answered=True)
    room.wait(days=3)
    found = await history(room, await happened(room))
    assert [(earlier.number, earlier.replied) for earlier in found.earlier] == [(first, True)]
    promise = found.earlier[0].promises[0]
    assert "公布结果" in promise.text
    assert promise.state is PromiseState.OVERDUE
    assert found.broken == (promise,)
    assert (found.count, found.unanswered) == (1, 0)


async def test_other_places_other_lines_and_what_is_long_past_do_not_count(room: Room) -> None:
    await happened(room, place="云锦城")
    await happened(room, line="食品安全")
    room.wait(days=1)
    await happened(room)
    room.wait(days=LOOKED_BACK.days + 1)
    assert await history(room, await happened(room)) == History()


async def test_what_comes_later_is_no_history_and_without_a_place_there_is_none(room: Room) -> None:
    first = await happened(room)
    room.wait(hours=5)
    await happened(room)
    assert (await history(room, first)).count == 0
    assert await history(room, await happened(room, place=None)) == History()


async def test_many_earlier_cases_are_counted_up_to_a_limit_and_the_newest_shown(room: Room) -> None:
    for _ in range(MOST_COUNTED + 2):
        await happened(room)
        room.wait(hours=1)
    found = await history(room, await happened(room))
    assert (found.count, found.unanswered, len(found.earlier)) == (MOST_COUNTED, MOST_COUNTED, MOST_SHOWN)
    assert [earlier.opened_at for earlier in found.earlier] == sorted((earlier.opened_at for earlier in found.earlier), reverse=True)


async def test_a_matter_knows_what_its_own_replies_promised(room: Room) -> None:
    number = await happened(room, answered=True)
    room.wait(minutes=5)
    found = await drafted(room, number)
    assert [promise.state for promise in found.promises] == [PromiseState.OPEN]
    assert found.previous == (TEXT,)


async def test_earlier_cases_are_found_by_index(database: Database) -> None:
    query = "EXPLAIN QUERY PLAN SELECT id FROM event WHERE place = 'x' AND line = 'y' AND first_posted_at > '2026'"
    async with database.reading() as session:
        plan = "".join(str(row) for row in (await (await session.connection()).execute(text(query))).all())
    assert "ix_event" in plan
    assert "SCAN" not in plan
