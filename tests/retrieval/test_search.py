"""Searching: what applies and is in force, the nearest first, and nothing else."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.region import NATIONAL, Region
from retrieval.library import Library
from retrieval.need import asked_for
from tests.retrieval.shelves import CITY, TODAY, case, clause, library

SHELVED = library()


def _names(query: str, region: Region = CITY, *, limit: int = 10) -> list[str]:
    return [hit.name for hit in SHELVED.search_clauses(query, region=region, on=TODAY, limit=limit)]


def test_lay_words_find_official_ones() -> None:
    hits = SHELVED.search_clauses("路边摊贩太多没人管", region=CITY, on=TODAY)
    assert hits[0].name == "《江屿省市容条例》第十条"
    assert "摊贩" in hits[0].why
    assert "摆摊设点" in hits[0].why


def test_traditional_script_finds_the_same() -> None:
    assert _names("夜間施工噪聲", limit=3) == _names("夜间施工噪声", limit=3)


def test_rules_of_other_places_are_never_found() -> None:
    assert _names("遛狗不拴绳", limit=1) == ["《云川市养犬条例》第九条"]
    for region, foreign in ((CITY, "山城"), (CITY, "海岸"), (NATIONAL, "市养犬"), (NATIONAL, "省市容"), (Region("江屿"), "云川")):
        assert not any(foreign in name for name in _names("遛狗不拴绳 摆摊设点", region))


@pytest.mark.parametrize("query", ["噪声法 第四十三条", "《国家噪声法》第43条怎么说", "国家噪声法第四十三条"])
def test_a_named_clause_comes_first(query: str) -> None:
    assert _names(query)[0] == "《国家噪声法》第四十三条"


def test_more_is_fetched_until_enough_are_left() -> None:
    ended = [clause(number, "旧办法", f"第{number}条", "甲乙丙丁。", ended_on=date(2021, 1, 1)) for number in range(1, 400)]
    faint = clause(400, "新办法", "第一条", "丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥。")
    found = Library.of([*ended, faint], []).search_clauses("甲乙丙丁", region=CITY, on=TODAY)
    assert [hit.name for hit in found] == ["《新办法》第一条"]


regions = st.builds(Region, st.sampled_from([None, "江屿", "海岸"]), st.sampled_from([None, "云川", "山城"]))
days = st.dates(date(2019, 1, 1), date(2027, 1, 1))
held = st.lists(st.tuples(regions, st.none() | days, st.none() | days), min_size=1, max_size=30)


@settings(max_examples=40, deadline=None)
@given(held, regions, days)
def test_nothing_is_found_that_does_not_hold_and_everything_that_does(
    drawn: list[tuple[Region, date | None, date | None]], place: Region, day: date
) -> None:
    clauses = [
        clause(number, f"第{number}办法", "第一条", f"夜市摊位应当整洁{number}。", region, effective, ended)
        for number, (region, effective, ended) in enumerate(drawn, 1)
    ]
    found = Library.of(clauses, []).search_clauses("夜市摊位", region=place, on=day, limit=50)
    expected = {
        number
        for number, (region, effective, ended) in enumerate(drawn, 1)
        if (region.province in (None, place.province) and region.city in (None, place.city))
        and (effective is None or effective <= day)
        and (ended is None or day < ended)
    }
    assert {hit.clause_id for hit in found} == expected


def test_past_cases() -> None:
    assert SHELVED.search_cases("楼下夜市摊主吵到半夜")[0].key == "c1"
    assert "c1" not in [hit.key for hit in SHELVED.search_cases("楼下夜市摊主吵到半夜", without=["c1"])]


def test_the_beginning_of_a_message_counts_twice() -> None:
    place, matter = "梧桐里三期", "水表读数"
    replies = [case(1, "place", "", f"{place}已核实。"), case(2, "matter", "", f"{matter}已核实。")]
    shelved = Library.of([], replies)
    shelved.search_by_words_alone()
    between = "，我们住在这里很多年了，一直以来都没有人管，希望尽快来看看，" * 2
    assert shelved.search_cases(f"{place}{between}{matter}")[0].key == "place"
    assert shelved.search_cases(f"{matter}{between}{place}")[0].key == "matter"


@pytest.mark.parametrize("query", ["", "？！", "😀", "a" * 3000, "夜市" * 2000])
def test_odd_queries_are_no_fault(query: str) -> None:
    assert len(SHELVED.search_clauses(query, region=CITY, on=TODAY, limit=3)) <= 3
    assert len(SHELVED.search_cases(query, limit=2)) <= 2
    assert asked_for(query) is None
