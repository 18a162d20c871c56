"""What staff see of a draft."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from casework.case import Case
from casework.checks.finding import Finding, found
from casework.drafting.card import draft_card, slots_card
from casework.drafting.draft import CandidateRow, Draft
from casework.drafting.editing import candidates_of, latest_draft
from casework.drafting.slots import fill_slot, slots_of
from casework.message import Card
from casework.staff import StaffMember, names_by_id
from language.periods import clock_phrase
from storage.clock import CHINA, ManualClock
from storage.engine import Database
from tests.casework.sample_case import QUOTE, SampleCase, seat_staff, write_case

FINDINGS = (found("open_slot", "【待核实：谁】"), found("ask_missing", ask="是否公布视频"))


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
    assert [button.command for row in card.buttons for button in row] == [
        "补充 A12", "改稿 A12 1", "换语气 A12 1", "送签 A12 1", "依据 A12 1",
    ]  # fmt: skip
    assert [button.label for row in card.buttons for button in row] == ["补充事实", "改第①稿", "换语气", "送签①", "查看依据"]


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


def _draft(evidence: list[dict[str, str]], question: str = "") -> Draft:
    return Draft(
        case_id=1, number=1, event_revision=1, writer="内置起草", frames_version="f", evidence=evidence, next_question=question,
        requested_by=1, created_at=datetime(2026, 3, 6, tzinfo=CHINA),
    )  # fmt: skip


def _text_of(text: str, evidence: list[dict[str, str]], findings: tuple[Finding, ...] = (), question: str = "") -> str:
    """The card of a draft whose one candidate is this text."""
    case = Case(number="A12", event_id=1, opened_at=datetime(2026, 3, 6, tzinfo=CHINA))
    sentences = [{"text": text, "kind": "fact", "refs": []}]
    candidate = CandidateRow(draft_id=1, ordinal=1, strategy="先行告知", channel="微博评论", sentences=sentences, risk="低：只说看到了")
    return draft_card(case, _draft(evidence, question), [candidate], [], findings).as_text()


CLAUSE = {"kind": "clause", "key": "k", "name": "《城镇夜市管理办法》第十二条", "quote": QUOTE, "text_hash": "t", "note": ""}
CITING = f"我们看到了视频。《城镇夜市管理办法》第十二条规定：“{QUOTE}”"


def test_quotes_are_counted_and_marked_by_what_the_checks_found() -> None:
    sound = _text_of(CITING, [CLAUSE])
    assert "✓ 引用 1/1 逐字、有效" in sound
    assert f"“{QUOTE}” ✓现行有效 ✓逐字" in sound
    repealed = _text_of(CITING, [CLAUSE], (found("clause_not_in_force", CLAUSE["name"], name=CLAUSE["name"]),))
    assert "⛔ 引用 0/1" in repealed
    assert "✓现行有效" not in repealed


def test_without_a_clause_the_card_says_so_and_names_the_past_cases() -> None:
    past = {"kind": "case", "key": "P-7", "name": "夜市货架被推倒", "quote": "", "text_hash": "", "note": ""}
    assert "没有找到可引用的现行条款，此稿不引法条。相近的历史案例 1 件 ▸" in _text_of("我们看到了视频。", [past])
    assert "历史案例" not in _text_of("我们看到了视频。", [])


def test_the_question_that_the_first_candidate_leaves_open_is_named() -> None:
    asked = "人伤了没有？记录仪视频公布吗？"
    assert "—— ① 未答第二问" in _text_of("摊主手部擦伤，人伤得不重，已经包扎。", [], question=asked)
    assert "—— ① 未答第一问、第二问" in _text_of("我们看到了。", [], question=asked)
    assert "未答" not in _text_of("摊主手部擦伤，人伤得不重。记录仪视频在这里公布。", [], question=asked)
