"""摘要: twice a day what happened, what is due and what keeps coming back; and once a day, that nothing did."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import case_page, time_left
from casework.case import Case, CaseState
from casework.deadline import Deadline, DeadlineKind, DeadlineState
from casework.delivery import Delivery, enqueue
from casework.desk import Alerting, Desk
from casework.message import Card, CardKind, Row
from casework.routing import active_groups, place_of
from casework.source_health import sources_line
from casework.staff import StaffGroup
from language.periods import clock_phrase
from monitoring.event import Event
from monitoring.item import Item, Relevance
from prompts import say, words
from storage.clock import to_china

DAY = timedelta(hours=24)
REPEAT_WINDOW = timedelta(days=30)
FEWEST_REPEATS = 3
"""Events of one line at one place within the window from which on a complaint counts as repeated."""
MOST_ROWS = 10
LATEST = timedelta(hours=2)
"""How long after its time a digest is still sent by a process that was down."""
NOON = 12
LIVE = [state for state in CaseState if state.is_live]


@dataclass(frozen=True)
class Day:
    """What one chat is told.

    Items are counted for the whole department. Cases are those of the chat's lines and districts, at every level: what does not ring
    stands nowhere else.
    """

    items: int
    relevant: int
    new: tuple[tuple[Case, Event], ...]
    open: tuple[tuple[Case, Event, Deadline | None], ...]
    missed: int
    repeats: tuple[str, ...]
    sources: str


async def step_digest(session: AsyncSession, now: datetime, desk: Desk) -> int:
    """Put out the digest whose time has come, once for each time and chat. Returns how many were put out."""
    at = last_time(now, desk.alerting)
    if at is None or now - at > LATEST:
        return 0
    sent = 0
    for group in await active_groups(session):
        key = f"digest:{at:%Y-%m-%dT%H:%M}:{':'.join(place_of(group))}"
        if (await session.exec(select(Delivery.id).where(Delivery.key == key))).first() is None:
            await enqueue(session, await digest_card(session, group, now, at), place_of(group), now, key=key)
            sent += 1
    return sent


async def digest_card(session: AsyncSession, group: StaffGroup, now: datetime, at: datetime | None = None) -> Card:
    """The digest of one chat for the 24 hours before `now`; where nothing new came in, in the evening, the line that says so.

    Args:
        at: the time of day that it is the digest of.
    """
    day = await _day(session, group, now)
    if not day.new and at is not None and at.hour >= NOON:
        return Card(CardKind.DIGEST, say("alert.quiet", sources=day.sources), rows=tuple(_todo_rows(day, now)))
    return _card(day, now, morning=(at or now).hour < NOON)


def last_time(now: datetime, alerting: Alerting) -> datetime | None:
    """The latest digest time that has come, today or yesterday; None where there is none at all."""
    today = to_china(now)
    times = [datetime.combine(today.date() - timedelta(days=back), time, today.tzinfo) for back in (0, 1) for time in alerting.digest_times]
    return max((time for time in times if time <= now), default=None)


def next_time(now: datetime, alerting: Alerting) -> datetime | None:
    """The next digest time; None where there is none at all."""
    today = to_china(now)
    times = [
        datetime.combine(today.date() + timedelta(days=ahead), time, today.tzinfo) for ahead in (0, 1) for time in alerting.digest_times
    ]
    return min((time for time in times if time > now), default=None)


def _card(day: Day, now: datetime, *, morning: bool) -> Card:
    counts = Counter(event.level for _, event in day.new)
    names = words("alert.levels")
    levels = say("casework.comma").join(f"{names[str(level)]} {counts[level]}" for level in sorted(counts))
    head = say(
        "alert.digest_morning" if morning else "alert.digest_evening",
        day=f"{now.month} 月 {now.day} 日",
        items=f"{day.items:,}",
        relevant=f"{day.relevant:,}",
        events=len(day.new),
        levels=say("alert.digest_levels", levels=levels) if levels else "",
    )
    shown = [_case_row(case, event) for case, event in day.new[:MOST_ROWS]]
    more = say("alert.digest_more", count=len(day.new) - MOST_ROWS) if len(day.new) > MOST_ROWS else ""
    return Card(CardKind.DIGEST, head, rows=(*shown, *_todo_rows(day, now)), body=more, page="/")


def _todo_rows(day: Day, now: datetime) -> list[Row]:
    due = [(case, deadline) for case, _, deadline in day.open if deadline]
    first = min(due, key=lambda pair: pair[1].due_at, default=None)
    following = say("alert.digest_next", number=first[0].number, due=clock_phrase(first[1].due_at, now)) if first else ""
    labels = words("alert.digest_labels")
    rows = [
        Row(
            labels["standing"],
            say("alert.digest_standing", missed=day.missed, open=len(day.open), next=following),
            detail=_todo_detail(day, now),
        )
    ]
    if day.repeats:
        rows.append(Row(labels["repeats"], say("casework.comma").join(day.repeats)))
    return rows


def _todo_detail(day: Day, now: datetime) -> str:
    return "\n".join(f"{case.number}  {event.headline} · {time_left(deadline, now)}" for case, event, deadline in day.open)


def _case_row(case: Case, event: Event) -> Row:
    level = words("alert.levels")[str(event.level)]
    return Row(case.number, say("alert.digest_case", level=level, line=event.line, headline=event.headline), link=case_page(case.number))


async def _day(session: AsyncSession, group: StaffGroup, now: datetime) -> Day:
    since = now - DAY
    items = (await session.exec(select(func.count(col(Item.id))).where(Item.observed_at > since, Item.observed_at <= now))).one()
    relevant = select(func.count(col(Item.id))).where(
        Item.observed_at > since, Item.observed_at <= now, col(Item.relevance).in_([r for r in Relevance if r.is_ours])
    )
    new = [(c, e) for c, e in await _cases(session, Case.opened_at > since) if group.covers(e.line, e.district)]
    live = [(c, e) for c, e in await _cases(session, col(Case.state).in_(LIVE)) if group.covers(e.line, e.district)]
    clocks = await _clocks(session, [case.id for case, _ in live])
    return Day(
        items, (await session.exec(relevant)).one(), tuple(new), tuple((c, e, _next_end(clocks.get(c.id, []), now)) for c, e in live),
        sum(d.state is DeadlineState.MISSED and d.met_at is None for case, _ in live for d in clocks.get(case.id, [])),
        await _repeats(session, since, now), await sources_line(session, now),
    )  # fmt: skip


async def _cases(session: AsyncSession, which: object) -> Sequence[tuple[Case, Event]]:
    query = select(Case, Event).join(Event, col(Event.id) == Case.event_id).where(which)  # type: ignore[arg-type]  # a column expression
    return list((await session.exec(query.order_by(col(Event.level), col(Case.id)))).all())


async def _clocks(session: AsyncSession, case_ids: list[int | None]) -> dict[int | None, list[Deadline]]:
    shown = select(Deadline).where(
        col(Deadline.case_id).in_(case_ids), Deadline.kind != DeadlineKind.REPORT_UPWARD,
        col(Deadline.state).in_((DeadlineState.RUNNING, DeadlineState.MISSED)),
    )  # fmt: skip
    clocks: dict[int | None, list[Deadline]] = {}
    for row in (await session.exec(shown.order_by(col(Deadline.due_at)))).all():
        clocks.setdefault(row.case_id, []).append(row)
    return clocks


def _next_end(clocks: list[Deadline], now: datetime) -> Deadline | None:
    return next((row for row in clocks if row.due_at > now), None)


async def _repeats(session: AsyncSession, since: datetime, now: datetime) -> tuple[str, ...]:
    """Places with the same trouble again: at least one event since `since`, and at least `FEWEST_REPEATS` in the window."""
    number = func.count(col(Event.id))
    query = (
        select(Event.place, Event.line, number)
        .where(Event.first_posted_at > now - REPEAT_WINDOW, col(Event.place).is_not(None), Event.level > 0)
        .group_by(col(Event.place), col(Event.line))
        .having(number >= FEWEST_REPEATS, func.max(Event.last_posted_at) > since)
        .order_by(number.desc())
        .limit(3)
    )
    return tuple(
        say("alert.digest_repeat", place=place, line=line, count=count) for place, line, count in (await session.exec(query)).all()
    )
