"""时间线、依据、走势、状态、待办: what a person asks about a case, answered as a card."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import buttons, case_page, deadline_text, head_of, muted_row, origin_row, time_in_text, time_left
from casework.case import Case, CaseState, steps_of
from casework.deadline import DeadlineState
from casework.message import Card, CardKind, Row
from casework.promise import Promise
from casework.publication import Publication, PublicationState
from casework.situation import NextStep, Situation, situation_of
from casework.told_event import told_event_id
from monitoring.course import Course, SourceShare, course_of
from monitoring.event import Event, LevelChange
from monitoring.forecast import Forecast
from prompts import say, words

LIVE = [state for state in CaseState if state.is_live]
MOST_CASES = 20
_BARS = "▁▂▃▄▅▆▇█"


async def timeline_card(session: AsyncSession, case: Case, now: datetime) -> Card:
    """时间线: everything that was done with a case, oldest first."""
    rows = tuple(Row(time_in_text(step.at, now), f"{step.actor}：{step.text}") for step in await steps_of(session, case))
    situation = await situation_of(session, case)
    return _answer(case, say("alert.timeline_head", number=case.number), situation.event.headline, rows)


async def grounds_card(session: AsyncSession, case: Case, now: datetime) -> Card:
    """依据: every factor of the level with the words that show it, and how the level came about."""
    situation = await situation_of(session, case)
    names = words("alert.levels")
    factors = [Row(factor["reason"], factor.get("span", "") or say("alert.grounds_event")) for factor in situation.event.factors]
    query = select(LevelChange).where(LevelChange.event_id == situation.event.id).order_by(col(LevelChange.at), col(LevelChange.id))
    changes = [
        say("alert.grounds_change", at=time_in_text(change.at, now), old=names[str(change.from_level)], new=names[str(change.to_level)],
            actor=_actor(change.actor), reasons=say("casework.comma").join(change.reasons))
        for change in (await session.exec(query)).all()
    ]  # fmt: skip
    head = say("alert.grounds_head", number=case.number, level=names[str(situation.event.level)])
    return _answer(case, head, situation.event.headline, tuple(factors), "\n".join(changes))


async def course_card(session: AsyncSession, case: Case, now: datetime) -> Card:
    """走势: how the event began, went on and spread, and what the next hours may bring."""
    situation = await situation_of(session, case)
    event = await session.get_one(Event, await told_event_id(session, case))
    course, labels = await course_of(session, event, now), words("alert.course_labels")
    rows = [*origin_row(situation, now), Row(labels["course"], f"{bars(course.hourly)} {course_text(course, now)}")]
    if course.forecast:
        rows.append(Row(labels["forecast"], forecast_text(course.forecast)))
    rows.append(Row(labels["spread"], "\n".join(_share(share, now) for share in course.spread)))
    return _answer(case, say("alert.course_head", number=case.number), situation.event.headline, tuple(rows))


def course_text(course: Course, now: datetime) -> str:
    """“24 小时 41 条，19:00 起的一小时最多（17 条），增速放缓 ↘”."""
    total, trend = sum(course.hourly), words("alert.trends")[course.trend.value]
    if course.peak is None:
        return say("alert.course_silent", hours=len(course.hourly))
    at, most = course.peak
    return say("alert.course", hours=len(course.hourly), total=total, at=time_in_text(at, now), most=most, trend=trend)


def forecast_text(forecast: Forecast) -> str:
    """“未来 3 小时约 9 条（八成把握 4–17 条）”."""
    return say("alert.forecast", hours=forecast.hours, expected=round(forecast.expected), low=forecast.low, high=forecast.high)


def bars(counts: Sequence[int]) -> str:
    """Counts as a row of bars, from the first hour with a post on."""
    first, most = next((index for index, count in enumerate(counts) if count), 0), max(counts, default=0) or 1
    return "".join(_BARS[-(-count * (len(_BARS) - 1) // most)] for count in counts[first:])


def _share(share: SourceShare, now: datetime) -> str:
    return say("alert.spread", name=share.name, count=share.items, at=time_in_text(share.first_at, now))


async def status_card(session: AsyncSession, case: Case, now: datetime) -> Card:
    """状态: how a case stands, in one screen."""
    situation = await situation_of(session, case)
    labels = words("alert.status_labels")
    rows = [Row(labels["state"], state_text(situation))]
    if situation.next_step is not NextStep.NONE:
        rows.append(Row(labels["next"], words("alert.next_steps")[situation.next_step.value]))
    rows += [
        Row(labels["deadline"], deadline_text(d, now))
        for d in situation.deadlines
        if d.state is DeadlineState.RUNNING and d.due_at > d.started_at
    ]
    rows += [*await _replies(session, case, labels, now), *muted_row(situation, now)]
    card = _answer(case, head_of(situation.event, case.number), situation.event.headline, tuple(rows), case.outcome)
    return replace(card, level=situation.event.level, buttons=buttons(case.number, "timeline", "grounds"))


async def todo_card(session: AsyncSession, now: datetime) -> Card:
    """待办: all live cases, the gravest first, then what is due first."""
    cases = (await session.exec(select(Case).where(col(Case.state).in_(LIVE)))).all()
    situations = sorted([await situation_of(session, case) for case in cases], key=_urgency)
    rows = tuple(_todo_row(situation, now) for situation in situations[:MOST_CASES])
    more = say("alert.todo_more", count=len(situations) - MOST_CASES) if len(situations) > MOST_CASES else ""
    head = say("alert.todo_head", count=len(situations)) if situations else say("alert.todo_none")
    return Card(CardKind.ANSWER, head, rows=rows, body=more, page="/")


def state_text(situation: Situation) -> str:
    """“李雯在办”, “无人认领”."""
    return words("alert.states")[situation.case.state.value].format(
        name=situation.owner.name if situation.owner else say("casework.nobody")
    )


def _urgency(situation: Situation) -> tuple[int, bool, float]:
    deadline = situation.public_deadline
    return situation.event.level or 9, deadline is None, deadline.due_at.timestamp() if deadline else 0.0


def _todo_row(situation: Situation, now: datetime) -> Row:
    event = situation.event
    mark, left = words("alert.level_marks")[str(event.level)], time_left(situation.public_deadline, now)
    text = say("alert.todo_row", mark=mark, headline=event.headline, state=state_text(situation), left=left)
    return Row(situation.case.number, text, link=case_page(situation.case.number))


async def _replies(session: AsyncSession, case: Case, labels: Mapping[str, str], now: datetime) -> list[Row]:
    published = select(Publication).where(Publication.case_id == case.id, Publication.state == PublicationState.PUBLISHED)
    promised = select(Promise).where(Promise.case_id == case.id, col(Promise.kept_at).is_(None))
    replies = [
        Row(labels["reply"], say("alert.status_replied", at=time_in_text(row.published_at or now, now)), link=row.link)
        for row in (await session.exec(published.order_by(col(Publication.id)))).all()
    ]
    return [*replies, *(Row(labels["promise"], promise.text) for promise in (await session.exec(promised)).all())]


def _actor(actor: str) -> str:
    return say("casework.machine") if actor == "system" else actor


def _answer(case: Case, head: str, title: str, rows: tuple[Row, ...], body: str = "") -> Card:
    return Card(CardKind.ANSWER, head, title, rows, body, case_number=case.number, page=case_page(case.number))
