"""Questions of figures: what is counted, shown back in one line, answered, and kept for the follow-up."""

import tomllib
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from casework.message import Card, CardKind, Row
from language.periods import Period, day_range, find_period
from monitoring.lines import INTENTS, LEVEL_NAMES, LINES
from monitoring.statistics import Counted, Figures, GroupBy, Query, count
from prompts import say

GROUPS_SHOWN = 5
_COMPARING = ("比", "环比", "同比", "增", "减", "多了", "少了")
_BY_LINE = ("哪个条线", "哪些条线", "什么条线", "按条线", "条线最多")
_BY_LEVEL = ("什么等级", "哪些等级", "几级", "按等级", "等级")
_BY_PLACE = ("哪里", "哪个地方", "哪个街道", "按街道", "哪个小区", "什么地方")
_EVENTS = ("事件", "工单", "预警")
_LEVELS = {"特别重大": 1, "重大": 2, "较大": 3, "一般": 4}


@dataclass(frozen=True)
class FiguresQuestion:
    """A question of figures as it was understood.

    Attributes:
        topic: the word for what is counted (占道经营); empty for all.
        compares: whether the period before is asked for as well.
        by_level: whether the levels are asked for.
    """

    query: Query
    period: Period
    topic: str = ""
    compares: bool = False
    by_level: bool = False

    def shown_back(self) -> str:
        """The parsed question in one line."""
        query = self.query
        subject = "›".join(part for part in (query.line or "", self.topic) if part) or say("conversation.everything")
        days = day_range(self.period.start, self.period.end)
        if self.compares:
            before = self.period.before()
            days = say("conversation.compared", days=days, before=day_range(before.start, before.end))
        level = LEVEL_NAMES[query.level] if query.level else ""
        what = query.intent or (say("conversation.events") if query.counted is Counted.EVENTS else say("conversation.items"))
        return say("conversation.shown_back", parts=" · ".join(part for part in (subject, level, what, days) if part))


def read_figures(text: str, now: datetime, before: FiguresQuestion | None = None) -> FiguresQuestion:
    """Understand a question of figures.

    Args:
        text: the question.
        now: the present; without a phrase of time today is meant.
        before: the last question of the same person; a follow-up changes only what it names.
    """
    told = find_period(text, now)
    period = told or (before.period if before else find_period(say("conversation.today"), now))
    assert period is not None
    topic, line, words = _subject(text)
    fresh = Query(
        start=period.start, end=period.end, line=line, topic=words, intent=next((intent for intent in INTENTS[:5] if intent in text), None),
        counted=Counted.EVENTS if any(word in text for word in _EVENTS) else Counted.ITEMS,
        level=next((level for name, level in _LEVELS.items() if name in text), None), group_by=_grouping(text),
    )  # fmt: skip
    compares, by_level = any(word in text for word in _COMPARING), any(word in text for word in _BY_LEVEL)
    if before is None or line or words or fresh.intent:
        return FiguresQuestion(fresh, period, topic, compares, by_level)
    query = before.query.over(period.start, period.end)
    query = replace(query, level=fresh.level or query.level, group_by=fresh.group_by or query.group_by)
    return FiguresQuestion(query, period, before.topic, before.compares or compares, before.by_level or by_level)


async def answer_figures(session: AsyncSession, asked: FiguresQuestion) -> Card:
    """Count and tell: the total, the change, the levels, and where most of it is."""
    figures = await count(session, asked.query)
    rows = []
    headline = say("conversation.total", total=figures.total, unit=_unit(asked))
    if asked.compares:
        headline = await _compared(session, asked, figures)
    if asked.by_level and figures.total:
        graver_first = sorted(figures.levels, key=lambda level: level[0] or len(LEVEL_NAMES))
        rows.append(Row(say("conversation.levels"), _joined((LEVEL_NAMES[level], number) for level, number in graver_first)))
    if asked.query.group_by and figures.groups:
        rows.append(Row(say(f"conversation.by_{asked.query.group_by.value}"), _joined(figures.groups[:GROUPS_SHOWN])))
    return Card(CardKind.ANSWER, asked.shown_back(), headline, tuple(rows))


async def _compared(session: AsyncSession, asked: FiguresQuestion, figures: Figures) -> str:
    period = asked.period.before()
    earlier = await count(session, asked.query.over(period.start, period.end))
    headline = say("conversation.total", total=figures.total, unit=_unit(asked)) + _change(figures.total, earlier.total, _unit(asked))
    places = replace(asked.query, group_by=GroupBy.PLACE)
    now_at = dict((await count(session, places)).groups)
    then_at = dict((await count(session, places.over(period.start, period.end))).groups)
    grown = {place: number - then_at.get(place, 0) for place, number in now_at.items()}
    most = max(grown, key=lambda place: grown[place], default=None)
    if figures.total > earlier.total and most and grown[most] > 1:
        headline += say("conversation.mainly", place=most, more=grown[most])
    return headline


def _change(total: int, earlier: int, unit: str) -> str:
    if total == earlier:
        return say("conversation.same")
    word = "conversation.more" if total > earlier else "conversation.fewer"
    share = f"{(total - earlier) / earlier:+.0%}".replace("-", "−") if earlier else say("conversation.none_before")
    return say(word, difference=abs(total - earlier), unit=unit, share=share)


def _subject(text: str) -> tuple[str, str | None, tuple[str, ...]]:
    """The topic that is named, its line, and the words that stand for it; a line's own name is no topic."""
    line = next((line for line in LINES if line in text), None)
    topic = next((name for name, about in _topics().items() if name in text or any(word in text for word in about["words"])), "")
    if line or not topic:
        return "", line, ()
    return topic, _topics()[topic]["line"] or None, tuple(_topics()[topic]["words"])


def _grouping(text: str) -> GroupBy | None:
    for cues, by in ((_BY_LINE, GroupBy.LINE), (_BY_PLACE, GroupBy.PLACE)):
        if any(cue in text for cue in cues):
            return by
    return None


def _unit(asked: FiguresQuestion) -> str:
    return say("conversation.unit_case" if asked.query.intent or asked.query.counted is Counted.EVENTS else "conversation.unit_item")


def _joined(groups: Any) -> str:
    return say("conversation.comma").join(f"{name} {number}" for name, number in groups)


@cache
def _topics() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "topics.toml").read_text(encoding="utf-8"))
