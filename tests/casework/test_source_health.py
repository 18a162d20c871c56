"""Who falls ill is told of once, who is well again once; one message for many; tiers wait for an admin's word."""

import random
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.delivery import Delivery, DeliveryState
from casework.message import Card
from casework.source_board import Condition, source_board, sources_card
from casework.source_health import step_sources
from monitoring.polling import record_failure, record_success, sync_sources
from monitoring.source import POLL_INTERVALS, Source
from monitoring.source_hour import SourceHour, count_hours, hour_of
from monitoring.tier_proposal import TierProposal
from storage.audit import AuditEntry
from storage.clock import CHINA
from tests.casework.room import Room
from tests.monitoring.posts_of_sources import hours_of_forum, store

AT = datetime(2026, 3, 25, 10, tzinfo=CHINA)
BEGIN = datetime(2026, 2, 25, tzinfo=CHINA)


@pytest.fixture
async def watched(room: Room) -> Room:
    """Three sources of which 甲 has 乙 to stand in for it, and 28 days of habit for 甲."""
    room.clock.move_to(AT)
    definitions = [
        {"name": name, "kind": "feed", "address": f"https://{name}.example", "options": {"fallback": "乙"} if name == "甲" else {}}
        for name in "甲乙丙"
    ]
    async with room.database.transaction() as session:
        for source in (await session.exec(select(Source))).all():
            source.enabled = False
        await sync_sources(session, definitions, AT)
        forum = await the(session, "甲")
        for hour in hours_of_forum(random.Random(5), 120, 28, begin=BEGIN):
            hour.source_id = forum.id or 0
            session.add(hour)
        forum.last_post_at = AT
        for name in "甲丙":
            await record_success(session, await the(session, name), AT)
    for _ in range(3):
        await step(room)  # habits are taken a few at a time
    return room


async def the(session: AsyncSession, name: str) -> Source:
    return (await session.exec(select(Source).where(Source.name == name))).one()


async def step(room: Room) -> int:
    async with room.database.transaction() as session:
        counted = await count_hours(session, ["河湾城管"], room.now)
        return await step_sources(session, counted.source_ids, room.now, room.desk, POLL_INTERVALS)


async def fail(room: Room, *names: str, times: int = 1) -> None:
    for _ in range(times):
        async with room.database.transaction() as session:
            for name in names:
                await record_failure(session, await the(session, name), "连不上。", room.now)


async def read(room: Room, *names: str) -> None:
    async with room.database.transaction() as session:
        for name in names:
            await record_success(session, await the(session, name), room.now)


async def told(room: Room, kind: str = "source-health:") -> list[tuple[DeliveryState, Card]]:
    async with room.database.reading() as session:
        rows = (await session.exec(select(Delivery).where(col(Delivery.key).startswith(kind)).order_by(col(Delivery.id)))).all()
    return [(row.state, Card.from_json(row.card)) for row in rows]


async def send(room: Room) -> None:
    async with room.database.transaction() as session:
        for row in (await session.exec(select(Delivery).where(Delivery.state == DeliveryState.DUE))).all():
            row.state, row.attempts = DeliveryState.SENT, 1


async def test_illness_and_recovery_are_told_once_each(watched: Room) -> None:
    await fail(watched, "甲", times=2)
    assert await step(watched) == 0
    await fail(watched, "甲")
    assert [await step(watched), await step(watched)] == [1, 0]
    ((_, card),) = await told(watched)
    assert (card.rows[0].label, card.rows[0].text) == ("⚠ 甲", "连续 3 次读不到：连不上。已切到备用「乙」。")
    assert card.mentions == ("许五",)
    await send(watched)
    watched.wait(hours=2)
    await read(watched, "甲")
    assert await step(watched) == 0, "one good reading is not health yet"
    await fail(watched, "甲")
    assert await step(watched) == 0
    for _ in range(2):
        await read(watched, "甲")
    assert [await step(watched), await step(watched)] == [1, 0]
    card = (await told(watched))[-1][1]
    assert (card.rows[0].label, card.rows[0].text) == ("✓ 甲", "已恢复正常（异常 2 小时），备用「乙」停止抓取。")
    async with watched.database.reading() as session:
        actions = (await session.exec(select(AuditEntry.action).where(col(AuditEntry.action).in_(("source.ill", "source.well"))))).all()
    assert list(actions) == ["source.ill", "source.well"]


