"""合并 and 拆分: one matter, one case, with nothing of either lost."""

from datetime import timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework import regrouping
from casework.case import Case, CaseState, steps_of
from casework.case_cards import bars, course_card
from casework.deadline import DeadlineKind, DeadlineState
from casework.deadlines import deadlines_of
from casework.drafting.draft import VersionState
from casework.errors import Refused
from casework.handling import claim
from casework.signing import submit
from monitoring.event import Event, EventState, Label, LabelKind
from monitoring.item import Attitude, Item, Relevance
from monitoring.source import Source
from tests.casework.room import Room
from tests.casework.test_publishing import approved, offer, register


async def two_cases(room: Room) -> None:
    """A1 of level III by 18:42, A2 of level II half an hour later."""
    async with room.database.transaction() as session:
        await room.happen(session, 3)
        await room.send_all(session)
    room.wait(minutes=30)
    async with room.database.transaction() as session:
        await room.happen(session, 2, headline="桥头市场队员掀摊")
        await room.send_all(session)


async def merge(room: Room, gone: str, into: str, name: str = "林一") -> str:
    async with room.database.transaction() as session:
        sentence = await regrouping.merge(
            session, await room.case(session, gone), await room.case(session, into), await room.person(session, name), room.now, room.desk
        )
        await room.send_all(session)
        return sentence


async def split(room: Room, *ordinals: int) -> str:
    async with room.database.transaction() as session:
        case, person = await room.case(session), await room.person(session, "林一")
        return await regrouping.split(session, case, ordinals, person, room.now, room.desk)


async def add_post(session: AsyncSession, event: Event, text: str, *, level: int = 4, duplicate_of: int | None = None) -> Item:
    source = (await session.exec(select(Source))).one()
    item = Item(
        source_id=source.id or 0, source_key=text, text=text, posted_at=event.last_posted_at, observed_at=event.last_posted_at,
        relevance=Relevance.YES, line="噪声油烟扬尘", intent="投诉", attitude=Attitude.NEUTRAL, event_id=event.id, level=level,
        duplicate_of=duplicate_of,
    )  # fmt: skip
    session.add(item)
    await session.flush()
    return item


async def test_a_merged_case_ends_and_the_other_takes_posts_level_and_the_earlier_clock(room: Room) -> None:
    await two_cases(room)
    async with room.database.transaction() as session:
        first_response = {row.kind: row.due_at for row in await deadlines_of(session, await room.case(session, "A2"))}
    assert "A2 已并入 A1" in await merge(room, "A2", "A1")
    async with room.database.reading() as session:
        gone, into = await room.case(session, "A2"), await room.case(session, "A1")
        event, clocks = await room.event(session, into), await deadlines_of(session, into)
        assert (gone.state, into.state) == (CaseState.MERGED, CaseState.OPEN)
        assert (event.level, event.item_count) == (2, 2)
        assert (await room.event(session, gone)).state is EventState.MERGED
        assert {row.state for row in await deadlines_of(session, gone)} == {DeadlineState.DROPPED}
        running = {row.kind: row.due_at for row in clocks if row.state is DeadlineState.RUNNING}
        assert running[DeadlineKind.FIRST_RESPONSE] <= first_response[DeadlineKind.FIRST_RESPONSE]
        texts = await room.texts(session)
    assert any("已合并" in text and "已并入 A1 · 林一" in text for text in texts), "the old card says where it went"
    assert any("🟠 II 重大 · A1" in text for text in texts), "the graver level rings once more"


async def test_the_owner_of_the_merged_case_keeps_the_matter(room: Room) -> None:
    await two_cases(room)
    async with room.database.transaction() as session:
        await claim(session, await room.case(session, "A2"), await room.person(session, "吴二"), room.now, room.desk)
    await merge(room, "A2", "A1")
    async with room.database.reading() as session:
        into = await room.case(session, "A1")
        assert (into.state, into.owner_id) == (CaseState.CLAIMED, (await room.person(session, "吴二")).id)
        assert all(row.met_at for row in await deadlines_of(session, into) if row.kind is DeadlineKind.ACKNOWLEDGE)


async def test_texts_on_their_way_are_void_after_a_merge(room: Room) -> None:
    await two_cases(room)
    async with room.database.transaction() as session:
        for number in ("A1", "A2"):
            case = await room.case(session, number)
            await claim(session, case, await room.person(session, "林一"), room.now, room.desk)
            version = await room.write(session, case, "我们看到了视频，正在核实。")
            await submit(session, version, await room.person(session, "林一"), room.now, (), room.desk)
    await merge(room, "A2", "A1")
    async with room.database.reading() as session:
        states = {version.state for version in (await session.exec(select(type(version)))).all()}
    assert states == {VersionState.VOID}


