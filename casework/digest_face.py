"""What a digest looks like: one screen, the grave ones by name, the ordinary ones by line."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from casework.alert_card import case_page, time_left
from casework.case import Case
from casework.deadline import Deadline
from casework.message import Card, CardKind, Row
from language.periods import clock_phrase
from monitoring.event import Event
from monitoring.grading import ORDINARY
from prompts import say, words

MOST_ROWS = 8
MOST_DETAILS = 40
NOON = 12


@dataclass(frozen=True)
class Told:
    """One case with its event; `owner` is who has it in hand, empty for nobody."""

    case: Case
    event: Event
    owner: str

    @property
    def state(self) -> str:
        """“李雯在办”, “无人认领”."""
        return words("alert.states")[self.case.state.value].format(name=self.owner or say("casework.nobody"))


@dataclass(frozen=True)
class Day:
    """What one chat is told.

    Attributes:
        since: from when on; items are counted for the whole department.
        new: cases opened since, the gravest first.
        open: all live cases.
        late: numbers of live cases whose time for an answer is over.
        due: for each case the clock that ends first.
        mutes: what is muted as a whole kind, with what was held back.
        repeats: complaints that keep coming back.
        sources: how the sources fare, in one line.
    """

    since: datetime
    items: int
    relevant: int
    new: tuple[Told, ...]
    open: tuple[Told, ...]
    late: tuple[str, ...]
    due: Mapping[int, Deadline]
    mutes: tuple[str, ...]
    repeats: tuple[str, ...]
    sources: str


def digest_face(day: Day, now: datetime, at: datetime) -> Card:
    """The digest."""
    grave = [told for told in day.new if told.event.level != ORDINARY]
    beyond = grave[MOST_ROWS:]
    more = say("alert.digest_more", count=len(beyond), numbers=" ".join(told.case.number for told in beyond)) if beyond else ""
    rows = [*map(_case_row, grave[:MOST_ROWS]), *_ordinary_rows(day), *_standing_rows(day, now)]
    return Card(CardKind.DIGEST, _head(day, now, at), rows=tuple(rows), body=more, page="/")


def quiet_face(day: Day, now: datetime) -> Card:
    """🌙: nothing new on this day."""
    return Card(CardKind.DIGEST, say("alert.quiet", sources=day.sources), rows=tuple(_standing_rows(day, now)), page="/")


def _head(day: Day, now: datetime, at: datetime) -> str:
    counts, names = Counter(told.event.level for told in day.new), words("alert.levels")
    levels = say("casework.comma").join(f"{names[str(level)]} {counts[level]}" for level in sorted(counts))
    same_day = day.since.astimezone(now.tzinfo).date() == now.date()
    return say(
        "alert.digest_morning" if at.hour < NOON else "alert.digest_evening",
        day=f"{now.month} 月 {now.day} 日",
        period=say("alert.digest_since", at=f"{day.since:%H:%M}") if same_day else say("alert.digest_day"),
        items=f"{day.items:,}",
        relevant=f"{day.relevant:,}",
        events=len(day.new),
        levels=say("alert.digest_levels", levels=levels) if levels else "",
    )


def _case_row(told: Told) -> Row:
    mark = words("alert.level_marks")[str(told.event.level)]
    text = say("alert.case_row", mark=mark, headline=told.event.headline, state=told.state)
    return Row(told.case.number, text, link=case_page(told.case.number))


def _ordinary_rows(day: Day) -> list[Row]:
    """All IV in one row, by line; their headlines on demand."""
    ordinary = [told for told in day.new if told.event.level == ORDINARY]
    by_line: dict[str, list[Told]] = defaultdict(list)
    for told in ordinary:
        by_line[told.event.line].append(told)
    lines = sorted(by_line.items(), key=lambda each: -len(each[1]))
    text = say("alert.digest_between").join(f"{line} {' '.join(told.case.number for told in cases)}" for line, cases in lines)
    detail = "\n".join(f"{told.case.number}  {told.event.headline} · {told.state}" for told in ordinary)
    mark, name = words("alert.level_marks")[str(ORDINARY)], words("alert.levels")[str(ORDINARY)]
    return [Row(f"{mark} {name}", text, detail=detail)] if ordinary else []


def _standing_rows(day: Day, now: datetime) -> list[Row]:
    labels = words("alert.digest_labels")
    rows = [Row(labels["standing"], _standing(day, now), detail=_standing_detail(day, now), link="/")]
    if day.mutes:
        rows.append(Row(labels["mutes"], "\n".join(day.mutes)))
    if day.repeats:
        rows.append(Row(labels["repeats"], say("casework.comma").join(day.repeats)))
    return rows


def _standing(day: Day, now: datetime) -> str:
    first = min((told for told in day.open if told.case.id in day.due), key=lambda told: day.due[told.case.id or 0].due_at, default=None)
    parts = [say("alert.digest_standing", open=len(day.open))]
    if unclaimed := sum(not told.owner for told in day.open):
        parts.append(say("alert.digest_unclaimed", count=unclaimed))
    parts.append(say("alert.digest_late", count=len(day.late), numbers=_few(day.late)))
    if first:
        clock = day.due[first.case.id or 0]
        name = words("alert.deadline_names")[clock.kind.value]
        parts.append(say("alert.digest_next", number=first.case.number, name=name, due=clock_phrase(clock.due_at, now)))
    return say("alert.digest_between").join(parts)


def _few(numbers: tuple[str, ...], most: int = 3) -> str:
    if not numbers:
        return ""
    return "（" + " ".join(numbers[:most]) + (" …" if len(numbers) > most else "") + "）"


def _standing_detail(day: Day, now: datetime) -> str:
    lines = [
        say("alert.digest_open", number=told.case.number, headline=told.event.headline, state=told.state, left=_left(day, told, now))
        for told in day.open[:MOST_DETAILS]
    ]
    return "\n".join([*lines, *(["…"] if len(day.open) > MOST_DETAILS else [])])


def _left(day: Day, told: Told, now: datetime) -> str:
    return time_left(day.due.get(told.case.id or 0), now) if told.case.number not in day.late else say("alert.digest_is_late")
