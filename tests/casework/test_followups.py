"""跟踪: equal windows before and after, given once each however late, and no conclusion from too little."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from casework.followup import FEWEST, HOURS, Asked, Figures, FollowUp
from casework.followups import followup_card, step_followups, told
from casework.regrouping import merge
from storage import audit
from tests.casework.replying import posts, publish
from tests.casework.room import Room

REPLY = "我们看到了视频，正在现场核实。今晚 22:00 前在这里公布结果。"


async def step(room: Room) -> int:
    async with room.database.transaction() as session:
        return await step_followups(session, room.now, room.desk)


async def notices(room: Room) -> list[str]:
    async with room.database.reading() as session:
        return [text for text in await room.texts(session) if text.startswith("📈")]


async def rows(room: Room) -> list[FollowUp]:
    async with room.database.reading() as session:
        return list((await session.exec(select(FollowUp).order_by(FollowUp.hours))).all())  # type: ignore[arg-type]


@pytest.mark.both_databases
async def test_an_hour_after_it_tells_volume_attitude_what_is_asked_and_what_is_promised(room: Room) -> None:
    case = await publish(room, REPLY)
    at = room.now
    await posts(room, case, 22, at - timedelta(minutes=50), negative=18)
    await posts(room, case, 10, at + timedelta(minutes=1), negative=4, asks=("是否公布记录仪",), authors=4)
    await posts(room, case, 2, at + timedelta(minutes=20), negative=0, asks=("现场核实",))
    room.wait(minutes=59)
    assert await step(room) == 0
    room.wait(minutes=1)
    assert await step(room) == 1
    (notice,) = await notices(room)
    first, _, rest = notice.partition("\n")
    assert first == "📈 A1 发布后 1 小时：新增 12 条（前 1 小时 23） · 负面 33%（前 83%） · 还有 4 人在问“是否公布记录仪”"
    assert "⏱ 承诺“今晚 22:00 前在这里公布结果”剩" in rest
    assert "现场核实" not in first, "the reply takes that up"


async def test_from_too_few_posts_nothing_is_concluded(room: Room) -> None:
    case = await publish(room, REPLY)
    await posts(room, case, FEWEST - 1, room.now + timedelta(minutes=5))
    room.wait(hours=1)
    await step(room)
    assert "太少，不下结论" in (await notices(room))[0]
    assert "%" not in (await notices(room))[0]


async def test_when_nobody_speaks_any_more_it_says_so(room: Room) -> None:
    await publish(room, REPLY)
    room.wait(hours=1)
    await step(room)
    assert "没有新帖" in (await notices(room))[0]


async def test_four_looks_each_given_once(room: Room) -> None:
    await publish(room, REPLY)
    given_at = []
    for hour in range(1, 80):
        room.wait(hours=1)
        given_at += [hour] * await step(room)
    assert tuple(given_at) == HOURS
    assert len(await notices(room)) == len(HOURS)


async def test_after_days_of_standstill_each_is_given_once_with_the_figures_of_its_time(room: Room) -> None:
    case = await publish(room, REPLY)
    at = room.now
    await posts(room, case, 9, at + timedelta(minutes=1))
    await posts(room, case, 9, at + timedelta(hours=3))
    room.wait(days=5)
    assert (await step(room), await step(room)) == (4, 0)
    assert [row.figures["after"] for row in await rows(room)] == [9, 18, 18, 18]
    assert all("（补报，应在" in text for text in await notices(room))


async def test_a_newer_reply_is_looked_at_instead_of_the_older_one(room: Room) -> None:
    await publish(room, REPLY)
    room.wait(hours=2)
    await step(room)
    await publish(room, "结果如下：队员已停职。", link="https://weibo.example/2")
    room.wait(hours=80)
    assert await step(room) == 4
    assert [row.publication_id for row in await rows(room)] == [1, 2, 2, 2, 2]


async def test_a_case_that_was_merged_away_is_not_spoken_of(room: Room) -> None:
    case = await publish(room, REPLY)
    async with room.database.transaction() as session:
        other = (await room.happen(session, 2, headline="桥头市场第二帖")).case
        assert other is not None
        await merge(session, other, await room.case(session, case.number), await room.person(session, "林一"), room.now, room.desk)
    room.wait(hours=1)
    assert await step(room) == 1, "the one that stays"


@pytest.mark.parametrize(("authors", "asked"), [(1, ()), (2, (Asked("谁来赔偿", 2),))])
async def test_who_asks_six_times_is_one_voice_and_one_voice_is_not_the_public(room: Room, authors: int, asked: tuple[Asked, ...]) -> None:
    case = await publish(room, REPLY)
    await posts(room, case, 6, room.now + timedelta(minutes=1), asks=("谁来赔偿",), authors=authors)
    room.wait(hours=1)
    await step(room)
    assert Figures.from_json((await rows(room))[0].figures).asked == asked


async def test_all_looks_stand_on_one_card_with_the_next(room: Room) -> None:
    async with room.database.transaction() as session:
        case = (await room.happen(session)).case
        assert case is not None
        assert "还没有发布过" in (await followup_card(session, case, room.now)).head
    case = await publish(room, REPLY)
    async with room.database.reading() as session:
        assert "还没到第一次" in (await followup_card(session, case, room.now)).head
    room.wait(hours=7)
    await step(room)
    async with room.database.reading() as session:
        card = await followup_card(session, case, room.now)
        assert (await audit.verify(session)).broken_at is None
    assert [row.label for row in card.rows] == ["1 小时", "6 小时"]
    assert "下一次：发布后 24 小时（今日 18:42）" in card.body


@given(st.builds(Figures, *[st.integers(0, 40)] * 2, st.just(0), st.just(0)), st.sampled_from(HOURS), st.data())
def test_a_share_is_said_only_where_both_windows_are_full_enough(figures: Figures, hours: int, data: st.DataObject) -> None:
    negative = data.draw(st.integers(0, figures.after)), data.draw(st.integers(0, figures.before))
    figures = Figures(figures.before, figures.after, negative[1], negative[0])
    assert ("%" in told(figures, hours)) == (figures.before >= FEWEST <= figures.after)
    assert Figures.from_json(figures.to_json()) == figures
