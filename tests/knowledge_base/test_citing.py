"""What the department's published replies cite counts in its searches, once for each reply."""

from datetime import date

import pytest

from knowledge_base.citing import cited_since, note_cited
from knowledge_base.document import ParsedDocument
from knowledge_base.importing import import_document
from knowledge_base.region import NATIONAL
from retrieval.evidence import ClauseHit
from retrieval.library import Library
from retrieval.standing import MOST_OWN, Standing
from storage import audit
from storage.clock import ManualClock
from storage.engine import Database

TODAY = date(2026, 3, 6)
ONE = ParsedDocument("甲地办法", "第一条 会议应当记录。\n第二条 场所应当整洁。", version_date=date(2020, 1, 1))
OTHER = ParsedDocument("乙类办法", "第一条 会议应当记录。\n第二条 场所应当整洁。", version_date=date(2020, 1, 1))
MANY = ParsedDocument("丙类办法", "\n".join(f"第{number}条 第{number}项另有安排。" for number in range(1, 101)))
KEYS = ["甲地办法|2020-01-01|第一条", "甲地办法|2020-01-01|第二条", "没有这一条"]


async def _import(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        for parsed in (ONE, OTHER, MANY):
            await import_document(session, parsed, actor="周明", now=clock.now(), approve=True)


async def _note(database: Database, clock: ManualClock, reply: int) -> int:
    async with database.transaction() as session:
        return await note_cited(session, KEYS, cited_in=f"reply_version:{reply}", actor="周明", now=clock.now())


@pytest.mark.both_databases
async def test_a_document_counts_once_for_each_reply(database: Database, clock: ManualClock) -> None:
    await _import(database, clock)
    assert [await _note(database, clock, reply) for reply in (1, 1, 2)] == [1, 0, 1]
    async with database.reading() as session:
        noted = await cited_since(session)
        assert noted.counts == {"甲地办法": 2}
        assert (await cited_since(session, noted.last)).counts == {}
        assert (await audit.verify(session)).broken_at is None


async def test_what_is_cited_rises_in_searches_and_survives_a_restart(database: Database, clock: ManualClock) -> None:
    await _import(database, clock)
    async with Library.open() as library:
        for reply in range(12):
            async with database.reading() as session:
                await library.refresh(session)
            if reply == 0:
                assert [hit.title for hit in _found(library)] == ["乙类办法", "甲地办法"]
            await _note(database, clock, reply)
        async with database.reading() as session:
            await library.refresh(session)
        assert [hit.title for hit in _found(library)] == ["甲地办法", "乙类办法"]
        followed = library.standing
    async with Library.open() as again:
        async with database.reading() as session:
            await again.refresh(session)
        assert again.standing == followed, "step by step or at once is the same"


def _found(library: Library) -> list[ClauseHit]:
    return library.search_clauses("会议记录", region=NATIONAL, on=TODAY, limit=2)


def test_experience_raises_within_bounds_and_lowers_nothing() -> None:
    counted = Standing.counted(["甲", "甲", "乙"], [{"甲"}])
    raised = [counted.experienced({"乙": cited}, {"乙": 1}, 100).of("乙") - counted.of("乙") for cited in (0, 1, 3, 30, 3000)]
    assert raised == sorted(raised)
    assert raised[0] == 0
    assert raised[1] < 0.4, "one reply says little"
    assert raised[-1] == pytest.approx(MOST_OWN)
    large = counted.experienced({"甲": 1, "乙": 500}, {"甲": 90, "乙": 1}, 100)
    assert large.of("甲") == counted.of("甲")
