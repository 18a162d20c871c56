"""Past replies of other places: known by the file they come from, found behind our own, and marked as another place's practice."""

import json
from pathlib import Path

import pytest

from bot.conversation.policy import case_row
from knowledge_base.importing_in_bulk import import_path
from knowledge_base.reading_files import read_path
from knowledge_base.region import NATIONAL, Region
from retrieval.evidence import CaseHit
from retrieval.library import Library
from storage.clock import ManualClock
from storage.engine import Database

HERE = Region("江屿", "云川")
ROWS = [
    {"id": "there", "question": "夜市摊主半夜还在吵", "reply": "已要求夜市十点收摊。", "province": "江屿省", "city": "山城市"},
    {"id": "ours", "question": "夜市吵", "reply": "已劝导。"},
    {"id": "province", "question": "夜市收摊晚", "reply": "已转属地。", "province": "江屿省"},
]


def test_a_table_tells_the_place_by_its_columns(tmp_path: Path) -> None:
    table = tmp_path / "replies.csv"
    table.write_text("问题,答复,省份,城市\n夜市吵,已劝导。,,杭州市\n夜市吵,已处理。,江屿省,山城市\n夜市吵,已办。,,\n", encoding="utf-8")
    assert [case.region for case in read_path(table)] == [Region("浙江", "杭州"), Region("江屿", "山城"), NATIONAL]  # type: ignore[union-attr]


@pytest.mark.both_databases
async def test_our_own_come_first_and_others_are_marked(database: Database, clock: ManualClock, tmp_path: Path) -> None:
    file = tmp_path / "replies.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS), encoding="utf-8")
    async for _ in import_path(database.transaction, file, actor="周明", now=clock.now, approve=True):
        pass
    async with Library.open() as library:
        async with database.reading() as session:
            await library.refresh(session)
        anywhere = library.search_cases("夜市摊主半夜还在吵")
        hits = library.search_cases("夜市摊主半夜还在吵", region=HERE)
    assert anywhere[0].key == "there", "the most alike, whatever its place"
    assert {hit.key for hit in hits} == {"there", "ours", "province"}
    assert hits[-1].key == "there"
    assert [hit.other_place(HERE) for hit in hits] == ["", "", "江屿山城"]
    assert "夜市" in hits[0].why


def test_a_row_says_whose_practice_it_is_and_why_it_was_found() -> None:
    hit = CaseHit("k", "夜市吵", "已劝导。", "", "", None, 0.0, Region("海岸"), "都说到：夜市")
    row = case_row("相近案例", hit, HERE)
    assert row.label == "相近案例（他地做法：海岸）"
    assert "夜市" in row.detail.splitlines()[0]
    assert case_row("相近案例", hit, NATIONAL).label == "相近案例", "a department of the whole country has no other place"
