"""Facts in chat: asked one after the other, handed to colleagues, and asked for when their time has come."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.commands.dispatcher import Dispatcher
from bot.house import House
from bot.timekeeper import Timekeeper
from casework.case import Case, CaseState
from casework.chat import ChatCapabilities, Incoming
from casework.delivery import Delivery
from casework.drafting.draft import FactSlot
from casework.inquiry import LONGEST, SHORTEST, due_by
from casework.message import Card
from casework.questioning import PATIENCE, needed_slots
from casework.staff import StaffMember
from storage.clock import ManualClock
from tests.adapters.recording_chat import RecordingChat
from tests.bot.department import OUTRAGE, START, opened, settings

GROUPS = [{"platform": "telegram", "chat": "g", "name": "值班群", "fallback": True}]
ACCOUNTS = {"李雯": {"telegram": "liwen"}, "周明": {"telegram": "zhouming"}}


@pytest.fixture
async def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
async def house(tmp_path: Path, clock: ManualClock) -> AsyncIterator[House]:
    async with opened(settings(tmp_path, GROUPS, ACCOUNTS), tmp_path, clock) as house:
        for text in (f"收录 {OUTRAGE[0]}", "认领 A1", "拟稿 A1"):
            await said(house, text)
        yield house


async def said(house: House, text: str, user: str = "liwen", **extra: object) -> str:
    """What a person gets back, as text; empty for silence."""
    chat = RecordingChat()
    chat.capabilities = ChatCapabilities(buttons=True, edits=True, approvals=True, domestic=True)
    response = await Dispatcher(house, {"telegram": chat}).handle(Incoming("telegram", "g", user, text=text, **extra))  # type: ignore[arg-type]
    return "\n".join(card.as_text() for card in response.cards) if response else ""


async def to_bot(house: House, text: str, user: str = "liwen") -> str:
    return await said(house, text, user, mentioned=True)


async def slots(house: House, *, first_candidate: bool = False) -> list[FactSlot]:
    async with house.database.reading() as session:
        if first_candidate:
            return await needed_slots(session, (await session.exec(select(Case))).one())
        return list((await session.exec(select(FactSlot).order_by(col(FactSlot.ordinal)))).all())


async def turn(house: House, tmp_path: Path) -> None:
    await Timekeeper(house.database, house.clock, house.desk, tmp_path / "anchor", house.stirred).turn()


async def notices(house: House) -> list[Card]:
    async with house.database.reading() as session:
        rows = (await session.exec(select(Delivery).order_by(col(Delivery.id)))).all()
        return [card for row in rows if (card := Card.from_json(row.card)) and "查实" in card.as_text()]


async def test_each_fact_is_asked_for_in_turn_with_its_proof(house: House) -> None:
    wanted = [slot.name for slot in await slots(house, first_candidate=True)]
    asked = await said(house, "补充 A1")
    assert f"1/{len(wanted)}：{wanted[0]}" in asked
    assert "谁核实的" in await to_bot(house, "周队 19:20 到场")
    told = await to_bot(house, "现场电话，周队")
    assert f"{wanted[0]}：周队 19:20 到场（周队，现场电话）" in told
    assert f"2/{len(wanted)}：{wanted[1]}" in told
    known = {slot.name: slot for slot in await slots(house)}[wanted[0]]
    assert (known.value, known.verified_how, known.verified_by) == ("周队 19:20 到场", "现场电话", "周队")


async def test_the_proof_may_come_in_two_messages_and_be_ones_own(house: House) -> None:
    await said(house, "补充 A1")
    await to_bot(house, "两名队员已经停职")
    assert "谁核实的" in await to_bot(house, "现场查看")
    assert "（李雯，现场查看）" in await to_bot(house, "我")


async def test_to_the_last_fact_and_then_the_way_to_approval(house: House) -> None:
    told = await said(house, "补充 A1")
    for _ in await slots(house, first_candidate=True):
        told = await to_bot(house, "带班负责人已到场 核实：现场电话，周队")
    assert "送签 A1 1" in told
    assert all(slot.value for slot in await slots(house, first_candidate=True))


async def test_what_nobody_knows_yet_is_skipped_and_stays_open(house: House) -> None:
    wanted = [slot.name for slot in await slots(house, first_candidate=True)]
    await said(house, "补充 A1")
    assert wanted[1] in await to_bot(house, "跳过")
    assert not any(slot.filled_by for slot in await slots(house))


async def test_stopping_ends_the_questions(house: House) -> None:
    await said(house, "补充 A1")
    assert "先补到这里" in await to_bot(house, "停")
    await to_bot(house, "周队 19:20 到场")
    assert not any(slot.filled_by for slot in await slots(house))


@pytest.mark.parametrize("talk", ["收到", "周队到了没有？"])
async def test_what_colleagues_say_to_each_other_is_no_fact(house: House, talk: str) -> None:
    await said(house, "补充 A1")
    await said(house, talk)
    await to_bot(house, talk, user="zhouming")
    assert "1/" in await said(house, "补充 A1")
    assert not any(slot.filled_by for slot in await slots(house))


async def test_a_question_to_the_bot_is_answered_as_one(house: House) -> None:
    await said(house, "补充 A1")
    await to_bot(house, "今天多少条？")
    assert "谁核实的" in await to_bot(house, "周队 19:20 到场")


async def test_an_old_question_takes_nothing(house: House, clock: ManualClock) -> None:
    await said(house, "补充 A1")
    clock.move_to(START + PATIENCE + timedelta(minutes=1))
    await to_bot(house, "周队 19:20 到场")
    await to_bot(house, "现场电话，周队")
    assert not any(slot.filled_by for slot in await slots(house))


async def test_a_due_fact_is_asked_for_once_by_name(house: House, clock: ManualClock, tmp_path: Path) -> None:
    due = min(slot.due_at for slot in await slots(house) if slot.due_at)
    assert START < due < START + timedelta(hours=5)
    clock.move_to(due)
    await turn(house, tmp_path)
    await turn(house, tmp_path)
    [card] = await notices(house)
    assert card.mentions == ("李雯",)
    assert (await slots(house, first_candidate=True))[0].name in card.as_text()


async def test_a_known_fact_and_an_ended_case_are_not_asked_for(house: House, clock: ManualClock, tmp_path: Path) -> None:
    for slot in (await slots(house, first_candidate=True))[1:]:
        await said(house, f"补充 A1 {slot.ordinal} 已到场 核实：现场电话，周队")
    async with house.database.transaction() as session:
        (await session.exec(select(Case))).one().state = CaseState.CLOSED
    clock.move_to(START + LONGEST)
    await turn(house, tmp_path)
    assert not await notices(house)


async def test_a_fact_is_handed_to_a_colleague_who_is_called(house: House, clock: ManualClock, tmp_path: Path) -> None:
    assert "周明" in await said(house, "交办 A1 2 周明 20:30 前")
    [card] = await notices(house)
    assert card.mentions == ("周明",)
    entrusted = (await slots(house))[1]
    assert entrusted.due_at is not None
    assert f"{entrusted.due_at.astimezone(START.tzinfo):%H:%M}" == "20:30"
    clock.move_to(START + LONGEST)
    await turn(house, tmp_path)
    assert set((await notices(house))[-1].mentions) == {"李雯", "周明"}


async def test_an_approver_is_told_before_filling_a_fact_that_it_costs_the_signature(house: House) -> None:
    assert "不能再签发" not in await said(house, "补充 A1")
    assert "不能再签发" in await said(house, "补充 A1", user="zhouming")
    assert "不能再签发" in await said(house, "交办 A1 2 周明 20:30 前")


async def test_an_approver_who_filled_a_fact_may_sign_once_another_has_verified_it_anew(house: House) -> None:
    for slot in await slots(house, first_candidate=True):
        await said(house, f"补充 A1 {slot.ordinal} 带班负责人已到场 核实：现场电话，周队", user="zhouming")
    assert "周明写过这一稿或补过其中的事实" in await said(house, "送签 A1 1")
    for slot in await slots(house, first_candidate=True):
        await said(house, f"补充 A1 {slot.ordinal} 带班负责人已到场 核实：现场电话，周队")
    await said(house, "拟稿 A1")
    assert "还差" not in await said(house, "送签 A1 1")
    assert "已签发" in await said(house, "签发 A1", user="zhouming")


async def test_what_only_another_candidate_would_need_is_not_asked_for(house: House, clock: ManualClock, tmp_path: Path) -> None:
    await said(house, "拟稿 A1 致歉整改 微博评论")
    await said(house, "拟稿 A1")
    needed = {slot.name for slot in await slots(house, first_candidate=True)}
    other = [slot.name for slot in await slots(house) if slot.due_at and slot.name not in needed]
    assert other
    clock.move_to(START + LONGEST)
    await turn(house, tmp_path)
    told = "".join(card.as_text() for card in await notices(house))
    assert all(name in told for name in needed)
    assert not any(name in told for name in other)


async def test_after_the_answer_nobody_is_asked_for_its_facts(house: House, clock: ManualClock, tmp_path: Path) -> None:
    async with house.database.transaction() as session:
        (await session.exec(select(Case))).one().state = CaseState.REPLIED
    clock.move_to(START + LONGEST)
    await turn(house, tmp_path)
    assert not await notices(house)


@pytest.mark.parametrize(("order", "told"), [
    ("交办 A1 周明", "例如"), ("交办 A1 2 王五", "名单里没有"), ("交办 A1 99 周明", "99"), ("交办 A1 2 周明 改天", "没看懂"),
])  # fmt: skip
async def test_an_order_that_cannot_be_carried_out_says_how(house: House, order: str, told: str) -> None:
    assert told in await said(house, order)
    assert not await notices(house)


def test_a_fact_is_due_half_way_to_the_answer() -> None:
    assert due_by(START + timedelta(hours=4), START) == START + timedelta(hours=2)
    assert due_by(START - timedelta(hours=4), START) == START + SHORTEST
    assert due_by(None, START) == due_by(START + timedelta(days=9), START) == START + LONGEST


async def test_who_lost_the_right_since_the_question_was_asked_fills_nothing(house: House) -> None:
    await said(house, "补充 A1")
    async with house.database.transaction() as session:
        (await session.exec(select(StaffMember).where(StaffMember.name == "李雯"))).one().roles = []
    assert "需要" in await to_bot(house, "周队 19:20 到场 核实：现场电话，周队")
    assert all(slot.filled_by is None for slot in await slots(house))
