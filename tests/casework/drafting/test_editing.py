"""From candidate to version: whose hand is in it, what it voids, what it binds."""

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.approval import Approval
from casework.case import Case, CaseState
from casework.drafting.draft import ReplyAuthor, ReplyVersion, VersionState
from casework.drafting.editing import current_text, edit_candidate, version_to_submit
from casework.drafting.slots import fill_slot
from casework.drafting.versions import bound_hash
from casework.errors import Refused
from casework.staff import StaffMember
from monitoring.event import Event
from storage.clock import ManualClock
from storage.engine import Database
from tests.casework.drafting.matters import DESK
from tests.casework.sample_case import QUOTE, SampleCase, seat_staff, write_case


@pytest.fixture
async def sample(database: Database, clock: ManualClock) -> SampleCase:
    async with database.transaction() as session:
        return await write_case(session, await seat_staff(session), clock.now())


async def _edit(session: AsyncSession, clock: ManualClock, who: str, text: str | None, ordinal: int = 1) -> ReplyVersion:
    return await edit_candidate(session, await _case(session), ordinal, text, await _member(session, who), clock.now(), DESK)


async def _case(session: AsyncSession) -> Case:
    return (await session.exec(select(Case).where(Case.number == "A12"))).one()


async def _member(session: AsyncSession, name: str) -> StaffMember:
    return (await session.exec(select(StaffMember).where(StaffMember.name == name))).one()


async def _authors(session: AsyncSession, version: ReplyVersion) -> set[str]:
    return set((await session.exec(select(StaffMember.name).join(ReplyAuthor).where(ReplyAuthor.version_id == version.id))).all())


async def test_as_composed_it_is_in_the_hand_of_who_drafted_and_who_took_it(
    database: Database, clock: ManualClock, sample: SampleCase
) -> None:
    async with database.transaction() as session:
        version = await _edit(session, clock, "周明", None)
        assert version.text == "我们看到了视频。【待核实：谁何时到场】。"
        assert await _authors(session, version) == {"李雯", "周明"}
        assert (version.number, version.state, version.required_approvals) == (1, VersionState.EDITING, 2)


async def test_who_edited_before_stays_an_author_of_what_is_left_of_the_words(
    database: Database, clock: ManualClock, sample: SampleCase
) -> None:
    async with database.transaction() as session:
        await _edit(session, clock, "周明", "我们看到了视频。当晚已封存记录仪画面。")
        kept = await _edit(session, clock, "李雯", "当晚已封存记录仪画面。请放心。", ordinal=2)
        rewritten = await _edit(session, clock, "李雯", "我们看到了视频。今天不再多说。")
        assert await _authors(session, kept) == {"李雯", "周明"}
        assert await _authors(session, rewritten) == {"李雯"}