async def test_many_at_once_are_one_message_and_who_recovers_before_it_goes_is_not_spoken_of(watched: Room) -> None:
    await fail(watched, "甲", times=3)
    await step(watched)
    watched.wait(minutes=1)
    await fail(watched, "丙", times=3)
    await step(watched)
    ((_, card),) = await told(watched)
    assert [row.label for row in card.rows] == ["⚠ 甲", "⚠ 丙"]
    for _ in range(2):
        await read(watched, "甲")
    await step(watched)
    ((_, card),) = await told(watched)
    assert [row.label for row in card.rows] == ["⚠ 丙"]
    for _ in range(2):
        await read(watched, "丙")
    await step(watched)
    assert [state for state, _ in await told(watched)] == [DeliveryState.SUPERSEDED]


async def test_by_night_the_message_waits_for_the_morning(watched: Room) -> None:
    watched.clock.move_to(AT.replace(hour=23))
    await fail(watched, "丙", times=3)
    await step(watched)
    async with watched.database.reading() as session:
        (due,) = (await session.exec(select(Delivery.due_at).where(col(Delivery.key).startswith("source-health:")))).all()
    assert due == (AT + timedelta(days=1)).replace(hour=7)


async def test_silence_and_its_end(watched: Room) -> None:
    watched.wait(hours=5)
    await read(watched, "甲")
    assert await step(watched) == 1
    ((_, card),) = await told(watched)
    assert card.rows[0].text.startswith("5 小时没有新帖，按平时这段时间该有")
    await send(watched)
    async with watched.database.transaction() as session:
        await store(session, (await the(session, "甲")).id or 0, watched.now)
    assert await step(watched) == 1
    assert (await told(watched))[-1][1].rows[0].label == "✓ 甲"


async def test_lost_fields_are_noticed_with_the_posts_that_lack_them(watched: Room) -> None:
    async with watched.database.transaction() as session:
        source_id = (await the(session, "甲")).id or 0
        for hour in (await session.exec(select(SourceHour).where(SourceHour.hour > hour_of(AT) - 48))).all():
            await session.delete(hour)
        await store(session, source_id, watched.now, 25, title="", url="", posted_at=watched.now)
    assert await step(watched) == 1
    ((_, card),) = await told(watched)
    assert "最近 25 条都没有标题、链接、发布时间" in card.rows[0].text


async def test_the_habit_of_an_ill_source_is_kept_for_a_week(watched: Room) -> None:
    async def taken_on() -> str:
        async with watched.database.reading() as session:
            return str((await the(session, "甲")).habit["taken_on"])

    assert await taken_on() == AT.date().isoformat()
    await fail(watched, "甲", times=3)
    await step(watched)
    watched.wait(days=6)
    for _ in range(3):
        await step(watched)
    assert await taken_on() == AT.date().isoformat()
    watched.wait(days=2)
    for _ in range(3):
        await step(watched)
    assert await taken_on() == watched.now.date().isoformat()


async def test_proposed_tiers_come_in_one_message_with_two_buttons_each(watched: Room) -> None:
    async with watched.database.transaction() as session:
        for source in (await the(session, "甲"), await the(session, "丙")):
            source.habit = {}  # as on a new day
        third = await the(session, "丙")
        for day in range(28):
            session.add(SourceHour(source_id=third.id or 0, hour=hour_of(BEGIN) + 24 * day, posts=9, ours=4))
    await send(watched)
    await step(watched)
    (_, card), *others = [(state, card) for state, card in await told(watched, "source-tiers:") if state is DeliveryState.DUE]
    assert others == []
    rows = [(row.label, row.text) for row in card.rows]
    assert any(label == "丙" and text.startswith("B → A") and "与我们有关 11" in text for label, text in rows)
    async with watched.database.reading() as session:
        numbers = (await session.exec(select(TierProposal.id).where(col(TierProposal.decided_at).is_(None)))).all()
    assert {button.command for line in card.buttons for button in line} <= {f"{verb} {n}" for verb in ("采纳", "不采纳") for n in numbers}


async def test_the_board_puts_the_ailing_first_and_knows_who_rests(watched: Room) -> None:
    await fail(watched, "丙", times=3)
    await step(watched)
    async with watched.database.reading() as session:
        board, card = await source_board(session, watched.now), await sources_card(session, watched.now)
    assert [(view.name, view.condition) for view in board.sources[:3]] == [
        ("丙", Condition.ILL), ("甲", Condition.WELL), ("乙", Condition.RESTING),
    ]  # fmt: skip
    forum = board.sources[1]
    assert forum.days[-1].day == AT.date()
    assert forum.posts == sum(day.posts for day in forum.days) > 1000
    assert board.line == "3 个信源中 1 个异常：「丙」。"
    assert card.rows[0].text == "B 级 · 异常：连续 3 次读不到：连不上。"
    assert "备用" in card.rows[2].text
