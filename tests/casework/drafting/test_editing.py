"""From candidate to version: whose hand is in it, what it voids, what it binds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.approval import Approval
from casework.case import Case, CaseState
from casework.drafting.draft import ReplyAuthor, ReplyVersion, VersionState
from casework.drafting.editing import current_text, differences, edit_candidate
from casework.drafting.slots import fill_slot
from casework.drafting.versions import bound_hash
from casework.errors import Refused
from casework.staff import StaffMember
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


@given(st.text("我们看到了视频。，12", max_size=60), st.text("我们看到了视频。，12", max_size=60))
def test_differences_put_together_are_both_texts(old: str, new: str) -> None:
    runs = differences(old, new)
    assert "".join(run.old for run in runs) == old
    assert "".join(run.new for run in runs) == new
    assert all(run.same == (run.old == run.new) for run in runs)


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
