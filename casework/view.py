"""What staff look at: the desk, one case, a clause, a past case. Reads rows into frozen values and changes nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case, CaseState, CaseStep, case_by_number
from casework.deadline import Deadline, DeadlineKind, DeadlineState
from casework.staff import StaffMember
from knowledge_base.clause import Clause
from knowledge_base.document import PolicyDocument
from knowledge_base.past_case import PastCase
from monitoring.event import Event, Trend
from monitoring.item import Attitude, Item
from monitoring.snapshot import kept_at
from monitoring.source import Source

LIVE = [state for state in CaseState if state.is_live]
PENDING = (DeadlineState.RUNNING, DeadlineState.MISSED)
MOST_ITEMS = 60


@dataclass(frozen=True)
class OpenCase:
    """One live case on the desk. `next_deadline` is the running clock that ends first, else a missed one; reporting upward has no hours."""

    number: str
    state: CaseState
    headline: str
    line: str
    level: int
    owner: str | None
    item_count: int
    opened_at: datetime
    next_deadline: DeadlineKind | None
    due_at: datetime | None


@dataclass(frozen=True)
class StepView:
    """One line of the timeline."""

    at: datetime
    actor: str
    text: str


@dataclass(frozen=True)
class ItemView:
    """One post of the event, personal data masked. `repeats` counts its near-duplicates, which are not listed.

    `kept_at` is when the page on which it was read was fetched and kept as evidence (`wensheng evidence`).
    `ordinal` is its number for 拆分: the order in which the event's posts were read, from 1; the same while more come in.
    """

    ordinal: int
    posted_at: datetime
    source: str
    title: str
    text: str
    url: str
    attitude: Attitude
    likes: int | None
    repeats: int
    kept_at: datetime | None = None


@dataclass(frozen=True)
class DeadlineView:
    """One clock. `is_over` compares with the moment of looking; a met one keeps `met_at`."""

    kind: DeadlineKind
    subject: str
    due_at: datetime
    source: str
    state: DeadlineState
    provisional: bool
    met_at: datetime | None
    is_over: bool

    @property
    def has_hours(self) -> bool:
        """Reporting upward has none: it is to be done at once."""
        return self.kind is not DeadlineKind.REPORT_UPWARD


@dataclass(frozen=True)
class CaseView:
    """One case whole. `factors` are the reasons for the level; `items` the first post and then the newest, `item_count` counts all."""

    number: str
    state: CaseState
    headline: str
    line: str
    place: str | None
    level: int
    points: int
    factors: tuple[dict[str, Any], ...]
    doubts: tuple[str, ...]
    owner: str | None
    opened_at: datetime
    claimed_at: datetime | None
    closed_at: datetime | None
    muted_until: datetime | None
    outcome: str
    item_count: int
    negative_count: int
    per_minute: float
    trend: Trend
    source_names: tuple[str, ...]
    event_revision: int
    steps: tuple[StepView, ...]
    items: tuple[ItemView, ...]
    deadlines: tuple[DeadlineView, ...]

    @property
    def next_deadline(self) -> DeadlineView | None:
        """The running clock that ends first, else the first that was missed."""
        pending = [clock for clock in self.deadlines if clock.state in PENDING and clock.met_at is None and clock.has_hours]
        return min(pending, key=lambda clock: (clock.state is DeadlineState.MISSED, clock.due_at), default=None)


@dataclass(frozen=True)
class Neighbour:
    """The article before or after."""

    key: str
    article: str
    text: str


@dataclass(frozen=True)
class ClauseView:
    """One clause with what decides whether it may be cited. `place` is its part, chapter and section."""

    key: str
    title: str
    article: str
    place: str
    text: str
    authority: str
    document_number: str
    version_date: date | None
    effective_on: date | None
    ended_on: date | None
    usable: bool
    before: Neighbour | None
    after: Neighbour | None

    def in_force_on(self, day: date) -> bool:
        """As `Clause.in_force_on`."""
        return self.usable and (self.effective_on is None or self.effective_on <= day) and (self.ended_on is None or day < self.ended_on)


async def open_cases(session: AsyncSession) -> list[OpenCase]:
    """All live cases, the gravest first, then what is due first."""
    query = select(Case, Event, StaffMember).join(Event).outerjoin(StaffMember).where(col(Case.state).in_(LIVE))
    rows = (await session.exec(query)).all()
    clocks = await _next_deadlines(session, [case.id for case, _, _ in rows])
    cases = [_open_case(case, event, owner, clocks.get(case.id)) for case, event, owner in rows]
    return sorted(cases, key=lambda case: (case.level or 9, case.due_at is None, case.due_at or case.opened_at, case.number))


async def case_view(session: AsyncSession, number: str, now: datetime) -> CaseView | None:
    """The case that people call by `number`; None when there is none."""
    case = await case_by_number(session, number)
    if case is None:
        return None
    event = await session.get_one(Event, case.event_id)
    owner = await session.get(StaffMember, case.owner_id) if case.owner_id else None
    return CaseView(
        number=case.number, state=case.state, headline=event.headline, line=event.line, place=event.place, level=event.level,
        points=event.points, factors=tuple(event.factors), doubts=tuple(event.doubts), owner=owner.name if owner else None,
        opened_at=case.opened_at, claimed_at=case.claimed_at, closed_at=case.closed_at, muted_until=case.muted_until, outcome=case.outcome,
        item_count=event.item_count, negative_count=event.negative_count, per_minute=event.per_minute, trend=event.trend,
        source_names=tuple(event.source_names), event_revision=event.revision,
        steps=await _steps(session, case), items=await _items(session, event), deadlines=await _deadlines(session, case, now),
    )  # fmt: skip


async def clause_view(session: AsyncSession, key: str) -> ClauseView | None:
    """The clause of that key, whatever its validity, with its neighbours; None when it is not in the knowledge base."""
    found = (await session.exec(select(Clause, PolicyDocument).join(PolicyDocument).where(Clause.key == key))).first()
    if found is None:
        return None
    clause, document = found
    near = select(Clause).where(Clause.document_id == clause.document_id, col(Clause.ordinal).in_((clause.ordinal - 1, clause.ordinal + 1)))
    beside = {other.ordinal - clause.ordinal: Neighbour(other.key, other.article, other.text) for other in await session.exec(near)}
    return ClauseView(
        key=clause.key, title=clause.title, article=clause.article, text=clause.text,
        place=" ".join(part for part in (clause.part, clause.chapter, clause.section) if part),
        authority=document.authority, document_number=document.document_number, version_date=clause.version_date,
        effective_on=clause.effective_on, ended_on=clause.ended_on, usable=clause.usable, before=beside.get(-1), after=beside.get(1),
    )  # fmt: skip


async def past_case(session: AsyncSession, key: str) -> PastCase | None:
    """A past case that may be shown; None for a withdrawn or unknown one."""
    return (await session.exec(select(PastCase).where(PastCase.key == key, col(PastCase.usable)))).first()


def _open_case(case: Case, event: Event, owner: StaffMember | None, deadline: Deadline | None) -> OpenCase:
    kind, due_at = (deadline.kind, deadline.due_at) if deadline else (None, None)
    return OpenCase(
        case.number,
        case.state,
        event.headline,
        event.line,
        event.level,
        owner.name if owner else None,
        event.item_count,
        case.opened_at,
        kind,
        due_at,
    )


async def _next_deadlines(session: AsyncSession, case_ids: list[int | None]) -> dict[int | None, Deadline]:
    query = select(Deadline).where(col(Deadline.case_id).in_(case_ids), col(Deadline.state).in_(PENDING), col(Deadline.met_at).is_(None))
    rows = (await session.exec(query.where(Deadline.kind != DeadlineKind.REPORT_UPWARD))).all()
    urgent_last = sorted(rows, key=lambda row: (row.state is DeadlineState.RUNNING, -row.due_at.timestamp()))
    return {row.case_id: row for row in urgent_last}


async def _steps(session: AsyncSession, case: Case) -> tuple[StepView, ...]:
    rows = await session.exec(select(CaseStep).where(CaseStep.case_id == case.id).order_by(col(CaseStep.at), col(CaseStep.id)))
    return tuple(StepView(step.at, step.actor, step.text) for step in rows)


async def _items(session: AsyncSession, event: Event) -> tuple[ItemView, ...]:
    listed = select(Item, Source.name).join(Source).where(Item.event_id == event.id, col(Item.duplicate_of).is_(None))
    first = (await session.exec(listed.order_by(col(Item.posted_at), col(Item.id)).limit(1))).all()
    newest = (await session.exec(listed.order_by(col(Item.posted_at).desc(), col(Item.id).desc()).limit(MOST_ITEMS))).all()
    rows = [*first, *((item, source) for item, source in newest if all(item.id != known.id for known, _ in first))]
    repeats, ordinals = await _repeats(session, [item.id for item, _ in rows]), await _ordinals(session, event)
    kept = await kept_at(session, (item.snapshot_hash for item, _ in rows))
    return tuple(
        ItemView(
            ordinals[item.id],
            item.posted_at,
            source,
            item.title,
            item.text,
            item.url,
            item.attitude,
            item.likes,
            repeats.get(item.id, 0),
            kept.get(item.snapshot_hash),
        )
        for item, source in rows
    )


async def _ordinals(session: AsyncSession, event: Event) -> dict[int | None, int]:
    own = select(Item.id).where(Item.event_id == event.id, col(Item.duplicate_of).is_(None)).order_by(col(Item.id))
    return {item_id: ordinal for ordinal, item_id in enumerate((await session.exec(own)).all(), 1)}


async def _repeats(session: AsyncSession, item_ids: list[int | None]) -> dict[int | None, int]:
    counts = select(Item.duplicate_of, func.count()).where(col(Item.duplicate_of).in_(item_ids)).group_by(col(Item.duplicate_of))
    return dict((await session.exec(counts)).all())


async def _deadlines(session: AsyncSession, case: Case, now: datetime) -> tuple[DeadlineView, ...]:
    rows = await session.exec(
        select(Deadline).where(Deadline.case_id == case.id, Deadline.state != DeadlineState.DROPPED).order_by(col(Deadline.due_at))
    )
    return tuple(
        DeadlineView(
            row.kind, row.subject, row.due_at, row.source, row.state, row.provisional, row.met_at, (row.met_at or now) > row.due_at
        )
        for row in rows
    )
