"""What staff see of a draft."""

from datetime import timedelta

import pytest
from sqlmodel import select

from casework.case import Case
from casework.checks.finding import found
from casework.drafting.card import draft_card, slots_card
from casework.drafting.editing import candidates_of, latest_draft
from casework.drafting.slots import fill_slot, slots_of
from casework.message import Card
from casework.staff import StaffMember, names_by_id
from language.periods import clock_phrase
from storage.clock import ManualClock
from storage.engine import Database
from tests.casework.sample_case import QUOTE, SampleCase, seat_staff, write_case

FINDINGS = (found("open_slot", "【待核实：谁】", name="谁"), found("ask_missing", ask="是否公布视频"))


@pytest.fixture
async def sample(database: Database, clock: ManualClock) -> SampleCase:
    async with database.transaction() as session:
        return await write_case(session, await seat_staff(session), clock.now())


async def _cards(database: Database, clock: ManualClock) -> tuple[Card, Card]:
    async with database.reading() as session:
        case = (await session.exec(select(Case))).one()
        draft = await latest_draft(session, case)
        assert draft is not None
        slots = await slots_of(session, case)
        return draft_card(case, draft, await candidates_of(session, draft), slots, FINDINGS), slots_card(case, slots, clock.now())


async def test_the_card_shows_the_first_candidate_its_evidence_and_what_blocks(
    database: Database, clock: ManualClock, sample: SampleCase
) -> None:
    card, _ = await _cards(database, clock)
    text = card.as_text()
    assert card.head == "A12 拟稿 · 2 个候选（事实尚未核实，推荐 ①）"
    assert card.body == "我们看到了视频。【待核实：谁何时到场】。"
    assert f"《城镇夜市管理办法》第十二条：“{QUOTE}”" in text
    assert "⛔ 1 处待核实" in text
    assert "要先改好" not in text
    assert "没有回应：“是否公布视频”" in text
    assert [button.command for row in card.buttons for button in row] == ["补充 A12", "改稿 A12 1", "送签 A12 1", "依据 A12"]


async def test_a_verified_fact_stands_in_every_candidate_and_says_how(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    async with database.transaction() as session:
        case, staff = (await session.exec(select(Case))).one(), (await session.exec(select(StaffMember))).first()
        assert staff is not None
        for ordinal, value in ((1, "周队 19:20 到场"), (2, "今晚 22:00")):
            await fill_slot(session, case, ordinal, value, "现场电话", "周明", staff, clock.now())
    card, slots = await _cards(database, clock)
    assert card.body == "我们看到了视频。周队 19:20 到场。"
    assert all("可以送签" in row.text for row in card.rows[:2])
    assert "补充 A12" not in [button.command for row in card.buttons for button in row]
    assert slots.head == "A12 待核实 0 处，已核实 2 处"
    assert slots.rows[0].text == "谁何时到场：周队 19:20 到场（周明，现场电话）"


async def test_an_open_fact_says_who_finds_it_out_by_when(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    async with database.transaction() as session:
        case = (await session.exec(select(Case))).one()
        asked, waiting = (await slots_of(session, case))[:2]
        asked.asked_of, asked.due_at = sample.staff["周明"], clock.now() + timedelta(hours=1)
        card = slots_card(case, [asked, waiting], clock.now(), await names_by_id(session))
    assert f"周明{clock_phrase(clock.now() + timedelta(hours=1), clock.now())} 前要" in card.rows[0].text
    assert card.rows[1].text == f"{waiting.name}（还没有）"
