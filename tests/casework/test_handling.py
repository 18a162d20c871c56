"""认领、接手、转办、静默: one person has a case, and everybody sees who."""

import asyncio
from datetime import timedelta

import pytest

from casework import handling
from casework.case import CaseState, steps_of
from casework.deadline import DeadlineKind, DeadlineState
from casework.deadlines import deadlines_of
from casework.errors import Refused
from casework.message import Card
from storage.engine import Database
from tests.casework.room import Room


async def happen(room: Room, level: int = 2) -> None:
    async with room.database.transaction() as session:
        await room.happen(session, level)
        await room.send_all(session)


async def act(room: Room, verb: str, name: str, *more: object, database: Database | None = None) -> str:
    """One person does one thing, in a transaction of its own; the sentence that the person reads."""
    async with (database or room.database).transaction() as session:
        people = [await room.person(session, one) if isinstance(one, str) else one for one in more]
        do = getattr(handling, verb)
        sentence: str = await do(session, await room.case(session), await room.person(session, name), *people, room.now, room.desk)
        return sentence


async def refused(room: Room, verb: str, name: str, *more: object) -> str:
    with pytest.raises(Refused) as refusal:
        await act(room, verb, name, *more)
    return str(refusal.value)


async def newest(room: Room) -> Card:
    async with room.database.reading() as session:
        return Card.from_json((await room.deliveries(session))[-1].card)


async def test_a_claim_shows_on_the_card_at_once_and_stops_the_clock(room: Room) -> None:
    await happen(room)
    room.wait(minutes=13)
    assert await act(room, "claim", "林一") == "A1 由林一认领。"
    async with room.database.reading() as session:
        case = await room.case(session)
        clocks = {row.kind: row.state for row in await deadlines_of(session, case)}
        edit = (await room.deliveries(session))[-1]
        steps = [(step.actor, step.text) for step in await steps_of(session, case)]
    assert (case.state, clocks[DeadlineKind.ACKNOWLEDGE]) == (CaseState.CLAIMED, DeadlineState.MET)
    assert edit.due_at == room.now
    assert "林一 18:55 已认领" in Card.from_json(edit.card).head
    assert ("林一", "认领") in steps


async def test_who_comes_second_is_told_who_has_it_and_what_to_type(room: Room) -> None:
    await happen(room)
    await act(room, "claim", "林一")
    room.wait(minutes=2)
    assert await refused(room, "claim", "吴二") == "A1 已由林一在 18:42 认领。要接手请发「接手 A1」，林一会收到通知。"
    assert await act(room, "claim", "林一") == "A1 已经在你手上。"


@pytest.mark.both_databases
async def test_of_many_who_press_at_the_same_time_exactly_one_has_it(room: Room) -> None:
    await happen(room)

    async def press(name: str, database: Database) -> bool:
        try:
            return "认领" in await act(room, "claim", name, database=database)
        except Refused:
            return False

    async with Database(room.database.url) as other:
        pressed = await asyncio.gather(*(press(name, database) for name in ("林一", "吴二", "郑三") for database in (room.database, other)))
    async with room.database.reading() as session:
        claims = [step for step in await steps_of(session, await room.case(session)) if step.text == "认领"]
    assert (sum(pressed), len(claims)) == (1, 1)


async def test_taking_over_tells_the_one_who_had_it(room: Room) -> None:
    await happen(room)
    await act(room, "claim", "林一")
    assert await act(room, "take_over", "吴二") == "A1 已由你接手，林一会收到通知。"
    notice = await newest(room)
    assert (notice.mentions, notice.head) == (("林一",), "🔁 A1 由吴二接手，请林一知悉并交接。")
    assert await act(room, "take_over", "吴二") == "A1 已经在你手上。"


async def test_taking_over_what_nobody_has_is_a_claim(room: Room) -> None:
    await happen(room)
    assert await act(room, "take_over", "吴二") == "A1 由吴二认领。"


async def test_assigning_calls_the_colleague_and_counts_as_acknowledged(room: Room) -> None:
    await happen(room)
    assert await act(room, "assign", "林一", "吴二") == "A1 已转给吴二。"
    notice = await newest(room)
    assert (notice.mentions, "由林一转给吴二" in notice.head) == (("吴二",), True)
    assert await refused(room, "assign", "林一", "吴二") == "A1 已经在吴二手上。"


async def test_nobody_assigns_to_somebody_who_may_not_handle(room: Room) -> None:
    await happen(room)
    assert "没有权限：认领需要「值班员」或「起草人」或「签发人」角色" in await refused(room, "assign", "林一", "许五")


async def test_a_refusal_names_the_role_and_who_has_it(room: Room) -> None:
    await happen(room)
    assert await refused(room, "claim", "许五") == (
        "没有权限：认领需要「值班员」或「起草人」或「签发人」角色，你是「管理员」。可以找：林一、吴二、郑三、何四。"
    )


async def test_a_mute_is_shown_and_ends(room: Room) -> None:
    await happen(room)
    assert await act(room, "mute", "林一", timedelta(hours=2)) == "A1 静默至 今日 20:42。其间只有等级上升才响铃，卡片照常更新。"
    assert any(row.label == "静默" for row in (await newest(room)).rows)
    assert "最长 7 天" in await refused(room, "mute", "林一", timedelta(days=8))
    assert "最长 7 天" in await refused(room, "mute", "林一", timedelta())


@pytest.mark.parametrize(("verb", "more"), [("claim", ()), ("take_over", ()), ("assign", ("吴二",)), ("mute", (timedelta(hours=1),))])
async def test_an_ended_case_is_left_alone(room: Room, verb: str, more: tuple[object, ...]) -> None:
    await happen(room)
    async with room.database.transaction() as session:
        (await room.case(session)).state = CaseState.CLOSED
    assert await refused(room, verb, "林一", *more) == "A1 已经办结。"
