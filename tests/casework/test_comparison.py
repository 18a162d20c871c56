"""对比: every edit between a candidate and what was approved, with its words."""

import pytest
from sqlmodel import select

from casework.case import Case
from casework.comparison import Comparison, comparison_card, comparison_of
from casework.difference import Change
from casework.drafting.editing import edit_candidate
from casework.staff import StaffMember
from storage.clock import ManualClock
from storage.engine import Database
from tests.casework.drafting.matters import DESK
from tests.casework.sample_case import SampleCase, seat_staff, write_case

FIRST = "我们看到了视频，正在核实。"
SECOND = "我们看到了视频，正在核实，今晚公布结果。"


@pytest.fixture
async def sample(database: Database, clock: ManualClock) -> SampleCase:
    async with database.transaction() as session:
        return await write_case(session, await seat_staff(session), clock.now())


async def compared(database: Database, clock: ManualClock, *texts: tuple[str, str]) -> tuple[Case, Comparison]:
    async with database.transaction() as session:
        case = (await session.exec(select(Case))).one()
        for name, text in texts:
            member = (await session.exec(select(StaffMember).where(StaffMember.name == name))).one()
            version = await edit_candidate(session, case, 1, text, member, clock.now(), DESK)
        return case, await comparison_of(session, case, version)


async def test_every_edit_and_the_whole(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    case, comparison = await compared(database, clock, ("李雯", FIRST), ("周明", FIRST), ("周明", SECOND))
    assert [(edit.before, edit.version.number, edit.editor, edit.places) for edit in comparison.edits] == [
        (None, 1, "李雯", 1),
        (1, 3, "周明", 1),
    ]
    assert "".join(run.text for run in comparison.runs if run.change is not Change.ADDED) == comparison.candidate
    assert "".join(run.text for run in comparison.runs if run.change is not Change.STRUCK) == SECOND
    card = comparison_card(case, comparison, clock.now())
    assert card.head == "🔍 A12 第 3 版（编辑中）：从候选①到这一版"
    assert [(row.label, row.text) for row in card.rows[:2]] == [
        ("候选① → 第 1 版", "李雯 18:42 · 改动 1 处"),
        ("第 1 版 → 第 3 版", "周明 18:42 · 改动 1 处"),
    ]
    assert "〔加：" in card.as_text()


async def test_as_composed_nothing_changed(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    case, comparison = await compared(database, clock, ("李雯", "我们看到了视频。【待核实：谁何时到场】。"))
    assert comparison.share == 0
    assert comparison_card(case, comparison, clock.now()).rows[0].text == "李雯 18:42 · 一字未改"
