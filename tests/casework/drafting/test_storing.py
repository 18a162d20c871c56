"""From the rows of a case to a stored draft."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case
from casework.desk import Desk
from casework.drafting.composer import EmbeddedWriter
from casework.drafting.draft import CandidateRow, Draft
from casework.drafting.editing import candidates_of, latest_draft, version_to_submit
from casework.drafting.evidence import find_evidence
from casework.drafting.matter import Matter, Standing, gather
from casework.drafting.slots import fill_slot, open_slots, slots_of
from casework.drafting.storing import store_draft
from casework.errors import Refused
from casework.staff import StaffMember
from language.periods import written_day
from monitoring.event import Event
from storage.audit import verify
from storage.clock import ManualClock
from storage.engine import Database
from tests.casework.drafting.matters import DESK
from tests.casework.drafting.shelf import TODAY, stocked
from tests.casework.sample_case import HOSTILE, SampleCase, seat_staff, write_case


@pytest.fixture
async def sample(database: Database, clock: ManualClock) -> SampleCase:
    async with database.transaction() as session:
        return await write_case(session, await seat_staff(session), clock.now())


async def _gathered(database: Database, clock: ManualClock, desk: Desk = DESK) -> Matter:
    async with database.reading() as session:
        return await gather(session, (await session.exec(select(Case))).one(), clock.now(), desk)


async def _draft(database: Database, clock: ManualClock, matter: Matter) -> Draft:
    evidence = await asyncio.to_thread(find_evidence, matter, stocked(), DESK, TODAY)  # type: ignore[arg-type]
    written = await EmbeddedWriter().write(matter, evidence)
    async with database.transaction() as session:
        case, staff = (await session.exec(select(Case))).one(), await _member(session)
        return await store_draft(session, case, matter, evidence, written, staff, clock.now())


async def _member(session: AsyncSession) -> StaffMember:
    return (await session.exec(select(StaffMember).where(StaffMember.name == "李雯"))).one()


async def test_the_matter_is_read_from_the_rows_without_duplicates(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    matter = await _gathered(database, clock)
    assert (matter.case_number, matter.level, matter.line, matter.event_revision) == ("A12", 2, "市容秩序", 1)
    assert [post.text for post in matter.posts] == [HOSTILE, "队员先说了三遍"]
    assert matter.standing is Standing.URGENT
    assert matter.asks


async def test_a_draft_is_stored_whole_and_shares_its_slots_with_the_case(
    database: Database, clock: ManualClock, sample: SampleCase
) -> None:
    await _draft(database, clock, await _gathered(database, clock))
    async with database.reading() as session:
        case = (await session.exec(select(Case))).one()
        draft = await latest_draft(session, case)
        assert draft is not None
        assert draft.number == 2
        rows = await candidates_of(session, draft)
        texts = ["".join(sentence["text"] for sentence in row.sentences) for row in rows]
        names = {slot.name for slot in await slots_of(session, case)}
        assert len(rows) == 3
        assert all(row.reason.startswith(f"{row.strategy}：") and row.risk for row in rows)
        assert len({row.next_question for row in rows}) > 1, "each candidate has the question that follows it"
        assert {name for text in texts for name in open_slots(text)} <= names
        assert len({slot.ordinal for slot in await slots_of(session, case)}) == len(names)
        assert (await verify(session)).broken_at is None


async def test_a_draft_of_an_event_that_has_moved_on_is_refused(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    matter = await _gathered(database, clock)
    async with database.transaction() as session:
        (await session.exec(select(Event))).one().revision += 1
    with pytest.raises(Refused, match="新变化"):
        await _draft(database, clock, matter)
    async with database.reading() as session:
        assert len((await session.exec(select(CandidateRow))).all()) == 2


async def test_a_fact_that_was_verified_serves_the_next_draft(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    await _draft(database, clock, await _gathered(database, clock))
    async with database.transaction() as session:
        case = (await session.exec(select(Case))).one()
        found = next(slot for slot in await slots_of(session, case) if slot.name == "核查结论")
        await fill_slot(session, case, found.ordinal, "不属实，视频是别处的", "调看监控", "周明", await _member(session), clock.now())
    matter = await _gathered(database, clock)
    assert matter.standing is Standing.RUMOUR
    assert matter.facts["核查结论"] == "不属实，视频是别处的"
    assert (await _draft(database, clock, matter)).event_revision == 2


async def test_what_the_settings_state_needs_no_asking_but_gives_way_to_what_was_verified(
    database: Database, clock: ManualClock, sample: SampleCase
) -> None:
    reachable = replace(DESK, department=replace(DESK.department, duty_phone="12319"))
    await _draft(database, clock, await _gathered(database, clock, reachable))
    async with database.transaction() as session:
        case = (await session.exec(select(Case))).one()
        phone = next(slot for slot in await slots_of(session, case) if slot.name == "值班电话")
        assert (phone.value, phone.verified_how, phone.filled_by) == ("12319", "自动填写", None)
        await fill_slot(session, case, phone.ordinal, "12345", "值班表", "周明", await _member(session), clock.now())
    await _draft(database, clock, await _gathered(database, clock, reachable))
    async with database.reading() as session:
        case = (await session.exec(select(Case))).one()
        assert {slot.name: slot.value for slot in await slots_of(session, case)}["值班电话"] == "12345"


async def _dated_candidate(session: AsyncSession, case: Case) -> int:
    draft = await latest_draft(session, case)
    assert draft is not None
    rows = await candidates_of(session, draft)
    return next(row.ordinal for row in rows if any("【待核实：答复日期】" in sentence["text"] for sentence in row.sentences))


async def test_a_reply_is_dated_on_the_day_on_which_it_is_submitted(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    await _draft(database, clock, await _gathered(database, clock))
    drafted_on = written_day(clock.now())
    async with database.transaction() as session:
        case, staff = (await session.exec(select(Case))).one(), await _member(session)
        ordinal = await _dated_candidate(session, case)
        first = await version_to_submit(session, case, ordinal, staff, clock.now(), DESK)
        assert first.text.endswith(drafted_on)
        clock.move_to(clock.now() + timedelta(days=1))
        again = await version_to_submit(session, case, ordinal, staff, clock.now(), DESK)
        assert again.text.endswith(written_day(clock.now()))
        assert drafted_on not in again.text


async def test_a_date_that_somebody_wrote_stays(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    await _draft(database, clock, await _gathered(database, clock))
    async with database.transaction() as session:
        case, staff = (await session.exec(select(Case))).one(), await _member(session)
        slot = next(slot for slot in await slots_of(session, case) if slot.name == "答复日期")
        await fill_slot(session, case, slot.ordinal, "2026年1月2日", "发文稿", "周明", staff, clock.now())
        clock.move_to(clock.now() + timedelta(days=1))
        version = await version_to_submit(session, case, await _dated_candidate(session, case), staff, clock.now(), DESK)
        assert version.text.endswith("2026年1月2日")
