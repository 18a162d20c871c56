"""What a person asks about a case is answered from the rows."""

from datetime import timedelta

import pytest

from casework.case_cards import grounds_card, status_card, timeline_card, todo_card
from casework.chat_trial import try_chat
from casework.errors import Refused
from casework.handling import claim
from casework.judging import escalate
from casework.message import Card
from tests.casework.room import Room


async def prepared(room: Room) -> None:
    """A1 of level III, claimed by 林一 and raised to II by 吴二; A2 of level III, nobody's."""
    async with room.database.transaction() as session:
        first = (await room.happen(session, 3)).case
        assert first is not None
        await claim(session, first, await room.person(session, "林一"), room.now, room.desk)
        room.wait(minutes=5)
        await escalate(session, first, await room.person(session, "吴二"), "现场有人受伤", room.now, room.desk)
        await room.happen(session, 3, headline="渔街油烟扰民", line="噪声油烟扬尘")


async def test_the_timeline_tells_who_did_what_when(room: Room) -> None:
    await prepared(room)
    async with room.database.reading() as session:
        card = await timeline_card(session, await room.case(session), room.now)
    assert [(row.label, row.text) for row in card.rows][:3] == [
        ("18:42", "闻声：立为工单，III 级"), ("18:42", "林一：认领"), ("18:47", "吴二：等级 III → II：现场有人受伤"),
    ]  # fmt: skip


async def test_the_grounds_hold_the_words_of_the_post_and_every_change_with_a_name(room: Room) -> None:
    await prepared(room)
    async with room.database.reading() as session:
        card = await grounds_card(session, await room.case(session), room.now)
    assert [(row.label, row.text) for row in card.rows] == [("涉执法行为 +3", "掀翻")]
    assert card.body == "18:47 III → II（吴二）现场有人受伤"


async def test_the_status_says_who_has_it_and_what_is_next(room: Room) -> None:
    await prepared(room)
    async with room.database.reading() as session:
        card = await status_card(session, await room.case(session), room.now)
    texts = {row.label: row.text for row in card.rows}
    assert (texts["状态"], texts["下一步"]) == ("林一在办", "拟稿")
    assert sum(row.label == "时限" for row in card.rows) == 2, "the first answer and the press conference"


async def test_open_cases_come_the_gravest_first(room: Room) -> None:
    await prepared(room)
    async with room.database.reading() as session:
        card = await todo_card(session, room.now)
    assert card.head == "📋 待办 2 件"
    assert [row.label for row in card.rows] == ["A1", "A2"]
    assert card.rows[1].text.startswith("🟡 渔街油烟扰民 · 无人认领 · 剩 1 天 23 小时")


async def test_nothing_to_do_is_said_so(room: Room) -> None:
    async with room.database.reading() as session:
        assert (await todo_card(session, room.now)).head == "没有待办。"


async def test_a_trial_message_goes_to_the_chat_it_was_asked_in(room: Room) -> None:
    async with room.database.transaction() as session:
        admin = await room.person(session, "许五")
        assert await try_chat(session, "room", "market", admin, room.now) == "测试消息已发往「二组群」。收到即正常。"
        room.wait(seconds=1)
        await try_chat(session, "room", "market", admin, room.now + timedelta(seconds=1))
        assert [Card.from_json(row.card).head for row in await room.deliveries(session)] == [
            "🔔 测试消息：「二组群」收发正常（许五 发起）。"
        ] * 2
        with pytest.raises(Refused, match="不在工作群名单里"):
            await try_chat(session, "room", "elsewhere", admin, room.now)
