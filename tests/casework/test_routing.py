"""路由: who is told, by each chat's own rules; what a rise changes; and for what no chat is there."""

from datetime import datetime, timedelta

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.deadline import DeadlineKind
from casework.deadlines import deadlines_of, step_deadlines
from casework.delivery import Delivery
from casework.handover import first_on_duty, hand_over, handover_card
from casework.message import Card
from casework.routes import level_named, line_named, route_card, untaken
from casework.routing import active_groups, alerting_of, group_of
from casework.staff import StaffGroup
from monitoring.dormancy import put_to_sleep
from monitoring.event import EventState
from monitoring.lines import LINES
from storage.clock import CHINA
from tests.casework.room import Room

NIGHT = datetime(2026, 3, 6, 23, 30, tzinfo=CHINA)
LEADERS = {"levels": [1, 2], "ringing_levels": [1, 2], "digest_times": ["08:00"]}


async def add_group(room: Room, chat: str, **rules: object) -> None:
    async with room.database.transaction() as session:
        session.add(StaffGroup(platform="room", chat=chat, name=chat, **rules))


async def happen(room: Room, level: int, **fields: object) -> None:
    async with room.database.transaction() as session:
        await room.happen(session, level, **fields)


async def develop(room: Room, **what: object) -> None:
    async with room.database.transaction() as session:
        await room.develop(session, await room.case(session), **what)  # type: ignore[arg-type]


async def rings(room: Room, chat: str) -> list[Delivery]:
    async with room.database.reading() as session:
        return [row for row in await room.deliveries(session, chat) if row.rings and row.replaces is None]


async def levels(room: Room, chat: str) -> list[int]:
    return [Card.from_json(row.card).level for row in await rings(room, chat)]


async def test_a_rise_reaches_the_leaders_whose_chat_takes_grave_ones_only(room: Room) -> None:
    await add_group(room, "leaders", **LEADERS)
    await happen(room, 3)
    assert [await levels(room, chat) for chat in ("all", "leaders")] == [[3], []]
    await develop(room, level=2)
    assert [await levels(room, chat) for chat in ("all", "leaders")] == [[2], [2]]


async def test_a_chat_that_takes_all_may_ring_for_grave_ones_only(room: Room) -> None:
    await add_group(room, "leaders", ringing_levels=[1])
    await happen(room, 2)
    assert await levels(room, "leaders") == []
    await develop(room, level=1)
    assert await levels(room, "leaders") == [1]


async def test_the_night_watch_has_no_quiet_hours_and_the_clock_runs_from_its_ring(room: Room) -> None:
    await add_group(room, "night", quiet_hours=["00:00", "00:00"])
    room.clock.move_to(NIGHT)
    await happen(room, 3)
    (day,), (night,) = await rings(room, "all"), await rings(room, "night")
    assert (day.due_at.hour, night.due_at) == (7, NIGHT + timedelta(seconds=30))
    async with room.database.reading() as session:
        clocks = await deadlines_of(session, await room.case(session))
        claim = next(clock for clock in clocks if clock.kind is DeadlineKind.ACKNOWLEDGE)
    assert claim.started_at == night.due_at


async def test_a_reminder_rings_where_it_may(room: Room) -> None:
    await add_group(room, "leaders", ringing_levels=[1, 2])
    await happen(room, 3)
    async with room.database.transaction() as session:
        await room.send_all(session)
    room.wait(minutes=61)
    async with room.database.transaction() as session:
        await step_deadlines(session, room.now, room.desk)
    assert [len(await rings(room, chat)) for chat in ("all", "leaders")] == [2, 0]


async def test_what_turns_hot_by_night_comes_through_once(room: Room) -> None:
    room.clock.move_to(NIGHT)
    await happen(room, 3)
    room.wait(hours=3)
    async with room.database.transaction() as session:
        case = await room.case(session)
        (await room.event(session, case)).baseline_ratio = 14.0
        await room.develop(session, case, posts=6)
    (card,) = await rings(room, "all")
    assert card.due_at == room.now
    await develop(room, posts=6)
    assert len(await rings(room, "all")) == 1


async def test_a_card_that_rang_in_the_evening_is_followed_by_a_notice_when_it_turns_hot_by_night(room: Room) -> None:
    await happen(room, 3)
    room.wait(minutes=1)
    async with room.database.transaction() as session:
        await room.send_all(session)
    room.clock.move_to(NIGHT)
    for _ in range(2):
        async with room.database.transaction() as session:
            case = await room.case(session)
            (await room.event(session, case)).baseline_ratio = 14.0
            await room.develop(session, case, posts=6)
    heads = [Card.from_json(row.card).head for row in await rings(room, "all")]
    assert heads[1:] == ["🔥 A1（III 级）升温：增速约为平时的 14 倍"]
    assert (await rings(room, "all"))[1].due_at == NIGHT


