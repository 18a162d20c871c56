"""What staff are told when a post comes in: nothing, a renewed card, or a ringing one."""

from datetime import datetime, time, timedelta

import pytest

from casework import handling
from casework.case import CaseState
from casework.delivery import Delivery, DeliveryState, lease_due
from casework.desk import Alerting
from casework.handling import claim
from casework.judging import dismiss
from casework.message import Card
from casework.ringing import after_quiet, ring_at
from casework.routing import active_groups, group_of
from monitoring.event import LabelKind
from storage.clock import CHINA
from tests.casework.room import Room, make_desk

NIGHT = datetime(2026, 3, 6, 23, 30, tzinfo=CHINA)
MORNING = datetime(2026, 3, 7, 7, 0, tzinfo=CHINA)


async def rows(room: Room, chat: str = "all") -> list[Delivery]:
    async with room.database.reading() as session:
        return await room.deliveries(session, chat)


async def happen(room: Room, level: int, **fields: object) -> None:
    async with room.database.transaction() as session:
        await room.happen(session, level, **fields)


async def develop(room: Room, **what: object) -> None:
    async with room.database.transaction() as session:
        await room.develop(session, await room.case(session), **what)  # type: ignore[arg-type]


async def arrive(room: Room) -> int:
    async with room.database.transaction() as session:
        return await room.send_all(session)


@pytest.mark.parametrize("level", [1, 2])
async def test_grave_alerts_go_out_at_once_at_any_hour(room: Room, level: int) -> None:
    room.clock.move_to(NIGHT)
    await happen(room, level)
    (row,) = await rows(room)
    assert (row.due_at, row.rings, Card.from_json(row.card).level) == (NIGHT, True, level)


async def test_a_level_three_waits_for_more_posts_and_one_card_tells_of_all(room: Room) -> None:
    await happen(room, 3)
    start = room.now
    room.wait(seconds=20)
    await develop(room, posts=4)
    (row,) = await rows(room)
    assert row.due_at == start + timedelta(seconds=30)
    assert "（5 条）" in Card.from_json(row.card).title


async def test_level_three_is_held_back_over_night(room: Room) -> None:
    room.clock.move_to(NIGHT)
    await happen(room, 3)
    (row,) = await rows(room)
    assert row.due_at == MORNING


async def test_level_four_waits_for_the_digest_unless_it_is_to_ring(room: Room) -> None:
    await happen(room, 4)
    assert await rows(room) == []
    room.desk = make_desk(ringing_levels=(1, 2, 3, 4))
    await happen(room, 4)
    assert len(await rows(room)) == 1


async def test_an_alert_goes_to_the_chats_of_its_line_and_one_for_no_chat_to_the_refuge(room: Room) -> None:
    await happen(room, 2, line="食品安全")
    assert [len(await rows(room, chat)) for chat in ("all", "market")] == [1, 1]
    async with room.database.transaction() as session:
        fallback = await group_of(session, "room", "all")
        assert fallback is not None
        fallback.lines = ["停车与共享单车"]
    await happen(room, 2, line="园林绿化")
    assert [len(await rows(room, chat)) for chat in ("all", "market")] == [2, 1], "the fallback takes what nobody takes"


async def test_a_sent_card_is_edited_in_place_at_most_every_five_minutes(room: Room) -> None:
    await happen(room, 2)
    await arrive(room)
    start = room.now
    for _ in range(5):
        room.wait(seconds=30)
        await develop(room)
    card, edit = await rows(room)
    assert (edit.replaces, edit.due_at) == (card.id, start + timedelta(minutes=5))
    assert "6 条" in Card.from_json(edit.card).as_text(), "the one waiting edit shows the newest count"
    room.clock.move_to(edit.due_at)
    assert await arrive(room) == 1
    await develop(room)
    assert (await rows(room))[-1].due_at == room.now + timedelta(minutes=5)


async def test_what_a_sender_already_has_is_left_alone(room: Room) -> None:
    await happen(room, 2)
    async with room.database.transaction() as session:
        (leased,) = await lease_due(session, "one", room.now, 1, ("room",))
    await develop(room, posts=8)
    card, edit = await rows(room)
    assert card.card == leased.card
    assert (card.state, edit.replaces) == (DeliveryState.LEASED, card.id)


