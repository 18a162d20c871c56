"""One screen: what, how grave, why, whose, how long, where to press."""

from datetime import timedelta

from casework.alert_card import alert_card
from casework.announcing import current_card
from casework.handling import claim
from casework.message import Card
from casework.situation import situation_of
from tests.casework.room import Room

BURST = {
    "item_count": 17, "negative_count": 15, "source_names": ["甲", "乙", "丙"], "per_minute": 1.4, "likes": 392, "doubts": ["双方说法不一"],
}  # fmt: skip


async def card_of(room: Room, level: int, **fields: object) -> Card:
    async with room.database.transaction() as session:
        await room.happen(session, level, **fields)
        return await current_card(session, await room.case(session), room.now)


def labels(card: Card) -> list[str]:
    return [row.label for row in card.rows]


def pressed(card: Card) -> list[str]:
    return [button.command for line in card.buttons for button in line]


async def test_a_grave_alert_reads_as_the_staff_room_says(room: Room) -> None:
    card = await card_of(room, 2, **BURST)
    assert card.as_text().splitlines() == [
        "🟠 II 重大 · A1 · 市容秩序",
        "桥头市场：网传队员掀翻摊位，12 分钟内 3 个平台 17 条",
        "地点  东岭区桥头市场",
        "起因  18:30 「河湾论坛」首帖：“秤都摔了，鸡蛋全滚到路中间，谁来管一管。”",
        "现在  17 条 · 每分钟 1.4 条 · 负面 15/17 · 点赞 392",
        "依据  ⓘ 涉执法行为 +3 → II（7 分）",
        "时限  ⏱ 首次权威回应 5 小时内：今日 23:30 前（自首帖起算，国办发〔2016〕80号）",
        "疑点  双方说法不一",
        "回复「认领 A1」也可以",
    ]
    assert pressed(card) == ["认领 A1", "拟稿 A1", "转办 A1", "时间线 A1", "走势 A1", "误报 A1"]


async def test_the_grounds_show_the_words_behind_them_on_demand(room: Room) -> None:
    card = await card_of(room, 2)
    assert next(row.detail for row in card.rows if row.label == "依据") == "涉执法行为 +3　“掀翻”"


async def test_lesser_alerts_have_two_rows_less(room: Room) -> None:
    grave = labels(await card_of(room, 2, **BURST))
    lesser = await card_of(room, 3, **BURST)
    async with room.database.reading() as session:
        lesser = await current_card(session, await room.case(session, "A2"), room.now)
    assert set(grave) - set(labels(lesser)) == {"现在", "疑点"}
    assert "平台" not in lesser.title


async def test_level_one_asks_to_report_upward(room: Room) -> None:
    card = await card_of(room, 1)
    assert "突发事件应对法" in next(row.text for row in card.rows if row.label == "上报")


async def test_after_a_claim_the_card_says_who_how_long_and_what_next(room: Room) -> None:
    async with room.database.transaction() as session:
        received = await room.happen(session, 2, **BURST)
        assert received.case is not None
        room.wait(minutes=13)
        await claim(session, received.case, await room.person(session, "林一"), room.now, room.desk)
        await room.develop(session, received.case, posts=14)
        card = await current_card(session, received.case, room.now)
    assert card.as_text().splitlines() == [
        "🟠 II 重大 · A1 · 市容秩序 · 林一 18:55 已认领",
        "桥头市场：网传队员掀翻摊位 —— 31 条（+14） · 走势平稳 →",
        "时限  ⏱ 剩 4 小时 35 分 · 下一步：拟稿",
    ]
    assert pressed(card) == ["拟稿 A1", "补充 A1", "转办 A1", "时间线 A1", "走势 A1"]


async def test_a_missed_deadline_is_said_plainly(room: Room) -> None:
    card = await card_of(room, 2, first_posted_at=room.now - timedelta(hours=7))
    assert next(row.text for row in card.rows if row.label == "时限").startswith("⏱ 新闻发布会")
    async with room.database.reading() as session:
        situation = await situation_of(session, await room.case(session))
    late = alert_card(situation, room.now + timedelta(hours=20))
    assert next(row.text for row in late.rows if row.label == "时限").startswith("⏱ 新闻发布会已超 3 小时")


async def test_without_a_place_or_a_first_post_the_card_still_stands(room: Room) -> None:
    async with room.database.transaction() as session:
        received = await room.happen(session, 3, place=None, district=None)
        assert received.case is not None
        (await room.event(session, received.case)).first_item_id = None
        card = await current_card(session, received.case, room.now)
    assert card.rows[0].text == "帖中未写明"
    assert "起因" not in labels(card)


async def test_the_grounds_tell_what_weighs_the_heaviest_first_and_each_thing_once(room: Room) -> None:
    factors = [
        {"name": "rumour", "value": 1, "points": 0, "reason": "传言 +0", "span": "听说"},
        {"name": "likes", "value": 52, "points": 1, "reason": "点赞多（52） +1", "span": ""},
        {"name": "officer_conduct", "value": 1, "points": 3, "reason": "涉执法行为 +3", "span": "掀翻"},
        {"name": "event_likes", "value": 170, "points": 1, "reason": "点赞 170 +1", "span": ""},
    ]
    card = await card_of(room, 2, factors=factors, points=5)
    assert next(row.text for row in card.rows if row.label == "依据") == "ⓘ 涉执法行为 +3｜点赞 170 +2 → II（5 分）"
