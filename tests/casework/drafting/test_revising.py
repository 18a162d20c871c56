"""A revision as rows, on both databases: whose hand it is, what it came from, and the way back."""

from datetime import timedelta

import pytest
from sqlmodel import select

from casework.case import Case
from casework.delivery import Place, enqueue
from casework.drafting.draft import Draft, VersionState
from casework.drafting.editing import current_text, edit_candidate
from casework.drafting.errand import Errand, ErrandState, is_overtaken, waiting_errands
from casework.drafting.reviser import Reviser
from casework.drafting.revising import store_revision, task_for, undo
from casework.drafting.revision import history_of
from casework.drafting.rewording import Revised
from casework.drafting.slots import fill_slot, slots_of
from casework.drafting.versions import authors_of, versions_of
from casework.errors import Refused
from casework.message import Card, CardKind
from casework.staff import StaffMember
from monitoring.event import Event
from storage import audit
from storage.clock import ManualClock
from storage.engine import Database
from tests.casework.room import make_desk
from tests.casework.sample_case import SampleCase, seat_staff, write_case

DESK = make_desk()

pytestmark = pytest.mark.both_databases


@pytest.fixture
async def sample(database: Database, clock: ManualClock) -> SampleCase:
    async with database.transaction() as session:
        return await write_case(session, await seat_staff(session), clock.now())


async def revise(database: Database, clock: ManualClock, sample: SampleCase, wish: str, name: str = "李雯") -> str:
    async with database.transaction() as session:
        case, staff = await session.get_one(Case, sample.case_id), await session.get_one(StaffMember, sample.staff[name])
        task = await task_for(session, case, 1, wish, clock.now(), DESK)
        revised = await Reviser().revise(task)
        return (await store_revision(session, case, 1, task, revised, staff, clock.now(), DESK)).text


async def go_back(database: Database, clock: ManualClock, sample: SampleCase) -> str:
    async with database.transaction() as session:
        case, staff = await session.get_one(Case, sample.case_id), await session.get_one(StaffMember, sample.staff["李雯"])
        return (await undo(session, case, 1, staff, clock.now(), DESK)).text


async def test_a_step_remembers_its_text_its_wish_and_its_author(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    apologised = await revise(database, clock, sample, "加上道歉")
    await revise(database, clock, sample, "加上电话", "周明")
    async with database.reading() as session:
        case = await session.get_one(Case, sample.case_id)
        first, second = await versions_of(session, case)
        history = await history_of(session, sample.draft_id, 1)
        assert await authors_of(session, [second]) >= {sample.staff["李雯"], sample.staff["周明"]}
        assert (await audit.verify(session)).broken_at is None
    assert (first.state, second.state) == (VersionState.VOID, VersionState.EDITING)
    assert history.comments == ("加上道歉", "加上电话")
    assert history.before(second.id or 0) == first.id
    assert history.texts[first.id or 0] == apologised


async def test_the_way_back_ends_at_the_candidate_and_keeps_facts(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    apologised = await revise(database, clock, sample, "加上道歉")
    async with database.transaction() as session:
        case, staff = await session.get_one(Case, sample.case_id), await session.get_one(StaffMember, sample.staff["李雯"])
        slot = (await slots_of(session, case))[0]
        await fill_slot(session, case, slot.ordinal, "周队 19:20 到场", "现场电话", "周明", staff, clock.now())
    await revise(database, clock, sample, "加上电话")
    assert await go_back(database, clock, sample) == apologised.replace(f"【待核实：{slot.name}】", "周队 19:20 到场")
    composed = await go_back(database, clock, sample)
    assert "道歉" not in composed
    assert "周队 19:20 到场" in composed
    with pytest.raises(Refused):
        await go_back(database, clock, sample)


async def test_a_text_that_moved_is_not_overwritten(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    async with database.transaction() as session:
        case, staff = await session.get_one(Case, sample.case_id), await session.get_one(StaffMember, sample.staff["李雯"])
        task = await task_for(session, case, 1, "加上道歉", clock.now(), DESK)
        revised = await Reviser().revise(task)
        await edit_candidate(session, case, 1, "别人先改了。", staff, clock.now(), DESK)
        with pytest.raises(Refused):
            await store_revision(session, case, 1, task, revised, staff, clock.now(), DESK)
        assert await current_text(session, case, 1) == "别人先改了。"


async def test_a_wish_without_end_is_refused(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    with pytest.raises(Refused):
        await revise(database, clock, sample, "短" * 301)


async def test_an_errand_waits_until_people_go_on(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    async with database.transaction() as session:
        case = await session.get_one(Case, sample.case_id)
        card = await enqueue(session, Card(CardKind.DRAFT, "A12"), Place("staff_room", "duty"), clock.now(), key="draft:1", case_id=case.id)
        errand = Errand(
            case_id=sample.case_id, draft_id=sample.draft_id, delivery_id=card.id or 0, asked_by=sample.staff["李雯"], asked_at=clock.now()
        )
        session.add(errand)
        await session.flush()
        assert await waiting_errands(session) == [errand]
        assert not await is_overtaken(session, errand, case)
        event = await session.get_one(Event, sample.event_id)
        event.revision += 1
        assert await is_overtaken(session, errand, case), "the event moved on"
        event.revision -= 1
        draft = await session.get_one(Draft, sample.draft_id)
        again = Draft(
            case_id=case.id or 0, number=draft.number + 1, event_revision=1, writer="x", frames_version="f",
            requested_by=draft.requested_by, created_at=clock.now() + timedelta(seconds=1),
        )  # fmt: skip
        session.add(again)
        await session.flush()
        assert await is_overtaken(session, errand, case), "somebody drafted again"
        errand.state = ErrandState.DONE
        await session.flush()
        assert await waiting_errands(session) == []
    async with database.reading() as session:
        assert (await session.exec(select(Errand))).one().state is ErrandState.DONE


async def test_who_wrote_a_text_is_an_author_of_what_a_model_made_of_it(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    async with database.transaction() as session:
        case, now = await session.get_one(Case, sample.case_id), clock.now()
        people = {name: await session.get_one(StaffMember, sample.staff[name]) for name in ("陈静", "李雯")}
        await edit_candidate(session, case, 1, "执法队员推搡摊主，是我们错了。", people["陈静"], now, DESK)
        task = await task_for(session, case, 1, "换一种说法", now, DESK)
        reworded = Revised("推人不对，我们认错。", by="某模型")
        version = await store_revision(session, case, 1, task, reworded, people["李雯"], now, DESK)
        assert await authors_of(session, [version]) == {sample.staff["陈静"], sample.staff["李雯"]}
