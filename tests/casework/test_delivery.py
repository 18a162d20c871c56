"""The outbox: leased once, sent in order, retried, sent on, never dropped in silence."""

import asyncio
from datetime import timedelta

import pytest

from casework import undelivered
from casework.chat import ChatCapabilities
from casework.delivery import LEASE_TIME, Delivery, DeliveryState, Place, enqueue, lease_due, mark_sent, next_due, release, renew, transmit
from casework.errors import ChatError
from casework.message import Card, CardKind
from storage.engine import Database
from tests.adapters.recording_chat import RecordingChat
from tests.casework.room import Room

ALL, MARKET = Place("room", "all"), Place("room", "market")
HERE = ("room",)


def card(text: str = "你好") -> Card:
    return Card(CardKind.NOTICE, text)


async def put(room: Room, key: str = "k", place: Place = ALL, text: str = "你好", **more: object) -> Delivery:
    async with room.database.transaction() as session:
        return await enqueue(session, card(text), place, room.now, key=key, **more)  # type: ignore[arg-type]


async def lease(room: Room, worker: str = "one") -> list[Delivery]:
    async with room.database.transaction() as session:
        return await lease_due(session, worker, room.now, 10, HERE)


async def fail(room: Room, row: Delivery, **error: object) -> Delivery:
    async with room.database.transaction() as session:
        await undelivered.mark_failure(session, row, ChatError("坏了。", **error), room.now)  # type: ignore[arg-type]
    return await look(room, row.id)


async def sent(room: Room, row: Delivery) -> None:
    async with room.database.transaction() as session:
        await mark_sent(session, row, f"m{row.id}", room.now)


async def look(room: Room, row_id: int | None) -> Delivery:
    async with room.database.reading() as session:
        row = await session.get(Delivery, row_id)
    assert row is not None
    return row


@pytest.mark.both_databases
async def test_the_same_key_twice_is_one_delivery(room: Room) -> None:
    assert (await put(room, "k")).id == (await put(room, "k", text="另一句")).id
    assert len(await lease(room)) == 1


async def test_what_one_worker_leased_another_does_not_get(room: Room) -> None:
    await put(room)
    assert len(await lease(room, "one")) == 1
    async with Database(room.database.url) as other_process, other_process.transaction() as session:
        assert await lease_due(session, "two", room.now, 10, HERE) == []


@pytest.mark.both_databases
async def test_couriers_that_lease_at_the_same_time_share_the_work(room: Room) -> None:
    for number in range(12):
        await put(room, f"k{number}", Place("room", f"chat{number}"))

    async def courier(database: Database, name: str) -> list[str]:
        async with database.transaction() as session:
            return [row.key for row in await lease_due(session, name, room.now, 2, HERE)]

    async with Database(room.database.url) as other:
        await courier(other, "early")
        room.wait(seconds=LEASE_TIME.total_seconds())
        shares = await asyncio.gather(*(courier(each, f"w{n}") for n in range(4) for each in (room.database, other)))
    assert sorted(key for share in shares for key in share) == sorted(f"k{number}" for number in range(12))


async def test_a_delivery_is_not_leased_before_its_time_nor_for_a_foreign_platform(room: Room) -> None:
    await put(room, due_at=room.now + timedelta(seconds=30))
    await put(room, "elsewhere", Place("telegram", "1"))
    assert await lease(room) == []
    room.wait(seconds=30)
    assert [row.key for row in await lease(room)] == ["k"]


@pytest.mark.both_databases
async def test_an_edit_waits_until_its_message_stands_and_edits_exactly_that(room: Room) -> None:
    root = await put(room, "root")
    await put(room, "edit", text="新的", replaces=root.id)
    (leased,) = await lease(room)
    assert leased.key == "root"
    assert await lease(room) == []
    await sent(room, leased)
    (edit,) = await lease(room)
    assert (edit.key, edit.reference) == ("edit", f"m{root.id}")


@pytest.mark.both_databases
async def test_a_row_that_a_sender_has_is_not_renewed(room: Room) -> None:
    row = await put(room)
    async with room.database.transaction() as session:
        waiting = await session.get_one(Delivery, row.id)
        assert await renew(session, waiting, card("新的"), room.now, room.now)
    await lease(room)
    async with room.database.transaction() as session:
        taken = await session.get_one(Delivery, row.id)
        assert not await renew(session, taken, card("更新的"), room.now, room.now)
    assert Card.from_json((await look(room, row.id)).card).head == "新的"


@pytest.mark.both_databases
async def test_a_lease_that_ran_out_goes_to_another_and_the_late_first_sender_changes_nothing(room: Room) -> None:
    row = await put(room)
    (first,) = await lease(room, "one")
    room.wait(seconds=LEASE_TIME.total_seconds())
    (second,) = await lease(room, "two")
    await sent(room, first)
    assert (await look(room, row.id)).state is DeliveryState.LEASED
    await sent(room, second)
    again = await look(room, row.id)
    assert (again.state, Card.from_json(again.card).head) == (DeliveryState.SENT, "你好（可能重复）")


@pytest.mark.both_databases
async def test_at_start_a_process_frees_what_its_killed_forerunner_held(room: Room) -> None:
    await put(room, "one")
    await lease(room, "main")
    await put(room, "two")
    await lease(room, "another")
    async with room.database.transaction() as session:
        assert await release(session, "main", room.now) == 1
    assert [row.key for row in await lease(room, "main")] == ["one"]