async def test_merging_is_refused_where_it_makes_no_sense(room: Room) -> None:
    await two_cases(room)
    with pytest.raises(Refused, match="不能并入自己"):
        await merge(room, "A1", "A1")
    with pytest.raises(Refused, match="没有权限：合并、拆分"):
        await merge(room, "A2", "A1", "许五")
    await merge(room, "A1", "A2")
    with pytest.raises(Refused, match="A1 已并入"):
        await merge(room, "A1", "A2")


async def test_a_case_that_was_answered_in_public_takes_others_in_and_is_never_taken_in(room: Room) -> None:
    reply = await approved(room)
    await offer(room, reply)
    await register(room)
    async with room.database.transaction() as session:
        await room.happen(session, 3)
    with pytest.raises(Refused, match="「合并 A2 到 A1」"):
        await merge(room, "A1", "A2")
    assert "A2 已并入 A1" in await merge(room, "A2", "A1")


async def test_the_question_proposes_the_same_place_first_and_its_buttons_are_commands(room: Room) -> None:
    await two_cases(room)
    async with room.database.transaction() as session:
        await room.happen(session, 3, headline="渔街摆摊", place="渔街", district="西岭区")
        await room.happen(session, 3, headline="河堤油烟", place="河堤", line="噪声油烟扬尘")
    async with room.database.reading() as session:
        card = await regrouping.merge_question(session, await room.case(session, "A1"))
    assert [button.command for line in card.buttons for button in line] == ["合并 A1 到 A2", "合并 A1 到 A3"]


async def test_split_posts_become_a_case_of_their_own_with_their_repetitions(room: Room) -> None:
    async with room.database.transaction() as session:
        received = await room.happen(session, 3)
        assert received.observation.event
        other = await add_post(session, received.observation.event, "河堤烧烤店油烟，晚上开不了窗。")
        await add_post(session, received.observation.event, "河堤烧烤店油烟，晚上开不了窗！", duplicate_of=other.id)
        await room.send_all(session)
        question = await regrouping.split_question(session, await room.case(session), room.now)
    assert [row.label for row in question.rows] == ["1", "2"]
    assert "烧烤店" in question.rows[1].text
    assert "A1 拆出 2 条，另立 A2" in await split(room, 2)
    async with room.database.reading() as session:
        new = await room.case(session, "A2")
        assert (await room.event(session, new)).item_count == 2
        assert (await room.event(session, await room.case(session))).item_count == 1
        assert [label.kind for label in (await session.exec(select(Label))).all()] == [LabelKind.SPLIT]
        assert any("拆出 2 条" in step.text for step in await steps_of(session, await room.case(session)))


@pytest.mark.parametrize("ordinals", [(), (3,), (0,), (1, 2)], ids=["none", "no such post", "zero", "all of them"])
async def test_a_split_that_makes_no_sense_changes_nothing(room: Room, ordinals: tuple[int, ...]) -> None:
    async with room.database.transaction() as session:
        received = await room.happen(session, 3)
        assert received.observation.event
        await add_post(session, received.observation.event, "另一条。")
    with pytest.raises(Refused, match="请写明拆出哪几条"):
        await split(room, *ordinals)
    async with room.database.reading() as session:
        assert len((await session.exec(select(Case))).all()) == 1


async def test_an_event_whose_first_post_left_is_named_by_the_next(room: Room) -> None:
    async with room.database.transaction() as session:
        received = await room.happen(session, 3)
        assert received.observation.event
        await add_post(session, received.observation.event, "河堤烧烤店油烟，晚上开不了窗。")
    await split(room, 1)
    async with room.database.reading() as session:
        event = await room.event(session, await room.case(session))
    assert "烧烤店油烟" in event.headline


async def test_posts_that_deserve_no_alert_leave_without_a_case(room: Room) -> None:
    async with room.database.transaction() as session:
        received = await room.happen(session, 3)
        assert received.observation.event
        await add_post(session, received.observation.event, "请问夜市几点开？", level=0)
    assert "没有另立工单" in await split(room, 2)


async def test_the_course_shows_the_hours_the_sources_and_what_may_come(room: Room) -> None:
    async with room.database.transaction() as session:
        received = await room.happen(session, 3)
        event = received.observation.event
        assert event
        for number in range(6):
            event.last_posted_at = room.now - timedelta(minutes=50 - number)
            await add_post(session, event, f"第 {number} 条")
    async with room.database.reading() as session:
        card = await course_card(session, await room.case(session), room.now)
    texts = {row.label: row.text for row in card.rows}
    assert "24 小时 7 条" in texts["经过"]
    assert "█" in texts["经过"]
    assert texts["预计"].startswith("未来 3 小时约")
    assert texts["传播"].startswith("河湾论坛 7 条")


def test_bars_begin_with_the_first_post_and_never_hide_one() -> None:
    assert bars([0, 0, 1, 0, 40]) == "▂▁█"
    assert bars([0, 0]) == "▁▁"
