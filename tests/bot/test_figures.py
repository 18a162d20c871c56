"""Questions of figures are understood, shown back, answered from the rows, and follow-ups keep what they do not name."""

from datetime import datetime

import pytest

from bot.conversation.figures import answer_figures, read_figures
from monitoring.item import Item, Relevance
from monitoring.source import Source, SourceKind
from monitoring.statistics import Counted, GroupBy
from storage.clock import CHINA
from storage.engine import Database

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=CHINA)


def test_a_question_is_shown_back_in_one_line() -> None:
    asked = read_figures("上周占道经营投诉多少，比前一周呢？", NOW)
    assert asked.shown_back() == "〔市容秩序›占道经营 · 投诉 · 11/9–11/15 对比 11/2–11/8〕"


def test_a_follow_up_keeps_the_rest() -> None:
    first = read_figures("上周占道经营投诉多少，比前一周呢？", NOW)
    assert read_figures("那上个月呢？", NOW, first).shown_back() == "〔市容秩序›占道经营 · 投诉 · 10/1–10/31 对比 9/1–9/30〕"


def test_levels_and_lines_are_asked_for() -> None:
    asked = read_figures("今天多少条，什么等级，哪个条线最多", NOW)
    assert (asked.query.group_by, asked.by_level, asked.query.counted) == (GroupBy.LINE, True, Counted.ITEMS)


@pytest.fixture
async def stocked(database: Database) -> Database:
    posts = [(17, "北门夜市"), (17, "北门夜市"), (12, "北门夜市"), (11, "柳塘路"), (5, "柳塘路"), (3, "柳塘路"), (11, "北门夜市")]
    async with database.transaction() as session:
        session.add(Source(id=1, name="论坛", kind=SourceKind.FORWARDED))
        await session.flush()
        for key, (day, place) in enumerate(posts):
            at = datetime(2026, 11, day, 12, tzinfo=CHINA)
            read = {"relevance": Relevance.YES, "line": "市容秩序", "intent": "投诉", "level": 4}
            session.add(Item(source_id=1, source_key=str(key), text="摆摊占道", posted_at=at, observed_at=at, place=place, **read))
    return database


async def test_the_answer_counts_the_rows(stocked: Database) -> None:
    asked = read_figures("上周占道经营投诉多少，比前一周呢？", NOW)
    async with stocked.reading() as session:
        card = await answer_figures(session, asked)
    assert card.title == "3 件，多 1 件（+50%）。增加主要在北门夜市（+2）。"


async def test_levels_and_lines_are_told(stocked: Database) -> None:
    asked = read_figures("本月多少条，什么等级，哪个条线最多", NOW)
    async with stocked.reading() as session:
        card = await answer_figures(session, asked)
    assert card.title == "7 条"
    assert {row.label: row.text for row in card.rows} == {"等级": "IV 一般 7", "条线": "市容秩序 7"}