async def test_a_passing_fault_is_tried_again_ever_more_slowly(room: Room) -> None:
    row = await put(room)
    waits = []
    for _ in range(4):
        (leased,) = await lease(room)
        failed = await fail(room, leased, retry_after_seconds=1.0)
        assert failed.state is DeliveryState.DUE
        waits.append((failed.due_at - room.now).total_seconds())
        room.clock.move_to(failed.due_at)
    assert waits == [5, 10, 20, 40]
    (leased,) = await lease(room)
    assert (await fail(room, leased, retry_after_seconds=900.0)).due_at == room.now + timedelta(seconds=900)
    assert row.id == leased.id


async def test_an_unanswered_send_is_repeated_once_after_a_minute_and_says_so(room: Room) -> None:
    row = await put(room)
    (leased,) = await lease(room)
    silent = await fail(room, leased, uncertain=True)
    assert (silent.state, silent.due_at) == (DeliveryState.UNCERTAIN, room.now + timedelta(seconds=60))
    room.wait(seconds=59)
    assert await lease(room) == []
    room.wait(seconds=1)
    (again,) = await lease(room)
    assert Card.from_json(again.card).head == "你好（可能重复）"
    assert (await fail(room, again, uncertain=True)).state is DeliveryState.DEAD
    room.wait(hours=1)
    assert row.id not in [leased.id for leased in await lease(room)]
    async with room.database.reading() as session:
        assert "没能发到「总群」：坏了。这条消息 已改发到「二组群」。" in await room.texts(session, "market")


async def test_an_unanswered_edit_is_simply_made_again(room: Room) -> None:
    root = await put(room, "root")
    (leased,) = await lease(room)
    await sent(room, leased)
    await put(room, "edit", replaces=root.id)
    (edit,) = await lease(room)
    failed = await fail(room, edit, uncertain=True)
    assert (failed.state, Card.from_json(failed.card).head) == (DeliveryState.DUE, "你好")


async def test_what_a_chat_refuses_for_good_goes_to_the_refuge_with_a_word_to_the_admins(room: Room) -> None:
    async with room.database.transaction() as session:
        await room.happen(session, 2, line="食品安全")
    for row in await lease(room):
        if row.place == MARKET:
            assert (await fail(room, row, permanent=True)).state is DeliveryState.FAILED
    async with room.database.reading() as session:
        told = [Card.from_json(row.card) for row in await room.deliveries(session, "all")]
    assert told[-1].head == "没能发到「二组群」：坏了。A1 已改发到「总群」。"
    assert told[-1].mentions == ("许五",)
    assert sum(one.kind is CardKind.ALERT for one in told) == 1, "the refuge had the alert on its own account"


async def test_a_refuge_that_had_not_the_card_gets_it(room: Room) -> None:
    await put(room, "k", MARKET)
    (row,) = await lease(room)
    await fail(room, row, permanent=True)
    async with room.database.reading() as session:
        assert (await room.texts(session, "all"))[0] == "你好"


async def test_after_many_attempts_a_card_is_sent_on_but_the_last_refuge_is_tried_for_ever(room: Room) -> None:
    row = await put(room, "k", MARKET)
    states: list[tuple[Place, DeliveryState]] = []
    for _ in range(undelivered.MOST_ATTEMPTS * 4):
        states += [(leased.place, (await fail(room, leased, retry_after_seconds=1.0)).state) for leased in await lease(room)]
        room.wait(seconds=undelivered.LONGEST_RETRY.total_seconds())
    assert (await look(room, row.id)).state is DeliveryState.DEAD
    assert {state for place, state in states if place == ALL} == {DeliveryState.DUE}


async def test_a_chat_that_moved_is_followed_by_everything_of_it(room: Room) -> None:
    async with room.database.transaction() as session:
        await room.happen(session, 2)
    (row,) = await lease(room)
    await fail(room, row, moved_to="all-2")
    (again,) = await lease(room)
    assert again.chat == "all-2"
    async with room.database.transaction() as session:
        await room.happen(session, 2)
        assert {delivery.chat for delivery in await room.deliveries(session)} == {"all-2"}


@pytest.mark.both_databases
async def test_the_next_time_to_wake_is_when_something_can_be_leased(room: Room) -> None:
    async def due() -> object:
        async with room.database.reading() as session:
            return await next_due(session, HERE)

    assert await due() is None
    root = await put(room, "root", due_at=room.now + timedelta(seconds=30))
    await put(room, "edit", replaces=root.id)
    assert await due() == room.now + timedelta(seconds=30)
    room.wait(seconds=30)
    (leased,) = await lease(room)
    assert await due() == room.now + LEASE_TIME
    await sent(room, leased)
    assert await due() <= room.now  # type: ignore[operator]  # the edit may go


@pytest.mark.parametrize(("edits", "rings", "shown"), [(True, False, ["新的"]), (False, False, ["你好"]), (False, True, ["你好", "新的"])])
async def test_where_a_platform_cannot_edit_only_what_people_did_is_sent_anew(
    room: Room, edits: bool, rings: bool, shown: list[str]
) -> None:
    chat = RecordingChat(("all",), "room", ChatCapabilities(buttons=False, edits=edits, approvals=False, domestic=True))
    root = await put(room, "root")
    await put(room, "edit", text="新的", replaces=root.id, rings=rings)
    for _ in range(2):
        (leased,) = await lease(room)
        reference = await transmit(chat, leased)
        async with room.database.transaction() as session:
            await mark_sent(session, leased, reference, room.now)
    assert chat.texts("all") == shown


async def test_a_send_without_an_answer_is_uncertain(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.delivery.SEND_TIMEOUT_SECONDS", 0.01)

    class Silent(RecordingChat):
        async def send(self, chat: str, card: Card, key: str) -> str:
            await asyncio.Event().wait()
            return ""

    with pytest.raises(ChatError) as silent:
        await transmit(Silent(), await put(room))
    assert silent.value.uncertain