async def test_what_is_hot_from_the_start_does_not_wait_for_the_morning(room: Room) -> None:
    room.clock.move_to(NIGHT)
    await happen(room, 3, baseline_ratio=22.0, item_count=7)
    (card,) = await rings(room, "all")
    assert card.due_at == NIGHT + timedelta(seconds=30)


async def told(session: AsyncSession, room: Room, *kind: object) -> dict[str, str]:
    line, district, level = kind
    card = await route_card(session, line, district, level, room.now, room.desk)  # type: ignore[arg-type]
    return {row.label: row.text for row in card.rows}


async def test_the_route_says_what_every_chat_would_do(room: Room) -> None:
    await add_group(room, "领导群", **LEADERS)
    await add_group(room, "静音群", ringing_levels=[])
    async with room.database.reading() as session:
        assert await told(session, room, "园林绿化", None, 3) == {
            "总群": "30 秒后响铃；22:30–07:00 顺延到早上，快速升温的除外",
            "二组群": "不收",
            "领导群": "不收这一级；在摘要里",
            "静音群": "不单独响铃，进摘要（08:00、17:30）",
        }
        assert (await told(session, room, "食品安全", "东岭区", 2))["领导群"] == "立即响铃，夜间也响"


async def test_the_route_names_the_refuge(room: Room) -> None:
    async with room.database.transaction() as session:
        fallback = await group_of(session, "room", "all")
        assert fallback is not None
        fallback.lines = ["停车与共享单车"]
        assert (await told(session, room, "园林绿化", None, 2))["总群"] == "（没有群收这一类，改发到这里）立即响铃，夜间也响"


def group(**rules: object) -> StaffGroup:
    return StaffGroup(platform="room", chat="x", name="x", **rules)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([group()], []),
        ([group(lines=list(LINES[1:]))], [LINES[0]]),
        ([group(lines=list(LINES[1:])), group(lines=[LINES[0]], districts=["甲区"])], [f"{LINES[0]}（乙区、区不明）"]),
        ([group(levels=[3, 4]), group(lines=list(LINES[1:]), levels=[1, 2])], [f"{LINES[0]}（I、II）"]),
    ],
)
def test_what_no_chat_takes_is_named(groups: list[StaffGroup], expected: list[str]) -> None:
    assert untaken(groups, ["甲区", "乙区"]) == expected


def test_lines_and_levels_as_people_write_them() -> None:
    assert [line_named(word) for word in ("油烟", "食品安全", "广告", "某某区", "安")] == [
        "噪声油烟扬尘", "食品安全", "广告与不正当竞争", None, None,
    ]  # fmt: skip
    assert [level_named(word) for word in ("III", "iii级", "3", "5", "油烟")] == [3, 3, 3, None, None]


async def test_rules_of_their_own_come_from_the_settings_and_go_with_them(room: Room) -> None:
    from bot.settings import GroupSettings
    from casework.roster import seat_staff

    for rules in ({"ringing_levels": [1], "quiet_hours": ["00:00", "00:00"], "digest_times": ["09:30"]}, {}):
        seat = GroupSettings.model_validate({"platform": "telegram", "chat": "1", "name": "一", **rules})
        async with room.database.transaction() as session:
            await seat_staff(session, [], [seat], [], room.now)
            (seated,) = await active_groups(session)
        own = alerting_of(seated, room.desk.alerting)
        assert (own == room.desk.alerting) is not bool(rules)
        assert own.ringing_levels == ((1,) if rules else (1, 2, 3))


async def test_who_takes_over_is_told_what_stands(room: Room) -> None:
    await happen(room, 2)
    await happen(room, 4, state=EventState.OPEN, last_posted_at=room.now - timedelta(days=4), first_posted_at=room.now - timedelta(days=5))
    async with room.database.transaction() as session:
        assert await put_to_sleep(session, room.now) == 1
        await room.develop(session, await room.case(session, "A2"))
        (await room.event(session, await room.case(session, "A2"))).state = EventState.OPEN
        card = await handover_card(session, "吴二", room.now)
    assert card.head == "🔁 接班要点（给吴二）：在办 2、无人认领 2、十二小时内到期 1、休眠事件有苗头 1"
    assert [row.text for row in card.rows] == ["A1 首次权威回应 今日 23:30", "A2 桥头市场：网传队员掀翻摊位"]


async def test_every_chat_is_told_when_another_person_comes_first(room: Room) -> None:
    async with room.database.transaction() as session:
        assert await first_on_duty(session) == "林一"
        await hand_over(session, "林一", room.now)
        await hand_over(session, "", room.now)
        assert await room.deliveries(session) == []
        await hand_over(session, "郑三", room.now)
        rows = await room.deliveries(session)
    assert {row.chat for row in rows} == {"all", "market"}
    assert Card.from_json(rows[0].card).mentions == ("林一",)
