"""What staff look at is what the rows say."""

from datetime import date, timedelta

import pytest

from casework.approval import Approval
from casework.case import Case, CaseState
from casework.deadline import DeadlineKind
from casework.drafting.draft import FactSlot, VersionState
from casework.drafting.view import Piece, draft_view, pieces_of
from casework.view import case_view, clause_view, open_cases, past_case
from monitoring.event import Event
from storage.clock import ManualClock
from storage.engine import Database
from tests.casework.sample_case import (
    CLAUSE_KEY,
    OFFICIALESE,
    PLACE_SLOT,
    QUOTE,
    TIME_SLOT,
    SampleCase,
    seat_staff,
    stored,
    write_case,
    write_version,
)


@pytest.fixture
async def sample(database: Database, clock: ManualClock) -> SampleCase:
    async with database.transaction() as session:
        return await write_case(session, await seat_staff(session), clock.now())


async def test_the_desk_lists_live_cases_the_gravest_first(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    async with database.transaction() as session:
        for number, level, state in (("A13", 1, CaseState.OPEN), ("A14", 4, CaseState.OPEN), ("A15", 1, CaseState.CLOSED)):
            event = Event(headline=f"事{number}", line="其他", level=level, first_posted_at=clock.now(), last_posted_at=clock.now())
            session.add(Case(number=number, event_id=await stored(session, event), state=state, opened_at=clock.now()))
    async with database.reading() as session:
        cases = await open_cases(session)
    assert [case.number for case in cases] == ["A13", "A12", "A14"]
    assert (cases[1].owner, cases[1].next_deadline, cases[1].due_at) == (
        "李雯",
        DeadlineKind.FIRST_RESPONSE,
        clock.now() + timedelta(hours=5),
    )
    assert cases[0].owner is None


async def test_a_case_shows_its_posts_folded_and_its_clocks(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    async with database.reading() as session:
        case = await case_view(session, " a12 ", clock.now())
        late = await case_view(session, "A12", clock.now() + timedelta(hours=6))
    assert case is not None
    assert late is not None
    assert [(item.posted_at.minute - clock.now().minute, item.repeats) for item in case.items] == [(0, 1), (1, 0)]
    assert case.next_deadline is not None
    assert not case.next_deadline.is_over
    assert late.next_deadline is not None
    assert late.next_deadline.is_over
    assert [step.text for step in case.steps] == ["认领"]


async def test_nobody_s_case_is_none(database: Database, clock: ManualClock) -> None:
    async with database.reading() as session:
        assert await case_view(session, "Z9", clock.now()) is None
        assert await draft_view(session, "Z9") is None
        assert await clause_view(session, "无") is None
        assert await past_case(session, "无") is None


async def test_a_filled_fact_stands_in_every_candidate(database: Database, sample: SampleCase) -> None:
    async with database.transaction() as session:
        slot = await session.get_one(FactSlot, 1)
        slot.value, slot.filled_by = "中队七点到场", sample.staff["周明"]
    async with database.reading() as session:
        draft = await draft_view(session, "A12")
    assert draft is not None
    first, second = draft.candidates
    assert first.text == "我们看到了视频。中队七点到场。"
    assert second.text == f"中队七点到场，【待核实：{TIME_SLOT}】公布。办法规定：“{QUOTE}”"
    assert draft.slots[0].filled_by == "周明"


async def test_each_sentence_names_its_own_sources(database: Database, sample: SampleCase) -> None:
    async with database.reading() as session:
        draft = await draft_view(session, "A12")
    assert draft is not None
    numbers = [[source.number for source in sentence.sources] for candidate in draft.candidates for sentence in candidate.sentences]
    assert numbers == [[], [2], [], [1]]


async def test_an_edited_text_takes_the_candidate_s_place_and_stays_what_people_work_on_when_it_is_void(
    database: Database, clock: ManualClock, sample: SampleCase
) -> None:
    async with database.transaction() as session:
        version = await write_version(session, sample, "改过的稿。", clock.now())
        session.add(
            Approval(
                version_id=await stored(session, version), approver_id=sample.staff["周明"], bound_hash=version.bound_hash, at=clock.now()
            )
        )
    async with database.reading() as session:
        draft = await draft_view(session, "A12")
    assert draft is not None
    edited = draft.candidates[0].edited
    assert edited is not None
    assert (edited.text, edited.authors, [approval.name for approval in edited.standing_approvals]) == ("改过的稿。", ("李雯",), ["周明"])
    assert edited.checks == (OFFICIALESE,)
    assert draft.candidates[1].edited is None
    async with database.transaction() as session:
        (await session.get_one(type(version), version.id)).state = VersionState.VOID
        (await session.get_one(Event, sample.event_id)).revision = 2
    async with database.reading() as session:
        later = await draft_view(session, "A12")
    assert later is not None
    assert later.candidates[0].current_text == "改过的稿。", "what 送签 would submit now"
    assert later.versions[0].is_stale


async def test_a_clause_has_its_neighbours_and_its_validity(database: Database, sample: SampleCase) -> None:
    async with database.reading() as session:
        clause = await clause_view(session, CLAUSE_KEY)
        first = await clause_view(session, CLAUSE_KEY.replace("第十二条", "第十一条"))
    assert clause is not None
    assert first is not None
    assert clause.before is not None
    assert clause.after is not None
    assert (clause.before.article, clause.after.article, first.before) == ("第十一条", "第十三条", None)
    assert not clause.in_force_on(date(2024, 5, 31))
    assert clause.in_force_on(date(2024, 6, 1))


def test_a_text_is_cut_at_its_slots_and_loses_nothing() -> None:
    text = f"先【待核实：{PLACE_SLOT}】，再【待核实：{TIME_SLOT}】"
    assert "".join(piece.text for piece in pieces_of(text, {})) == text
    assert pieces_of(text, {PLACE_SLOT: "七点"})[1:3] == (Piece("七点", PLACE_SLOT, known=True), Piece("，再"))
