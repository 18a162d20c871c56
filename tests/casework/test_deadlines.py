"""The clocks: what runs at which level, when it warns, who is called."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from casework import deadlines, handling, judging
from casework.deadline import Deadline, DeadlineKind, DeadlineState, Ticket, clocks_for
from casework.message import Card
from casework.wake import next_wake
from casework.workdays import is_workday, working_day_after
from monitoring.event import LabelKind
from storage.audit import AuditEntry
from storage.clock import CHINA
from tests.casework.room import Room

K = DeadlineKind
FRIDAY = datetime(2026, 3, 6, 18, 42, tzinfo=CHINA)


async def happen(room: Room, level: int = 2, **fields: object) -> None:
    async with room.database.transaction() as session:
        await room.happen(session, level, **fields)
        await room.send_all(session)


async def step(room: Room) -> int:
    async with room.database.transaction() as session:
        count = await deadlines.step_deadlines(session, room.now, room.desk)
        await room.send_all(session)
        return count


async def rung(room: Room) -> list[Card]:
    """Everything that rang after the first card."""
    async with room.database.reading() as session:
        return [Card.from_json(row.card) for row in await room.deliveries(session, "all") if row.rings and row.replaces is None][1:]


async def clocks(room: Room) -> dict[DeadlineKind, Deadline]:
    async with room.database.reading() as session:
        return {row.kind: row for row in await deadlines.deadlines_of(session, await room.case(session))}


def test_the_table_of_facts() -> None:
    def hours(level: int) -> dict[DeadlineKind, float]:
        return {c.kind: (c.due_at - c.started_at).total_seconds() / 3600 for c in clocks_for(level, FRIDAY, FRIDAY, rumour=False)}

    assert hours(1) == {K.ACKNOWLEDGE: 1 / 6, K.FIRST_RESPONSE: 5, K.PRESS_CONFERENCE: 24, K.REPORT_UPWARD: 0}
    assert hours(2) == {K.ACKNOWLEDGE: 0.25, K.FIRST_RESPONSE: 5, K.PRESS_CONFERENCE: 24, K.REPORT_UPWARD: 0}
    assert hours(3) == {K.ACKNOWLEDGE: 1, K.RESPONSE: 48}
    assert hours(4)[K.RESPONSE] == 48
    assert all(clock.source for level in (1, 2, 3, 4) for clock in clocks_for(level, FRIDAY, FRIDAY, rumour=True))


def test_answers_count_from_the_first_post_and_acknowledgement_from_when_staff_were_told() -> None:
    told = FRIDAY + timedelta(hours=2)
    started = {clock.kind: clock.started_at for clock in clocks_for(2, FRIDAY, told, rumour=False)}
    assert (started[K.FIRST_RESPONSE], started[K.ACKNOWLEDGE]) == (FRIDAY, told)


def test_level_four_is_acknowledged_by_the_end_of_the_next_working_day() -> None:
    (clock,) = [c for c in clocks_for(4, FRIDAY, FRIDAY, rumour=False) if c.kind is K.ACKNOWLEDGE]
    assert (clock.due_at, clock.provisional) == (datetime(2026, 3, 9, 18, 0, tzinfo=CHINA), False)


def test_a_ticket_has_its_own_end_or_five_working_days() -> None:
    own = FRIDAY + timedelta(days=3)
    found = {
        c.subject: c.due_at for c in clocks_for(4, FRIDAY, FRIDAY, rumour=False, tickets=[Ticket(1, FRIDAY, own), Ticket(2, FRIDAY, None)])
    }
    assert (found["1"], found["2"]) == (own, datetime(2026, 3, 13, 18, 0, tzinfo=CHINA))


@pytest.mark.parametrize(
    ("day", "works", "known"),
    [
        ((2026, 2, 17), False, True),
        ((2026, 2, 28), True, True),
        ((2026, 3, 7), False, True),
        ((2031, 1, 1), True, False),
        ((2031, 1, 4), False, False),
    ],
)
def test_working_days_follow_the_official_calendar_as_far_as_it_goes(day: tuple[int, int, int], works: bool, known: bool) -> None:
    assert is_workday(datetime(*day).date()) == (works, known)  # noqa: DTZ001  # only its day is used


def test_beyond_the_calendar_working_days_are_provisional() -> None:
    end = working_day_after(datetime(2030, 12, 30, 9, 0, tzinfo=CHINA), 3)
    assert (end.at.date().isoformat(), end.provisional) == ("2031-01-02", True)


async def test_a_rumour_must_be_clarified(room: Room) -> None:
    await happen(room, 3, intent="谣言或不实")
    assert (await clocks(room))[K.CLARIFY].due_at - (await clocks(room))[K.CLARIFY].started_at == timedelta(hours=24)


async def test_a_clock_warns_at_half_time_and_when_it_is_missed_and_then_is_quiet(room: Room) -> None:
    await happen(room, 3)
    async with room.database.transaction() as session:
        case = await room.case(session)
        await handling.claim(session, case, await room.person(session, "林一"), room.now, room.desk)
    response = (await clocks(room))[K.RESPONSE]
    room.clock.move_to(response.started_at + timedelta(hours=24))
    await step(room)
    assert [card.head for card in await rung(room)] == ["⏰ A1（III 级）回应时限过半，剩 1 天。经办：林一"]
    room.clock.move_to(response.due_at)
    assert await step(room) == 1
    assert (await rung(room))[-1].head == "⛔ A1（III 级）回应已超时（今日 18:30 前）。经办：林一"
    assert (await clocks(room))[K.RESPONSE].state is DeadlineState.MISSED
    room.wait(days=3)
    assert await step(room) == 0


async def test_nobody_claims_and_the_roster_is_called_one_after_the_other(room: Room) -> None:
    await happen(room, 2)
    for minutes, name in ((15, "值班员 林一"), (30, "值班员 吴二"), (45, "带班领导 郑三")):
        room.clock.move_to(FRIDAY + timedelta(minutes=minutes) - timedelta(seconds=1))
        assert await step(room) == 0
        room.wait(seconds=1)
        assert await step(room) == 1
        assert (await rung(room))[-1].head == f"⏰ A1（II 级）已 {minutes} 分钟无人认领，现通知{name}。"
    assert (await rung(room))[-1].mentions == ("郑三",)
    assert (await rung(room))[-1].body.startswith("剩 4 小时 3 分。")
    room.wait(minutes=15)
    await step(room)
    assert (await rung(room))[-1].head == "⏰ A1（II 级）已 1 小时无人认领，值班表上的人都已通知。"
    room.wait(minutes=60)
    assert await step(room) == 0


async def test_a_claim_ends_the_calling(room: Room) -> None:
    await happen(room, 2)
    room.wait(minutes=15)
    await step(room)
    async with room.database.transaction() as session:
        await handling.claim(session, await room.case(session), await room.person(session, "林一"), room.now, room.desk)
    acknowledged = (await clocks(room))[K.ACKNOWLEDGE]
    assert (acknowledged.state, acknowledged.met_at) == (DeadlineState.MET, room.now), "claimed in the very minute"
    before = len(await rung(room))
    room.wait(minutes=60)
    await step(room)
    assert len(await rung(room)) == before


async def test_a_higher_level_leaves_less_time_to_claim_but_never_more(room: Room) -> None:
    await happen(room, 3)
    room.wait(minutes=20)
    async with room.database.transaction() as session:
        await room.develop(session, await room.case(session), level=2)
    assert (await clocks(room))[K.ACKNOWLEDGE].due_at == room.now + timedelta(minutes=15)
    assert (await clocks(room))[K.RESPONSE].state is DeadlineState.DROPPED
    assert (await clocks(room))[K.FIRST_RESPONSE].due_at == FRIDAY - timedelta(minutes=12) + timedelta(hours=5)
    async with room.database.transaction() as session:
        await room.develop(session, await room.case(session))
        room.wait(minutes=1)
        await room.develop(session, await room.case(session))
    assert (await clocks(room))[K.ACKNOWLEDGE].due_at == room.now + timedelta(minutes=14)


async def test_what_was_over_before_anybody_could_know_is_on_the_card_and_does_not_ring(room: Room) -> None:
    await happen(room, 3, first_posted_at=FRIDAY - timedelta(days=4))
    assert (await clocks(room))[K.RESPONSE].state is DeadlineState.MISSED
    room.wait(minutes=1)
    assert await step(room) == 0
    async with room.database.reading() as session:
        assert "⏱ 回应已超 2 天" in (await room.texts(session))[0]


async def test_level_four_never_rings_for_a_clock_unless_it_is_a_ticket(room: Room) -> None:
    await happen(room, 4, due_at=FRIDAY + timedelta(hours=10))
    room.clock.move_to(FRIDAY + timedelta(hours=10))
    await step(room)
    async with room.database.reading() as session:
        texts = await room.texts(session)
    assert texts == ["⛔ A1（IV 级）工单办理已超时（今日 04:42 前）。还没有人认领\n桥头市场：网传队员掀翻摊位"]
    room.wait(days=4)
    await step(room)
    async with room.database.reading() as session:
        assert await room.texts(session) == texts


async def test_a_reminder_in_quiet_hours_waits_for_the_morning(room: Room) -> None:
    room.clock.move_to(FRIDAY.replace(hour=22, minute=0))
    await happen(room, 3, first_posted_at=room.now - timedelta(hours=47))
    room.wait(seconds=30)
    await step(room)
    async with room.database.transaction() as session:
        await room.send_all(session)
    room.clock.move_to(FRIDAY.replace(hour=23, minute=30))
    await step(room)
    async with room.database.reading() as session:
        row = (await room.deliveries(session, "all"))[-1]
    assert row.due_at == datetime(2026, 3, 7, 7, 0, tzinfo=CHINA)


async def test_a_muted_case_is_called_for_when_the_mute_ends(room: Room) -> None:
    await happen(room, 2)
    async with room.database.transaction() as session:
        person = await room.person(session, "林一")
        await handling.mute(session, await room.case(session), person, timedelta(hours=3), room.now, room.desk)
    for hours in (1, 2):
        room.clock.move_to(FRIDAY + timedelta(hours=hours))
        await step(room)
    assert await rung(room) == []
    room.clock.move_to(FRIDAY + timedelta(hours=3))
    assert await step(room) == 2
    assert [card.head[:1] for card in await rung(room)] == ["⏰", "⏰"], "nobody claims, and half of the five hours is gone"


async def test_a_dismissed_case_says_nothing_more(room: Room) -> None:
    await happen(room, 2)
    async with room.database.transaction() as session:
        await judging.dismiss(session, await room.case(session), await room.person(session, "林一"), LabelKind.NOT_NEW, room.now, room.desk)
    room.wait(days=3)
    assert await step(room) == 0


async def test_a_case_that_comes_back_has_its_clocks_wound_anew(room: Room) -> None:
    await happen(room, 3)
    async with room.database.transaction() as session:
        await judging.dismiss(session, await room.case(session), await room.person(session, "林一"), LabelKind.NOT_NEW, room.now, room.desk)
    room.wait(days=6)
    async with room.database.transaction() as session:
        await room.develop(session, await room.case(session), level=2)
    found = await clocks(room)
    assert (found[K.FIRST_RESPONSE].due_at, found[K.FIRST_RESPONSE].state) == (room.now + timedelta(hours=5), DeadlineState.RUNNING)
    assert found[K.ACKNOWLEDGE].due_at == room.now + timedelta(minutes=15)
    assert found[K.RESPONSE].state is DeadlineState.DROPPED


async def test_the_desk_wakes_for_the_earliest_of_card_clock_and_digest(room: Room) -> None:
    async def wake() -> datetime | None:
        async with room.database.reading() as session:
            return await next_wake(session, room.now, room.desk, ("room",))

    assert await wake() == datetime(2026, 3, 7, 8, 0, tzinfo=CHINA), "the morning digest"
    async with room.database.transaction() as session:
        await room.happen(session, 3)
    assert await wake() == room.now + timedelta(seconds=30), "the card that waits for more posts"
    room.wait(seconds=30)
    async with room.database.transaction() as session:
        await room.send_all(session)
    assert await wake() == FRIDAY + timedelta(seconds=30, minutes=60), "somebody has to claim it"


async def test_no_clock_is_without_an_audit_entry(room: Room) -> None:
    await happen(room, 1)
    async with room.database.reading() as session:
        entries = (await session.exec(select(AuditEntry).where(AuditEntry.action == "deadline.started"))).all()
    started = [kind for entry in entries for kind in entry.details["clocks"]]
    assert sorted(started) == sorted(kind.value for kind in await clocks(room))
