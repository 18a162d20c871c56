"""误报、降级、升级: judgements with a name, kept as labels."""

import pytest
from sqlmodel import select

from casework import judging
from casework.case import CaseState
from casework.deadline import DeadlineKind, DeadlineState
from casework.deadlines import deadlines_of
from casework.delivery import Delivery
from casework.drafting.draft import VersionState
from casework.errors import Refused
from casework.message import Card
from casework.signing import submit
from monitoring.event import Label, LabelKind, LevelChange
from tests.casework.room import Room


async def happen(room: Room, level: int) -> None:
    async with room.database.transaction() as session:
        await room.happen(session, level)
        await room.send_all(session)


async def act(room: Room, verb: str, name: str, *more: object) -> str:
    async with room.database.transaction() as session:
        do = getattr(judging, verb)
        sentence: str = await do(session, await room.case(session), await room.person(session, name), *more, room.now, room.desk)
        await room.send_all(session)
        return sentence


async def level(room: Room) -> int:
    async with room.database.reading() as session:
        return (await room.event(session, await room.case(session))).level


async def labels(room: Room) -> list[LabelKind]:
    async with room.database.reading() as session:
        return [label.kind for label in (await session.exec(select(Label))).all()]


async def last(room: Room) -> Delivery:
    async with room.database.reading() as session:
        return (await room.deliveries(session, "all"))[-1]


async def test_the_question_has_four_answers_that_are_understood(room: Room) -> None:
    await happen(room, 2)
    async with room.database.reading() as session:
        question = judging.false_alarm_question(await room.case(session))
    commands = [button.command for line in question.buttons for button in line]
    assert commands == ["误报 A1 与我们无关", "误报 A1 不是新事", "误报 A1 级别偏高", "误报 A1 广告水军"]
    assert [judging.false_alarm_kind(command.split()[-1]) for command in commands] == list(judging.FALSE_ALARMS)
    assert judging.false_alarm_kind("不知道") is None


async def test_a_false_alarm_withdraws_the_card_keeps_a_label_and_stops_the_clocks(room: Room) -> None:
    await happen(room, 2)
    assert "已按“与我们无关”撤卡并记为标注" in await act(room, "dismiss", "林一", LabelKind.NOT_OURS)
    card = Card.from_json((await last(room)).card)
    assert (card.buttons, card.body) == ((), "误报（与我们无关）· 林一")
    assert await labels(room) == [LabelKind.NOT_OURS]
    async with room.database.reading() as session:
        case = await room.case(session)
        assert case.state is CaseState.DISMISSED
        assert {row.state for row in await deadlines_of(session, case)} == {DeadlineState.DROPPED}


async def test_too_high_lowers_by_one_with_the_name_of_who_said_so(room: Room) -> None:
    await happen(room, 3)
    assert await act(room, "dismiss", "林一", LabelKind.LEVEL_TOO_HIGH) == "A1 已降为 IV 级，并记为标注。"
    async with room.database.reading() as session:
        change = (await session.exec(select(LevelChange))).one()
        case = await room.case(session)
    assert (change.from_level, change.to_level, change.actor, await level(room)) == (3, 4, "林一", 4)
    assert case.state is CaseState.OPEN
    assert await labels(room) == [LabelKind.LEVEL_TOO_HIGH]


async def test_nobody_but_an_approver_lowers_a_grave_level(room: Room) -> None:
    await happen(room, 2)
    with pytest.raises(Refused, match="需要「签发人」角色，你是「值班员、起草人」。可以找：郑三、何四。"):
        await act(room, "lower", "林一")
    assert (await level(room), await labels(room)) == (2, [])
    await act(room, "lower", "郑三")
    assert await level(room) == 3


async def test_lowering_the_lowest_is_a_false_alarm(room: Room) -> None:
    await happen(room, 4)
    await act(room, "lower", "林一")
    async with room.database.reading() as session:
        assert (await room.case(session)).state is CaseState.DISMISSED


async def test_lower_levels_have_other_clocks(room: Room) -> None:
    await happen(room, 2)
    await act(room, "lower", "郑三")
    async with room.database.reading() as session:
        running = {row.kind for row in await deadlines_of(session, await room.case(session)) if row.state is DeadlineState.RUNNING}
    assert running == {DeadlineKind.ACKNOWLEDGE, DeadlineKind.RESPONSE}


async def test_escalating_raises_rings_and_calls_the_next_on_the_roster(room: Room) -> None:
    await happen(room, 3)
    room.wait(seconds=30)
    assert await act(room, "escalate", "林一", "现场有人受伤") == "A1 现为 II 级，已通知值班员 吴二。"
    async with room.database.reading() as session:
        cards = [Card.from_json(row.card) for row in await room.deliveries(session, "all") if row.rings]
    assert [card.level for card in cards] == [2, 2]
    assert (cards[-1].mentions, "理由：现场有人受伤" in cards[-1].head) == (("吴二",), True)
    await act(room, "escalate", "林一", "还在扩大")
    assert await level(room) == 1
    assert "已通知带班领导 郑三" in await act(room, "escalate", "林一", "仍在扩大"), "the last on the roster is called again"


async def test_escalating_asks_for_a_reason(room: Room) -> None:
    await happen(room, 3)
    with pytest.raises(Refused, match="请写明理由"):
        await act(room, "escalate", "林一", " ")


async def test_a_level_set_by_hand_voids_what_was_submitted(room: Room) -> None:
    await happen(room, 3)
    async with room.database.transaction() as session:
        version = await room.write(session, await room.case(session), "我们看到了，正在核实。")
        await submit(session, version, await room.person(session, "林一"), room.now, (), room.desk)
    await act(room, "escalate", "林一", "现场有人受伤")
    async with room.database.reading() as session:
        again = await session.get(type(version), version.id)
        assert again is not None
        assert again.state is VersionState.VOID
