"""前因: earlier cases of the same kind at the same place, what was promised then, and whether it was kept. From our own rows."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case, CaseState
from casework.promise import Promise, PromiseState
from casework.publication import Publication, PublicationState
from monitoring.event import Event

LOOKED_BACK = timedelta(days=730)
MOST_COUNTED = 20
MOST_SHOWN = 3
_FAILED = (PromiseState.OVERDUE, PromiseState.BROKEN)


@dataclass(frozen=True)
class EarlierPromise:
    """One promise of a reply that was published, and how it stands at the time of drafting."""

    text: str
    due_at: datetime | None
    state: PromiseState

    @property
    def failed(self) -> bool:
        """Whether its time has passed, or it was given up, without being kept."""
        return self.state in _FAILED


@dataclass(frozen=True)
class EarlierCase:
    """One earlier case. `replied`: whether a reply of ours was published; `outcome`: how it was closed, empty while it is not."""

    number: str
    headline: str
    opened_at: datetime
    replied: bool
    outcome: str
    promises: tuple[EarlierPromise, ...] = ()


@dataclass(frozen=True)
class History:
    """Earlier cases of one line at one place.

    Attributes:
        earlier: the newest first, at most MOST_SHOWN.
        count: how many there were within LOOKED_BACK, at most MOST_COUNTED.
        unanswered: how many of these never got a published reply.
        broken: promises of all these that were not kept.
    """

    earlier: tuple[EarlierCase, ...] = ()
    count: int = 0
    unanswered: int = 0
    broken: tuple[EarlierPromise, ...] = ()


async def read_history(session: AsyncSession, case: Case, event: Event, now: datetime) -> History:
    """Look up what came before a case; three reads, each bounded and by index. Nothing is known of an event without a place."""
    if not event.place:
        return History()
    rows = await _earlier(session, case, event, now)
    ids = [found.id or 0 for found, _ in rows]
    replied = set((await session.exec(select(Publication.case_id).where(col(Publication.case_id).in_(ids), _is_out()))).all())
    promises = await promises_of(session, ids, now)
    cases = [
        EarlierCase(
            found.number, headline, found.opened_at, found.id in replied, found.outcome if found.state is CaseState.CLOSED else "",
            promises.get(found.id or 0, ()),
        )
        for found, headline in rows
    ]  # fmt: skip
    broken = tuple(promise for earlier in cases for promise in earlier.promises if promise.failed)
    return History(tuple(cases[:MOST_SHOWN]), len(cases), sum(not earlier.replied for earlier in cases), broken)


async def promises_of(session: AsyncSession, case_ids: Sequence[int], now: datetime) -> dict[int, tuple[EarlierPromise, ...]]:
    """What the published replies of cases promised, by the case's id, in the order of the promises."""
    published = (
        select(Promise)
        .join(Publication, col(Publication.version_id) == col(Promise.version_id))
        .where(col(Promise.case_id).in_(case_ids), _is_out())
        .order_by(col(Promise.id))
    )
    found: dict[int, tuple[EarlierPromise, ...]] = defaultdict(tuple)
    for promise in (await session.exec(published)).all() if case_ids else ():
        found[promise.case_id] += (EarlierPromise(promise.text, promise.due_at, promise.state(now)),)
    return dict(found)


async def _earlier(session: AsyncSession, case: Case, event: Event, now: datetime) -> list[tuple[Case, str]]:
    same = (
        select(Case, Event.headline)
        .join(Event, col(Event.id) == col(Case.event_id))
        .where(
            Event.place == event.place,
            Event.line == event.line,
            Case.id != case.id,
            col(Case.state).not_in((CaseState.DISMISSED, CaseState.MERGED)),
            Event.first_posted_at <= event.first_posted_at,
            Event.first_posted_at >= now - LOOKED_BACK,
        )
        .order_by(col(Event.first_posted_at).desc(), col(Case.id).desc())
        .limit(MOST_COUNTED)
    )
    return list((await session.exec(same)).all())


def _is_out() -> bool:
    """The condition that a publication stands in public."""
    return Publication.state == PublicationState.PUBLISHED
