"""承诺台账: what was promised rings until it is shown how it was kept; nothing is forgotten by closing a case."""

from datetime import timedelta

import pytest
from sqlmodel import select

from casework import closing, deadlines, judging, promise_ledger
from casework.deadline import Deadline, DeadlineKind, DeadlineState
from casework.errors import Refused
from casework.handling import take_over
from casework.promise import Promise, PromiseState
from casework.promise_cards import case_promises_card, open_promises_card
from casework.staff import StaffMember
from monitoring.event import LabelKind
from storage import audit
from tests.casework.replying import publish
from tests.casework.room import Room

TWO = "我们正在核实。今晚22:00前在这里公布结果。三日内把碎玻璃清理干净。"


async def ledger(room: Room) -> list[Promise]:
    async with room.database.reading() as session:
        return list((await session.exec(select(Promise).order_by(Promise.id))).all())  # type: ignore[arg-type]


async def keep(room: Room, ordinal: int | None, proof: str, by: str = "林一") -> str:
    async with room.database.transaction() as session:
        case, person = await room.case(session), await room.person(session, by)
        return await promise_ledger.keep(session, case, ordinal, proof, person, room.now, room.desk)


async def set_due(room: Room, ordinal: int | None, told: str) -> str:
    async with room.database.transaction() as session:
        case, person = await room.case(session), await room.person(session, "林一")
        return await promise_ledger.set_due(session, case, ordinal, told, person, room.now, room.desk)


async def close(room: Room, outcome: str) -> str:
    async with room.database.transaction() as session:
        return await closing.close(session, await room.case(session), await room.person(session, "林一"), outcome, room.now, room.desk)


async def ring(room: Room) -> list[str]:
    """What the clocks say now."""
    async with room.database.transaction() as session:
        before = len(await room.texts(session))
        await deadlines.step_deadlines(session, room.now, room.desk)
        said = await room.texts(session)
    return [text for text in said[before:] if "承诺" in text and not text.startswith("🟠")]


async def test_every_promise_is_entered_with_its_time_and_the_one_who_keeps_it(room: Room) -> None:
    await publish(room, TWO)
    found = await ledger(room)
    async with room.database.reading() as session:
        owner = (await session.exec(select(StaffMember.id).where(StaffMember.name == "林一"))).one()
    assert [promise.text for promise in found] == ["今晚22:00前在这里公布结果", "三日内把碎玻璃清理干净"]
    assert [promise.due_at for promise in found] == [room.now.replace(hour=22, minute=0), room.now + timedelta(days=3)]
    assert {promise.owner for promise in found} == {owner}
    assert {promise.state(room.now) for promise in found} == {PromiseState.OPEN}


@pytest.mark.both_databases
async def test_it_rings_before_when_due_and_at_last_for_the_leader(room: Room) -> None:
    await publish(room)
    due = (await ledger(room))[0].due_at
    assert due is not None
    room.clock.move_to(due - timedelta(minutes=50))
    assert await ring(room) == [], "a quarter of the time before the end, not sooner"
    room.clock.move_to(due - timedelta(minutes=49))
    (before,) = await ring(room)
    assert before.startswith("⏰ A1（II 级）承诺“今晚 22:00 前在这里公布结果”剩")
    room.clock.move_to(due)
    (missed,) = await ring(room)
    assert "已超时" in missed
    room.wait(minutes=59)
    assert await ring(room) == []
    room.wait(minutes=1)
    (broken,) = await ring(room)
    assert "现通知郑三" in broken
    room.wait(days=3)
    assert await ring(room) == [], "said once each"


async def test_kept_in_time_with_proof_it_rings_no_more(room: Room) -> None:
    await publish(room, TWO)
    room.wait(minutes=30)
    told = await keep(room, 1, "已公布结果 https://weibo.example/2")
    first, second = await ledger(room)
    assert told == "A1 第 1 项承诺“今晚22:00前在这里公布结果”已兑现，已记入台账。"
    assert (first.kept_at, first.proof_link, first.state(room.now)) == (room.now, "https://weibo.example/2", PromiseState.KEPT)
    assert second.is_open
    room.wait(days=2)
    assert all("清理干净" in text for text in await ring(room))
    async with room.database.reading() as session:
        clocks = {row.subject: row.state for row in await session.exec(select(Deadline).where(Deadline.kind == DeadlineKind.PROMISE))}
    assert clocks == {"1": DeadlineState.MET, "2": DeadlineState.RUNNING}


async def test_kept_late_is_called_late_for_ever(room: Room) -> None:
    await publish(room)
    room.wait(hours=20)
    await ring(room)
    assert "超时后才兑现" in await keep(room, None, "结果已公布，见评论区")
    room.wait(days=9)
    (promise,) = await ledger(room)
    assert promise.state(room.now) is PromiseState.KEPT_LATE
    async with room.database.reading() as session:
        card = await case_promises_card(session, await room.case(session), room.now)
    assert "超时后才兑现" in card.rows[0].text
    assert card.rows[0].text.endswith("：结果已公布，见评论区")


@pytest.mark.parametrize("proof", ["", "好了", "  ok "])
async def test_a_bare_word_proves_nothing(room: Room, proof: str) -> None:
    await publish(room)
    with pytest.raises(Refused, match="怎么兑现的"):
        await keep(room, 1, proof)


