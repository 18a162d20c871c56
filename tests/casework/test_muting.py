"""静默: a whole kind of matter rings no more for a while, never what is grave, rising or hot; and what was held is told."""

from datetime import timedelta

import pytest

from casework import handling, muting
from casework.case import Case
from casework.deadlines import step_deadlines
from casework.delivery import Delivery
from casework.errors import Refused
from casework.message import Card
from casework.mute import StandingMute
from monitoring.event import Event
from storage import audit
from tests.casework.room import Room

DAY = timedelta(days=1)


async def mute(room: Room, *words: str, name: str = "郑三", duration: timedelta = DAY) -> str:
    async with room.database.transaction() as session:
        return await muting.mute_kind(session, words, duration, await room.person(session, name), room.now)


async def lift(room: Room, number: int = 1) -> str:
    async with room.database.transaction() as session:
        return await muting.lift(session, number, await room.person(session, "郑三"), room.now)


async def happen(room: Room, level: int = 3, **fields: object) -> Case | None:
    async with room.database.transaction() as session:
        return (await room.happen(session, level, **fields)).case


async def develop(room: Room, **what: object) -> None:
    async with room.database.transaction() as session:
        await room.develop(session, await room.case(session), **what)  # type: ignore[arg-type]


async def rings(room: Room) -> list[Delivery]:
    async with room.database.reading() as session:
        return [row for row in await room.deliveries(session, "all") if row.rings and row.replaces is None]


async def test_a_muted_kind_does_not_ring_and_the_list_says_what_it_held(room: Room) -> None:
    said = await mute(room, "市容", "桥头市场")
    assert said.startswith("静默 1 号：市容秩序·桥头市场，至 明天 18:42。")
    await happen(room)
    assert await rings(room) == []
    async with room.database.reading() as session:
        (row,) = (await muting.mutes_card(session, room.now)).rows
        assert row.text == "市容秩序·桥头市场 至 明天 18:42（郑三）：压下 1 件 A1"
        assert (await audit.verify(session)).broken_at is None


@pytest.mark.parametrize(
    ("words", "fields", "rung"),
    [
        (["市容"], {"line": "环境卫生"}, 1),
        (["市容"], {"place": "别处"}, 0),
        (["市容", "别处"], {}, 1),
        (["东岭区"], {}, 0),
        (["河湾论坛"], {}, 0),
        (["河湾论坛"], {"source_names": ["河湾论坛", "微博"]}, 1),
        (["论坛", "桥头"], {}, 0),
    ],
)
async def test_a_kind_is_line_place_district_and_source_together(
    room: Room, words: list[str], fields: dict[str, object], rung: int
) -> None:
    await mute(room, *words)
    await happen(room, **fields)
    assert len(await rings(room)) == rung


@pytest.mark.parametrize("level", [1, 2])
async def test_grave_ones_are_never_muted(room: Room, level: int) -> None:
    await mute(room, "桥头市场")
    await happen(room, level)
    assert len(await rings(room)) == 1


async def test_a_rise_rings_and_ends_the_silence_of_the_case(room: Room) -> None:
    await mute(room, "桥头市场")
    await happen(room)
    await develop(room, level=2)
    assert [Card.from_json(row.card).level for row in await rings(room)] == [2]
    await develop(room, milestones=("出现现场视频",))
    assert len(await rings(room)) == 2


async def test_a_case_that_rang_after_all_is_called_for_like_any_other(room: Room) -> None:
    await mute(room, "桥头市场", duration=timedelta(days=3))
    await happen(room)
    await develop(room, level=2)
    async with room.database.transaction() as session:
        await handling.mute(session, await room.case(session), await room.person(session, "林一"), timedelta(hours=1), room.now, room.desk)
    for minutes in (16, 60):
        room.wait(minutes=minutes)
        async with room.database.transaction() as session:
            await step_deadlines(session, room.now, room.desk)
    assert any("无人认领，现通知" in Card.from_json(row.card).head for row in await rings(room)), "when the mute of the case ends"


async def test_from_four_to_three_is_a_rise_too(room: Room) -> None:
    await mute(room, "桥头市场")
    await happen(room, 4)
    await develop(room, level=3)
    assert len(await rings(room)) == 1


async def test_what_turns_hot_rings_although_it_is_muted(room: Room) -> None:
    await mute(room, "桥头市场")
    await happen(room, baseline_ratio=30.0, item_count=8)
    assert len(await rings(room)) == 1
    await happen(room, place="桥头市场")
    assert len(await rings(room)) == 1
    async with room.database.transaction() as session:
        case = await room.case(session, "A2")
        (await room.event(session, case)).baseline_ratio = 30.0
        await room.develop(session, case, posts=8)
    assert len(await rings(room)) == 2


async def test_nobody_is_called_for_what_is_held_and_the_end_tells_nothing(room: Room) -> None:
    await mute(room, "桥头市场", duration=timedelta(hours=30))
    await happen(room)
    for _ in range(60):
        room.wait(hours=1)
        async with room.database.transaction() as session:
            await step_deadlines(session, room.now, room.desk)
    heads = [Card.from_json(row.card).head for row in await rings(room)]
    assert heads == ["⛔ A1（III 级）回应已超时（今日 18:30 前）。还没有人认领"], "the clock of the answer, which ends after the mute"


async def test_lifting_lets_the_held_cases_ring_again(room: Room) -> None:
    await mute(room, "桥头市场")
    await happen(room)
    assert await lift(room) == "静默 1 号（桥头市场）已取消，压下 1 件 A1。"
    await develop(room, milestones=("出现现场视频",))
    await happen(room)
    assert len(await rings(room)) == 2, "the notice in the one chat, and the new card"
    with pytest.raises(Refused, match="没有静默 1 号"):
        await lift(room)


async def test_a_mute_ends_by_itself(room: Room) -> None:
    await mute(room, "桥头市场", duration=timedelta(hours=1))
    room.wait(hours=1)
    await happen(room)
    assert len(await rings(room)) == 1


@pytest.mark.parametrize(("words", "duration"), [([], DAY), (["的"], DAY), (["桥头"], timedelta(days=8)), (["桥头"], timedelta())])
async def test_what_could_not_be_matched_is_refused(room: Room, words: list[str], duration: timedelta) -> None:
    with pytest.raises(Refused, match="请写明静默什么、多久"):
        await mute(room, *words, duration=duration)


async def test_a_kind_takes_an_approver(room: Room) -> None:
    with pytest.raises(Refused, match="没有权限：静默一类事"):
        await mute(room, "桥头市场", name="林一")


async def test_it_tells_how_many_that_are_open_are_of_the_kind(room: Room) -> None:
    await happen(room)
    case = await happen(room)
    async with room.database.transaction() as session:
        ended = await session.get_one(Case, case.id if case else 0)
        ended.state = ended.state.__class__.CLOSED
    assert "现有 1 件在办的属于这一类" in await mute(room, "桥头市场")


def test_a_mute_covers_only_when_every_word_is_met() -> None:
    event = Event(headline="桥头市场：油烟", line="噪声油烟扬尘", level=3)
    assert StandingMute(words=["桥头", "油烟"]).covers(event)
    assert not StandingMute(words=["桥头", "论坛"]).covers(event)
