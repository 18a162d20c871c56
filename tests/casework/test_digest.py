"""摘要: twice a day, once for each chat; and the calm word that nothing happened."""

from datetime import datetime, timedelta

from sqlmodel import select

from casework.deadlines import step_deadlines
from casework.desk import Alerting
from casework.digest import last_time, next_digest, next_time, step_digest
from casework.message import Card
from casework.muting import mute_kind
from casework.routing import group_of
from casework.source_board import sources_card
from casework.source_health import sources_line
from monitoring.source import Source
from storage.clock import CHINA
from tests.casework.room import Room

MORNING = datetime(2026, 3, 7, 8, 0, tzinfo=CHINA)
EVENING = datetime(2026, 3, 7, 17, 30, tzinfo=CHINA)


async def step(room: Room, moment: datetime) -> int:
    room.clock.move_to(moment)
    async with room.database.transaction() as session:
        return await step_digest(session, room.now, room.desk)


async def digests(room: Room, chat: str = "all") -> list[Card]:
    async with room.database.reading() as session:
        return [Card.from_json(row.card) for row in await room.deliveries(session, chat) if row.key.startswith("digest:")]


async def happen(room: Room, *levels: int, **fields: object) -> None:
    async with room.database.transaction() as session:
        for level in levels:
            await room.happen(session, level, **fields)


async def own_rules(room: Room, chat: str, **rules: object) -> None:
    async with room.database.transaction() as session:
        group = await group_of(session, "room", chat)
        for name, value in rules.items():
            setattr(group, name, value)


async def sources_read(room: Room, minutes_ago: int) -> None:
    async with room.database.transaction() as session:
        (await session.exec(select(Source))).one().last_success_at = room.now - timedelta(minutes=minutes_ago)


async def test_the_morning_digest_counts_names_and_looks_ahead(room: Room) -> None:
    await happen(room, 2, 3, 4, 4)
    room.clock.move_to(MORNING)
    async with room.database.transaction() as session:
        await step_deadlines(session, room.now, room.desk)
    assert await step(room, MORNING) == 2
    (card,) = await digests(room)
    assert card.head == "☀️ 早报 3 月 7 日 · 过去 24 小时 信息 4 → 相关 4 → 事件 4（II 1、III 1、IV 2）"
    assert [(row.label, row.text) for row in card.rows] == [
        ("A1", "🟠 桥头市场：网传队员掀翻摊位 · 无人认领"),
        ("A2", "🟡 桥头市场：网传队员掀翻摊位 · 无人认领"),
        ("🔵 IV", "市容秩序 A3 A4"),
        ("待办", "4 件 · 无人认领 4 · 超时 1（A1） · 最近到期 A1 新闻发布会 今日 18:30"),
        ("反复投诉", "桥头市场市容秩序（第 4 次）"),
    ]


async def test_the_evening_tells_what_came_since_the_morning_and_the_morning_the_whole_day(room: Room) -> None:
    await happen(room, 3)
    await step(room, MORNING)
    room.wait(hours=2)
    await happen(room, 3)
    await step(room, EVENING)
    await step(room, MORNING + timedelta(days=1))
    _, evening, morning = await digests(room)
    assert "🌆 晚报 3 月 7 日 · 08:00 以来 信息 1 → 相关 1 → 事件 1（III 1）" in evening.head
    assert [row.label for row in evening.rows if "A" in row.label] == ["A2"]
    assert "过去 24 小时" in morning.head
    assert [row.label for row in morning.rows if "A" in row.label] == ["A2"]


async def test_many_grave_ones_are_named_by_number_beyond_one_screen(room: Room) -> None:
    await happen(room, *[3] * 11)
    await step(room, MORNING)
    (card,) = await digests(room)
    assert len(card.as_text().splitlines()) <= 12
    assert card.body == "另有 3 件：A9 A10 A11"


async def test_a_chat_has_its_own_times(room: Room) -> None:
    await own_rules(room, "market", digest_times=["09:00"])
    await own_rules(room, "all", digest_times=[])
    assert [await step(room, MORNING + timedelta(hours=hours)) for hours in (0, 1, 9.5)] == [0, 1, 0]
    async with room.database.reading() as session:
        assert await next_digest(session, MORNING, room.desk) == MORNING + timedelta(hours=1)
    assert [len(await digests(room, chat)) for chat in ("all", "market")] == [0, 1]