async def test_who_takes_the_case_over_keeps_what_it_owes(room: Room) -> None:
    await publish(room, TWO)
    await keep(room, 1, "结果已公布")
    async with room.database.transaction() as session:
        await take_over(session, await room.case(session), await room.person(session, "吴二"), room.now, room.desk)
        owners = [promise.owner for _, promise in await promise_ledger.numbered(session, await room.case(session))]
        people = [(await room.person(session, name)).id for name in ("林一", "吴二")]
    assert owners == people


async def test_which_promise_is_asked_where_it_is_not_plain(room: Room) -> None:
    await publish(room, TWO)
    with pytest.raises(Refused, match="第 1、2 项"):
        await keep(room, None, "都做完了")
    with pytest.raises(Refused, match="是哪一项"):
        await keep(room, 7, "都做完了")
    await keep(room, 1, "结果已公布")
    with pytest.raises(Refused, match="已经有结果"):
        await keep(room, 1, "结果已公布")


async def test_who_does_not_handle_cases_keeps_no_promises(room: Room) -> None:
    await publish(room)
    with pytest.raises(Refused, match="没有权限：兑现承诺"):
        await keep(room, 1, "结果已公布", by="许五")


async def test_a_later_reply_keeps_nothing_by_itself_and_asks_with_one_button(room: Room) -> None:
    await publish(room)
    await publish(room, "调查还在进行，请大家监督。", link="https://weibo.example/2")
    assert (await ledger(room))[0].is_open
    async with room.database.reading() as session:
        asked = next(row for row in await room.deliveries(session) if "没有登记兑现" in row.card["head"])
    assert asked.card["buttons"][0][0]["command"] == "兑现 A1 1 https://weibo.example/2"


async def test_a_case_with_open_promises_is_not_closed_without_a_word(room: Room) -> None:
    await publish(room, TWO)
    with pytest.raises(Refused, match="还有 2 项承诺没有兑现"):
        await close(room, "已道歉并赔偿")
    with pytest.raises(Refused, match="还有 2 项承诺没有兑现"):
        await close(room, "已道歉并赔偿，承诺未兑现")
    await keep(room, 1, "结果已公布")
    await close(room, "已道歉并赔偿。承诺未兑现：玻璃卡在井里，改由市政处理")
    kept, broken = await ledger(room)
    assert (kept.state(room.now), broken.state(room.now)) == (PromiseState.KEPT, PromiseState.BROKEN)
    assert broken.broken_why == "玻璃卡在井里，改由市政处理"
    room.wait(days=5)
    assert await ring(room) == []
    async with room.database.reading() as session:
        assert "玻璃卡在井里" in (await room.case(session)).outcome
        assert (await audit.verify(session)).broken_at is None


async def test_a_published_time_is_moved_by_no_command(room: Room) -> None:
    await publish(room)
    with pytest.raises(Refused, match="补充通报"):
        await set_due(room, 1, "明天18:00")


async def test_a_promise_without_a_time_is_given_one(room: Room) -> None:
    await publish(room, "我们正在核实，将尽快公布结果。")
    async with room.database.reading() as session:
        assert any("没有写期限" in text and "尽快公布结果" in text for text in await room.texts(session))
    with pytest.raises(Refused, match="请写明将来的时间"):
        await set_due(room, 1, "过几天")
    assert await set_due(room, 1, "明天18:00") == "A1 第 1 项承诺定在 明天 18:00，到期前提醒。"
    (promise,) = await ledger(room)
    assert promise.due_at == (room.now + timedelta(days=1)).replace(hour=18, minute=0)
    room.clock.move_to(promise.due_at)
    assert "已超时" in (await ring(room))[-1]


async def test_all_open_promises_stand_in_one_list_what_is_due_first_in_front(room: Room) -> None:
    async with room.database.reading() as session:
        assert (await open_promises_card(session, room.now)).head == "🤝 没有未兑现的承诺。"
    await publish(room, TWO)
    await keep(room, 1, "结果已公布")
    room.wait(days=4)
    async with room.database.reading() as session:
        card = await open_promises_card(session, room.now)
    assert card.head == "🤝 未兑现的承诺 1 项（其中超时 1）"
    assert (card.rows[0].label, "已超 1 天" in card.rows[0].text, "林一" in card.rows[0].text) == ("A1 第 2 项", True, True)


async def test_two_promises_in_one_sentence_are_two_with_their_own_times(room: Room) -> None:
    await publish(room, "我们今晚22:00前公布进展，三日内把碎玻璃清理干净。")
    found = await ledger(room)
    assert [promise.due_at for promise in found] == [room.now.replace(hour=22, minute=0), room.now + timedelta(days=3)]
    assert [promise.text for promise in found] == ["我们今晚22:00前公布进展", "三日内把碎玻璃清理干净"]


async def test_what_was_overdue_when_it_went_out_stands_in_the_ledger_as_overdue(room: Room) -> None:
    room.clock.move_to(room.now.replace(hour=23, minute=0))
    await publish(room, "今天18点前我们会公布结果。")
    (promise,) = await ledger(room)
    assert promise.state(room.now) is PromiseState.OVERDUE


async def test_a_promise_is_owed_although_the_case_was_called_a_false_alarm(room: Room) -> None:
    await publish(room)
    async with room.database.transaction() as session:
        person = await room.person(session, "林一")
        await judging.dismiss(session, await room.case(session), person, LabelKind.NOT_OURS, room.now, room.desk)
    due = (await ledger(room))[0].due_at
    assert due is not None
    room.clock.move_to(due)
    assert any("已超时" in text for text in await ring(room))
    await keep(room, 1, "结果已公布，见评论区")
    room.wait(days=2)
    assert await ring(room) == []