async def test_who_filled_a_fact_that_stands_in_the_text_is_an_author(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    async with database.transaction() as session:
        await fill_slot(session, await _case(session), 1, "陈科长到场", "现场", "陈静", await _member(session, "陈静"), clock.now())
        with_fact = await _edit(session, clock, "李雯", None)
        without = await _edit(session, clock, "李雯", "我们看到了视频。")
        assert with_fact.text == "我们看到了视频。陈科长到场。"
        assert await _authors(session, with_fact) == {"李雯", "陈静"}
        assert await _authors(session, without) == {"李雯"}


async def test_an_edit_voids_every_earlier_version_and_its_approvals(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    async with database.transaction() as session:
        first = await _edit(session, clock, "李雯", "我们看到了视频，正在核实。")
        first.state = VersionState.SUBMITTED
        await session.flush()
        session.add(Approval(version_id=first.id or 0, approver_id=sample.staff["陈静"], bound_hash=first.bound_hash, at=clock.now()))
        await session.flush()
        second = await _edit(session, clock, "李雯", "我们看到了视频，正在核实，明天公布。")
        approval = (await session.exec(select(Approval))).one()
        assert (first.state, second.state, approval.voided_at) == (VersionState.VOID, VersionState.EDITING, clock.now())
        assert second.number == 2


async def test_only_quotes_that_still_stand_word_for_word_are_cited(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    async with database.transaction() as session:
        whole = await _edit(session, clock, "李雯", None, ordinal=2)
        altered = await _edit(session, clock, "李雯", whole.text.replace("说明理由", "讲明理由"), ordinal=2)
        assert [row["quote"] for row in whole.citations] == [QUOTE]
        assert altered.citations == []


async def test_editing_goes_on_from_the_newest_words(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    async with database.transaction() as session:
        await _edit(session, clock, "李雯", "改过一回【待核实：谁何时到场】")
        await fill_slot(session, await _case(session), 1, "王队", "电话", "王队", await _member(session, "李雯"), clock.now())
        assert await current_text(session, await _case(session), 1) == "改过一回王队"


async def _to_submit(session: AsyncSession, clock: ManualClock, ordinal: int | None = 1) -> ReplyVersion:
    return await version_to_submit(session, await _case(session), ordinal, await _member(session, "李雯"), clock.now(), DESK)


async def test_what_is_submitted_are_the_newest_words_as_the_event_is_now(
    database: Database, clock: ManualClock, sample: SampleCase
) -> None:
    async with database.transaction() as session:
        edited = await _edit(session, clock, "周明", "我们看到了视频，正在核实。")
        assert (await _to_submit(session, clock)).id == (await _to_submit(session, clock, None)).id == edited.id
        (await session.get_one(Event, sample.event_id)).revision += 1
        renewed = await _to_submit(session, clock)
        assert (renewed.text, renewed.event_revision, edited.state) == (edited.text, 2, VersionState.VOID)
        assert await _authors(session, renewed) == {"李雯", "周明"}
        assert (await _to_submit(session, clock, 2)).text.startswith("【待核实")


async def test_words_that_are_on_their_way_or_were_sent_back_are_not_submitted_again(
    database: Database, clock: ManualClock, sample: SampleCase
) -> None:
    async with database.transaction() as session:
        version = await _edit(session, clock, "李雯", "我们看到了视频，正在核实。")
        version.state = VersionState.SUBMITTED
        with pytest.raises(Refused, match="正等签发"):
            await _to_submit(session, clock)
        version.state, version.decision_note = VersionState.RETURNED, "没写时间"
        with pytest.raises(Refused, match="第 1 版被退回（没写时间），还没有改过"):
            await _to_submit(session, clock)
        with pytest.raises(Refused, match="送签哪一稿"):
            await _to_submit(session, clock, None)


async def test_what_was_withdrawn_or_has_expired_is_submitted_again_as_it_stood(
    database: Database, clock: ManualClock, sample: SampleCase
) -> None:
    async with database.transaction() as session:
        for state in (VersionState.WITHDRAWN, VersionState.VOID):
            version = await _edit(session, clock, "李雯", f"我们看到了视频，正在核实。{state.value}")
            version.state = state
            again = await _to_submit(session, clock)
            assert (again.text, again.number, again.state) == (version.text, version.number + 1, VersionState.EDITING)


@pytest.mark.parametrize(("ordinal", "text"), [(7, None), (1, "  "), (1, "长" * 5001)])
async def test_what_cannot_be_a_version_is_refused(
    database: Database, clock: ManualClock, sample: SampleCase, ordinal: int, text: str | None
) -> None:
    async with database.transaction() as session:
        with pytest.raises(Refused):
            await _edit(session, clock, "李雯", text, ordinal)


async def test_a_case_that_is_over_takes_no_more_versions(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    async with database.transaction() as session:
        (await _case(session)).state = CaseState.CLOSED
        with pytest.raises(Refused, match="已经结束"):
            await _edit(session, clock, "李雯", None)


def test_the_hash_binds_text_evidence_and_revision() -> None:
    cited = [{"key": "k", "text_hash": "h", "quote": "q", "note": "x"}]
    same = bound_hash("文", cited, 1)
    assert bound_hash("文", [{**cited[0], "note": "y"}], 1) == same
    changed = [
        ("字", cited, 1),
        ("文", [], 1),
        ("文", [{**cited[0], "text_hash": "i"}], 1),
        ("文", [{**cited[0], "quote": "r"}], 1),
        ("文", cited, 2),
    ]
    assert all(bound_hash(*other) != same for other in changed)


async def test_who_only_cut_a_text_is_an_author_of_it_when_somebody_else_submits_it_anew(
    database: Database, clock: ManualClock, sample: SampleCase
) -> None:
    async with database.transaction() as session:
        cut = await _edit(session, clock, "陈静", "我们看到了视频。")
        cut.state = VersionState.WITHDRAWN
        await session.flush()
        (await session.get_one(Event, sample.event_id)).revision += 1
        again = await _to_submit(session, clock)
        assert again.text == cut.text
        assert await _authors(session, again) == {"李雯", "陈静"}


async def test_other_stops_between_somebodys_words_do_not_make_them_anybody_elses(
    database: Database, clock: ManualClock, sample: SampleCase
) -> None:
    async with database.transaction() as session:
        await _edit(session, clock, "陈静", "我们看到了视频。当晚已封存三台记录仪的全部画面。")
        altered = await _edit(session, clock, "李雯", "我们看到了视频；当晚，已封存三台记录仪的全部画面，请放心。")
        assert await _authors(session, altered) == {"李雯", "陈静"}
