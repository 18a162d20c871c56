"""预警卡: one screen that says what, how grave, why, whose, how long, and where to press."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from casework.case import CaseState
from casework.deadline import GRAVE, Deadline, DeadlineKind, DeadlineState
from casework.message import Button, Card, CardKind, Row
from casework.situation import Situation
from language.periods import clock_phrase, duration_phrase
from monitoring.event import Event
from monitoring.lines import LEVEL_NAMES
from prompts import say, words

EXCERPT_LENGTH = 40
BUTTONS_PER_ROW = 3
HOUR = timedelta(hours=1)
OF_EVENT = "event_"
"""What the names of factors begin with that only the whole event shows."""
LEAST_RATE_SHOWN = 0.1
"""Posts per minute below which a rate tells nothing."""


def alert_card(situation: Situation, now: datetime) -> Card:
    """The card of a case as it stands, for every state that the case can have. A pure function of its arguments."""
    make = _FACES[situation.case.state]
    return make(situation, now)


def replaced_card(situation: Situation, now: datetime) -> Card:
    """What remains of a card after the level rose and a new one was sent."""
    return _plain(situation, head_of(situation.event, situation.case.number), situation.event.headline, body=say("alert.see_newer_card"))


def head_of(event: Event, number: str) -> str:
    """“🟠 II 重大 · A12 · 市容秩序”."""
    return f"{words('alert.level_marks')[str(event.level)]} {LEVEL_NAMES[event.level]} · {number} · {event.line}"


def case_page(number: str) -> str:
    """Where the web staff room shows the whole case."""
    return f"/cases/{number}"


def buttons(number: str, *names: str) -> tuple[tuple[Button, ...], ...]:
    """Buttons by their keys in `alert.buttons`, in rows that fit a phone."""
    labels, commands = words("alert.buttons"), words("alert.commands")
    made = [Button(labels[name], commands[name].format(number=number)) for name in names]
    return tuple(tuple(made[start : start + BUTTONS_PER_ROW]) for start in range(0, len(made), BUTTONS_PER_ROW))


def time_in_text(moment: datetime, now: datetime) -> str:
    """“18:55” on the same day, else with its day."""
    local = moment.astimezone(now.tzinfo)
    return f"{local:%H:%M}" if local.date() == now.date() else clock_phrase(moment, now)


def span_phrase(duration: timedelta) -> str:
    """“15 分钟”, “1 小时 15 分”: a stretch of time, where `duration_phrase` alone would read as a point on the clock."""
    phrase = duration_phrase(duration)
    return phrase + "钟" if duration < HOUR else phrase


def _open_face(s: Situation, now: datetime) -> Card:
    number, grave = s.case.number, s.event.level in GRAVE
    course = ("course",) if grave else ()
    rows = [
        Row(say("alert.place"), _place(s.event)), *origin_row(s, now), *([_numbers(s.event)] if grave else []), _grounds(s.event),
        *_deadline_rows(s, now), *_doubts(s.event, grave), *muted_row(s, now),
    ]  # fmt: skip
    return Card(
        CardKind.ALERT, head_of(s.event, number), _title(s.event), tuple(rows),
        buttons=buttons(number, "claim", "draft", "assign", "timeline", *course, "false_alarm"),
        hint=say("alert.hint_claim", number=number), level=s.event.level, case_number=number, page=case_page(number),
    )  # fmt: skip


def _claimed_face(s: Situation, now: datetime) -> Card:
    number, course = s.case.number, ("course",) if s.event.level in GRAVE else ()
    rows = (_time_left(s, now), *_report_upward(s), *muted_row(s, now))
    return Card(
        CardKind.ALERT, f"{head_of(s.event, number)} · {_claimed_by(s, now)}", _development(s), rows,
        buttons=buttons(number, "draft", "fill", "assign", "timeline", *course),
        level=s.event.level, case_number=number, page=case_page(number),
    )  # fmt: skip


def _replied_face(s: Situation, now: datetime) -> Card:
    number, at = s.case.number, s.case.replied_at or now
    head = f"{head_of(s.event, number)} · {say('alert.replied', at=time_in_text(at, now))}"
    rows = (_time_left(s, now),)
    return Card(
        CardKind.ALERT, head, _development(s), rows, buttons=buttons(number, "timeline", "close"), level=s.event.level, case_number=number,
        page=case_page(number),
    )  # fmt: skip


def _ended_face(s: Situation, now: datetime) -> Card:
    ended = say(f"alert.{s.case.state.value}", at=time_in_text(s.case.closed_at or now, now))
    return _plain(s, f"{ended} · {s.case.number} · {s.event.line}", s.event.headline, body=s.case.outcome)


_FACES = {
    CaseState.OPEN: _open_face,
    CaseState.CLAIMED: _claimed_face,
    CaseState.REPLIED: _replied_face,
    CaseState.CLOSED: _ended_face,
    CaseState.DISMISSED: _ended_face,
    CaseState.MERGED: _ended_face,
}


def _plain(s: Situation, head: str, title: str, body: str) -> Card:
    return Card(CardKind.ALERT, head, title, body=body, case_number=s.case.number, page=case_page(s.case.number))


def _title(event: Event) -> str:
    if event.item_count <= 1:
        return event.headline
    if event.level not in GRAVE:
        return say("alert.title_count", headline=event.headline, count=event.item_count)
    return say(
        "alert.title_spread",
        headline=event.headline,
        span=span_phrase(event.last_posted_at - event.first_posted_at),
        platforms=len(event.source_names),
        count=event.item_count,
    )


def _development(s: Situation) -> str:
    if s.case.notice:
        return s.event.headline  # it has no posts of its own
    added = s.event.item_count - s.case.announced_items
    count = say("alert.count_added", count=s.event.item_count, added=added) if added > 0 else say("alert.count", count=s.event.item_count)
    return say("alert.development", headline=s.event.headline, count=count, trend=words("alert.trends")[s.event.trend.value])


def _claimed_by(s: Situation, now: datetime) -> str:
    return say("alert.claimed_by", name=s.owner.name if s.owner else "", at=time_in_text(s.case.claimed_at or now, now))


def _place(event: Event) -> str:
    place, district = event.place or "", event.district or ""
    return (place if place.startswith(district) else district + place) or say("alert.place_unknown")


def origin_row(s: Situation, now: datetime) -> list[Row]:
    """起因: when and where the first post stood, and its beginning; nothing where it is gone."""
    if s.first is None:
        return []
    excerpt = s.first.text.replace("\n", " ")
    excerpt = excerpt if len(excerpt) <= EXCERPT_LENGTH else excerpt[:EXCERPT_LENGTH] + "……"
    text = say("alert.origin", at=time_in_text(s.first.posted_at, now), source=s.first.source, excerpt=excerpt)
    return [Row(say("alert.origin_label"), text, detail=s.first.text, link=s.first.url)]


def _numbers(event: Event) -> Row:
    parts = [say("alert.count", count=event.item_count)]
    if event.per_minute >= LEAST_RATE_SHOWN:
        parts.append(say("alert.rate", rate=f"{event.per_minute:.1f}"))
    parts.append(say("alert.negative", negative=event.negative_count, count=event.item_count))
    if event.likes:
        parts.append(say("alert.likes", likes=event.likes))
    return Row(say("alert.now_label"), " · ".join(parts))


def _grounds(event: Event) -> Row:
    grounds = "｜".join(_told_grounds(event.factors)) or say("alert.no_grounds")
    text = say("alert.grounds", grounds=grounds, level=words("alert.levels")[str(event.level)], points=event.points)
    detail = "\n".join(f"{factor['reason']}　{_span(factor.get('span', ''))}".rstrip() for factor in event.factors)
    return Row(say("alert.grounds_label"), text, detail=detail)


def _told_grounds(factors: Sequence[Mapping[str, Any]]) -> list[str]:
    """The factors that weigh, heaviest first; what one post and the whole event both show is told once, the stronger with all points."""
    told: dict[str, tuple[int, str]] = {}
    for factor in sorted(factors, key=lambda factor: -factor["value"]):
        matter, label = factor["name"].removeprefix(OF_EVENT), factor["reason"].rsplit(" +", 1)[0]
        points, first = told.get(matter, (0, label))
        told[matter] = points + factor["points"], first
    weighing = sorted((entry for entry in told.values() if entry[0]), key=lambda entry: -entry[0])
    return [say("monitoring.factor_points", label=label, points=points) for points, label in weighing]


def _span(span: str) -> str:
    return f"“{span}”" if span else ""


def _doubts(event: Event, grave: bool) -> list[Row]:
    return [Row(say("alert.doubts_label"), say("alert.doubts", doubts="；".join(event.doubts)))] if grave and event.doubts else []


def muted_row(s: Situation, now: datetime) -> list[Row]:
    """静默: until when; nothing where the case is not muted."""
    until = s.case.muted_until
    return [Row(say("alert.muted_label"), say("alert.muted", until=clock_phrase(until, now)))] if until and until > now else []


def _deadline_rows(s: Situation, now: datetime) -> list[Row]:
    shown = s.public_deadline
    if shown is None:
        return _report_upward(s)
    others = [d for d in s.deadlines if d is not shown and d.kind is not DeadlineKind.REPORT_UPWARD and d.state is DeadlineState.RUNNING]
    detail = "\n".join(deadline_text(d, now) for d in others)
    return [Row(say("alert.deadline_label"), deadline_text(shown, now), detail=detail), *_report_upward(s)]


def deadline_text(deadline: Deadline, now: datetime) -> str:
    """“⏱ 首次权威回应 5 小时内：今日 23:42 前（自首帖起算，国办发〔2016〕80号）”, or by how much it was missed."""
    name = words("alert.deadline_names")[deadline.kind.value]
    source = deadline.source + (say("alert.provisional") if deadline.provisional else "")
    if deadline.due_at <= now:
        return say("alert.deadline_over", name=name, over=duration_phrase(now - deadline.due_at), source=source)
    origins = words("alert.deadline_origins")
    origin = origins.get(f"{deadline.kind.value}_{deadline.subject}", origins.get(deadline.kind.value, ""))
    within = duration_phrase(deadline.due_at - deadline.started_at)
    return say("alert.deadline", name=name, within=within, due=clock_phrase(deadline.due_at, now), origin=origin, source=source)


def time_left(deadline: Deadline | None, now: datetime) -> str:
    """“剩 4 小时 45 分”, “已超 3 小时”, or that no clock runs."""
    if deadline is None:
        return say("alert.no_deadline")
    key = "alert.left" if deadline.due_at > now else "alert.over"
    return say(key, time=duration_phrase(deadline.due_at - now))


def _time_left(s: Situation, now: datetime) -> Row:
    step = words("alert.next_steps")[s.next_step.value]
    text = say("alert.time_left", left=time_left(s.public_deadline, now), step=step)
    detail = deadline_text(s.public_deadline, now) if s.public_deadline else ""
    return Row(say("alert.deadline_label"), text, detail=detail)


def _report_upward(s: Situation) -> list[Row]:
    alarm = next((d for d in s.deadlines if d.kind is DeadlineKind.REPORT_UPWARD and d.state is DeadlineState.RUNNING), None)
    if alarm is None or s.event.level != 1:
        return []
    return [Row(say("alert.report_label"), say("alert.report_upward", source=alarm.source))]