async def test_one_digest_for_each_time_and_chat_however_often_it_is_looked(room: Room) -> None:
    await happen(room, 2)
    assert [await step(room, MORNING + timedelta(seconds=seconds)) for seconds in (0, 5, 60)] == [2, 0, 0]
    assert await step(room, EVENING) == 2
    assert len(await digests(room)) == 2


async def test_a_chat_reads_of_its_own_lines_only_and_of_levels_that_do_not_ring(room: Room) -> None:
    await happen(room, 2)
    await happen(room, 4, line="食品安全")
    await step(room, MORNING)
    (market,) = await digests(room, "market")
    assert [row.text for row in market.rows if "IV" in row.label] == ["食品安全 A2"]


async def test_a_process_that_was_down_sends_a_late_digest_but_not_a_stale_one(room: Room) -> None:
    await happen(room, 2)
    assert await step(room, MORNING + timedelta(hours=1, minutes=59)) == 2
    assert await step(room, EVENING + timedelta(hours=2, minutes=1)) == 0


async def test_when_nothing_happened_the_evening_says_so_with_the_state_of_the_sources(room: Room) -> None:
    room.clock.move_to(EVENING)
    await sources_read(room, 2)
    await step(room, EVENING)
    (card,) = await digests(room)
    assert card.head == "🌙 今日至此无新预警。1 个信源均正常，最近一次抓取 2 分钟前。"
    assert await step(room, EVENING + timedelta(minutes=5)) == 0, "once a day"


async def test_a_day_with_something_in_the_night_is_not_called_quiet(room: Room) -> None:
    room.clock.move_to(MORNING - timedelta(hours=5))
    await happen(room, 4)
    await step(room, MORNING)
    await step(room, EVENING)
    assert "事件 0" in (await digests(room))[-1].head


async def test_a_chat_with_one_digest_a_day_is_never_told_that_a_day_was_quiet_which_has_just_begun(room: Room) -> None:
    await own_rules(room, "all", digest_times=["08:00"])
    await step(room, MORNING)
    (card,) = await digests(room)
    assert "事件 0" in card.head


async def test_the_digest_tells_what_was_muted_until_the_one_after_its_end(room: Room) -> None:
    async with room.database.transaction() as session:
        boss = await room.person(session, "郑三")
        await mute_kind(session, ["桥头市场"], timedelta(hours=20), boss, room.now)
    await happen(room, 3)
    for moment in (MORNING, EVENING, MORNING + timedelta(days=1)):
        await step(room, moment)
    told = [[row.text for row in card.rows if row.label == "静默"] for card in await digests(room)]
    assert told == [["桥头市场 至 今日 14:42（郑三）：压下 1 件 A1"], ["桥头市场 至 今日 14:42（郑三）：压下 1 件 A1"], [told[2][0]]]


async def test_what_keeps_coming_back_is_named(room: Room) -> None:
    await happen(room, 4, 4, 4, line="噪声油烟扬尘", place="锦绣里")
    await happen(room, 4, 4, line="噪声油烟扬尘", place="别处")
    await step(room, MORNING)
    (card,) = await digests(room)
    assert next(row.text for row in card.rows if row.label == "反复投诉") == "锦绣里噪声油烟扬尘（第 3 次）"


async def test_one_event_that_comes_back_day_after_day_is_repeated_as_well(room: Room) -> None:
    await happen(room, 4, line="噪声油烟扬尘", place="锦绣里", unanswered_returns=3)
    await step(room, MORNING)
    (card,) = await digests(room)
    assert next(row.text for row in card.rows if row.label == "反复投诉") == "锦绣里噪声油烟扬尘（第 4 次）"


async def test_a_source_that_fails_is_named_first(room: Room) -> None:
    async with room.database.transaction() as session:
        source = (await session.exec(select(Source))).one()
        source.failures, source.last_error = 3, "连不上"
    async with room.database.reading() as session:
        assert await sources_line(session, room.now) == "1 个信源中 1 个异常：「河湾论坛」。"
        assert (await sources_card(session, room.now)).rows[0].text == "B 级 · 异常：连不上"


def test_the_times_of_the_digest() -> None:
    alerting = Alerting()
    night = datetime(2026, 3, 7, 23, 0, tzinfo=CHINA)
    assert (last_time(night, alerting), next_time(night, alerting)) == (EVENING, MORNING + timedelta(days=1))
    assert (last_time(MORNING, alerting), next_time(MORNING, alerting)) == (MORNING, EVENING)
    assert (last_time(night, Alerting(digest_times=())), next_time(night, Alerting(digest_times=()))) == (None, None)