async def test_a_rise_rings_with_a_new_card_and_the_old_one_points_to_it(room: Room) -> None:
    await happen(room, 3)
    room.wait(seconds=30)
    await arrive(room)
    await develop(room, level=2)
    old, pointer, new = await rows(room)
    assert pointer.replaces == old.id
    assert "以新卡片为准" in Card.from_json(pointer.card).as_text()
    assert (new.rings, new.replaces, Card.from_json(new.card).level) == (True, None, 2)
    await arrive(room)
    room.wait(minutes=6)
    await develop(room)
    assert (await rows(room))[-1].replaces == new.id


async def test_a_rise_before_the_first_card_is_out_makes_it_go_at_once(room: Room) -> None:
    room.clock.move_to(NIGHT)
    await happen(room, 3)
    room.wait(minutes=1)
    await develop(room, level=1)
    (row,) = await rows(room)
    assert (row.due_at, Card.from_json(row.card).level) == (room.now, 1)


async def test_the_same_level_again_does_not_ring(room: Room) -> None:
    await happen(room, 2)
    await arrive(room)
    for _ in range(3):
        await develop(room, level=2)
    assert sum(row.rings for row in await rows(room)) == 1


async def test_a_milestone_rings_once(room: Room) -> None:
    await happen(room, 2)
    await arrive(room)
    for _ in range(2):
        await develop(room, milestones=("出现现场视频",))
    ringing = [Card.from_json(row.card).head for row in await rows(room) if row.rings]
    assert ringing[1:] == ["📌 A1（II 级）出现现场视频"]


async def test_a_milestone_before_the_card_is_out_stands_on_the_card(room: Room) -> None:
    await happen(room, 3)
    await develop(room, milestones=("出现现场视频",))
    assert len(await rows(room)) == 1


async def test_a_muted_case_rings_only_when_its_level_rises(room: Room) -> None:
    await happen(room, 2)
    await arrive(room)
    async with room.database.transaction() as session:
        person = await room.person(session, "林一")
        await handling.mute(session, await room.case(session), person, timedelta(hours=2), room.now, room.desk)
    await arrive(room)
    await develop(room, milestones=("出现现场视频",))
    assert sum(row.rings and row.replaces is None for row in await rows(room)) == 1
    await develop(room, level=1)
    assert sum(row.rings and row.replaces is None for row in await rows(room)) == 2


async def test_more_of_a_false_alarm_is_silent_until_it_is_graver(room: Room) -> None:
    await happen(room, 3)
    await arrive(room)
    async with room.database.transaction() as session:
        await dismiss(session, await room.case(session), await room.person(session, "林一"), LabelKind.NOT_OURS, room.now, room.desk)
    await arrive(room)
    before = len(await rows(room))
    await develop(room, posts=20, milestones=("满 20 条",))
    assert len(await rows(room)) == before
    await develop(room, level=2)
    async with room.database.reading() as session:
        case = await room.case(session)
        assert (case.state, case.owner_id) == (CaseState.OPEN, None)
    assert (await rows(room))[-1].rings


async def test_a_claim_before_a_rise_is_kept(room: Room) -> None:
    await happen(room, 3)
    async with room.database.transaction() as session:
        await claim(session, await room.case(session), await room.person(session, "林一"), room.now, room.desk)
    await develop(room, level=2)
    assert "林一 18:42 已认领" in Card.from_json((await rows(room))[-1].card).head


async def test_with_no_chat_at_all_nothing_breaks(room: Room) -> None:
    async with room.database.transaction() as session:
        for group in await active_groups(session):
            group.active = False
    await happen(room, 1)
    assert await rows(room) == []


@pytest.mark.parametrize(
    ("hour", "minute", "held_until"),
    [(22, 29, None), (22, 30, (7, 7, 0)), (23, 59, (7, 7, 0)), (0, 0, (6, 7, 0)), (6, 59, (6, 7, 0)), (7, 0, None), (12, 0, None)],
)
def test_quiet_hours_cross_midnight(hour: int, minute: int, held_until: tuple[int, int, int] | None) -> None:
    moment = datetime(2026, 3, 6, hour, minute, tzinfo=CHINA)
    expected = datetime(2026, 3, *held_until, tzinfo=CHINA) if held_until else moment
    assert after_quiet(moment, Alerting()) == expected


def test_quiet_hours_may_lie_within_a_day_or_not_be_at_all() -> None:
    noon = datetime(2026, 3, 6, 12, 30, tzinfo=CHINA)
    assert after_quiet(noon, Alerting(quiet_from=time(12), quiet_until=time(14))) == noon.replace(hour=14, minute=0)
    assert after_quiet(NIGHT, Alerting(quiet_from=None)) == NIGHT
    assert ring_at(3, noon, Alerting(), wait=False) == noon
