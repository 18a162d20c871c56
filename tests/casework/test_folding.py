"""归并: a storm of III rings a few times and then stands in one list; I and II ring alone; nothing is lost."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlmodel import col, select

from casework.deadlines import step_deadlines
from casework.delivery import Delivery
from casework.folding import FOLD, MOST_ROWS, Folded
from casework.handling import claim
from casework.message import Card
from casework.routing import group_of
from casework.staff import StaffGroup
from storage.clock import CHINA
from tests.casework.room import Room, make_desk

NIGHT = datetime(2026, 3, 6, 23, 0, tzinfo=CHINA)
MORNING = datetime(2026, 3, 7, 7, 0, tzinfo=CHINA)


async def happen(room: Room, *levels: int, every_seconds: float = 20, **fields: object) -> None:
    for level in levels:
        async with room.database.transaction() as session:
            await room.happen(session, level, **fields)
            await room.send_all(session)
        room.wait(seconds=every_seconds)


async def rings(room: Room, chat: str = "all") -> list[Delivery]:
    async with room.database.reading() as session:
        return [row for row in await room.deliveries(session, chat) if row.rings and row.replaces is None]


async def lists(room: Room, chat: str = "all") -> list[Delivery]:
    return [row for row in await rings(room, chat) if row.key.startswith(FOLD)]


async def face(room: Room, root: Delivery) -> Card:
    """What a chat shows in the end for a message: its last edit."""
    async with room.database.reading() as session:
        edits = select(Delivery).where(Delivery.replaces == root.id).order_by(col(Delivery.id))
        rows = (await session.exec(edits)).all()
        return Card.from_json((rows[-1] if rows else root).card)


async def test_a_storm_of_sixty_rings_six_times_and_names_every_case(room: Room) -> None:
    await happen(room, *[3] * 60)
    rung = await rings(room)
    assert len(rung) == room.desk.alerting.flood_cards + 1
    card = await face(room, (await lists(room))[0])
    assert card.head == "🗂 30 分钟内响铃太多，以下 55 件的预警和提醒归在这一张里（原地更新，不再逐件响铃）"
    named = {row.label for row in card.rows} | set(card.body.split("：")[1].split())
    assert len(card.rows) == MOST_ROWS
    assert named == {f"A{number}" for number in range(6, 61)}


async def test_grave_ones_ring_alone_in_the_storm(room: Room) -> None:
    await happen(room, *[3] * 8, 1, 3, 2)
    assert [Card.from_json(row.card).level for row in await rings(room) if row.key.startswith("alert:")] == [3] * 5 + [1, 2]


async def test_a_folded_case_that_gets_grave_rings_and_the_list_points_to_it(room: Room) -> None:
    await happen(room, *[3] * 7)
    before = len(await rings(room))
    async with room.database.transaction() as session:
        await room.develop(session, await room.case(session, "A7"), level=2)
    assert [Card.from_json(row.card).level for row in (await rings(room))[before:]] == [2]
    card = await face(room, (await lists(room))[0])
    assert next(row.text for row in card.rows if row.label == "A7").endswith("已升 II 级，见单独的卡片")


async def test_the_list_shows_who_has_claimed(room: Room) -> None:
    await happen(room, *[3] * 6)
    async with room.database.transaction() as session:
        await claim(session, await room.case(session, "A6"), await room.person(session, "林一"), room.now, room.desk)
    assert "林一在办" in (await face(room, (await lists(room))[0])).as_text()


async def test_the_reminders_of_a_storm_are_folded_as_well(room: Room) -> None:
    await happen(room, *[3] * 30, every_seconds=5)
    before = len(await rings(room))
    for _ in range(20):
        room.wait(minutes=5)
        async with room.database.transaction() as session:
            await step_deadlines(session, room.now, room.desk)
            await room.send_all(session)
    windows = timedelta(minutes=100) / room.desk.alerting.flood_window
    assert len(await rings(room)) - before <= (windows + 1) * (room.desk.alerting.flood_cards + 1)
    told = [await face(room, row) for row in await lists(room)]
    assert any(row.detail.startswith("⏰ 已 1 小时") and "现通知值班员 林一" in row.detail for card in told for row in card.rows)


async def test_what_the_night_held_back_does_not_all_ring_at_seven(room: Room) -> None:
    room.clock.move_to(NIGHT)
    await happen(room, *[3] * 20, every_seconds=600)
    due = [row for row in await rings(room) if row.due_at == MORNING]
    assert len(due) == len(await rings(room)) == room.desk.alerting.flood_cards + 1
    assert "15 件" in (await face(room, (await lists(room))[0])).head


async def test_each_chat_counts_for_itself(room: Room) -> None:
    await happen(room, *[3] * 7)
    await happen(room, 3, line="食品安全")
    assert [len(await lists(room, chat)) for chat in ("all", "market")] == [1, 0]
    assert len(await rings(room, "market")) == 1


async def test_a_new_window_rings_again(room: Room) -> None:
    await happen(room, *[3] * 7)
    room.wait(minutes=31)
    await happen(room, 3)
    assert (await rings(room))[-1].key.startswith("alert:")


async def test_edits_of_the_list_keep_their_distance(room: Room) -> None:
    await happen(room, *[3] * 60)
    (root,) = await lists(room)
    async with room.database.reading() as session:
        due = (await session.exec(select(Delivery.due_at).where(Delivery.replaces == root.id).order_by(col(Delivery.due_at)))).all()
    moments = [root.due_at, *due]
    assert min(after - before for before, after in pairwise(moments)) >= room.desk.alerting.update_every


@pytest.mark.parametrize("most", [1, 3])
async def test_how_many_is_a_setting(room: Room, most: int) -> None:
    room.desk = make_desk(flood_cards=most)
    await happen(room, *[3] * 6)
    assert len(await rings(room)) == most + 1


async def test_killed_between_two_posts_the_list_goes_on(room: Room) -> None:
    """The list stands in rows alone: nothing of it is held in memory that a new process would miss."""
    await happen(room, *[3] * 6)
    room.desk = make_desk()
    await happen(room, 3)
    async with room.database.reading() as session:
        folded = (await session.exec(select(Folded))).all()
    assert len({row.list_id for row in folded}) == 1
    assert len(folded) == 2


async def test_a_chat_that_left_the_list_of_groups_breaks_nothing(room: Room) -> None:
    await happen(room, *[3] * 6)
    async with room.database.transaction() as session:
        group = await group_of(session, "room", "all")
        assert isinstance(group, StaffGroup)
        group.active = False
    await happen(room, 3)
    assert [len(await rings(room, chat)) for chat in ("all", "market")] == [6, 1]
