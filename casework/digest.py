"""摘要: when each chat is told what happened, what is due and what keeps coming back."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case, CaseState
from casework.deadline import Deadline, DeadlineKind, DeadlineState
from casework.delivery import Delivery, enqueue
from casework.desk import Alerting, Desk
from casework.digest_face import Day, Told, digest_face, quiet_face
from casework.message import Card
from casework.mute import LIVE, StandingMute
from casework.muting import mute_text
from casework.routing import active_groups, alerting_of, place_of
from casework.source_health import sources_line
from casework.staff import StaffGroup, StaffMember
from monitoring.event import Event, EventState
from monitoring.item import Item, Relevance
from prompts import say
from storage.clock import to_china

DAY = timedelta(hours=24)
REPEAT_WINDOW = timedelta(days=30)
FEWEST_REPEATS = 3
"""Events of one line at one place within the window, each day on which one came back counted, from which on a complaint is repeated."""
MOST_REPEATS = 3
LATEST = timedelta(hours=2)
"""How long after its time a digest is still sent by a process that was down."""
_UNSEEN = (DeadlineKind.REPORT_UPWARD, DeadlineKind.ACKNOWLEDGE)
"""Clocks that no digest counts: the first has no hours, for the second people are called by name."""


async def step_digest(session: AsyncSession, now: datetime, desk: Desk) -> int:
    """Put out the digests whose time has come, once for each time and chat. Returns how many were put out."""
    sent = 0
    for group in await active_groups(session):
        at = last_time(now, alerting_of(group, desk.alerting))
        if at is None or now - at > LATEST:
            continue
        key = f"digest:{at:%Y-%m-%dT%H:%M}:{':'.join(place_of(group))}"
        if (await session.exec(select(Delivery.id).where(Delivery.key == key))).first() is None:
            await enqueue(session, await digest_card(session, group, now, desk, at), place_of(group), now, key=key)
            sent += 1
    return sent


async def next_digest(session: AsyncSession, now: datetime, desk: Desk) -> datetime | None:
    """When `step_digest` will next find something; None where no chat has a digest."""
    times = [next_time(now, alerting_of(group, desk.alerting)) for group in await active_groups(session)]
    return min((time for time in times if time), default=None)


async def digest_card(session: AsyncSession, group: StaffGroup, now: datetime, desk: Desk, at: datetime | None = None) -> Card:
    """The digest of one chat; at the last time of a day on which nothing new came in, the line that says so.

    Args:
        at: the time of day that it is the digest of; the first of a day covers 24 hours, each other what came since the one before.
            None, for a person who asks: 24 hours.
    """
    since = _since(now, at, alerting_of(group, desk.alerting))
    day = await _day(session, group, since, now)
    midnight = to_china(now).replace(hour=0, minute=0, second=0, microsecond=0)
    if at is not None and _is_last(at, alerting_of(group, desk.alerting)) and not await _new(session, group, min(since, midnight)):
        return quiet_face(day, now)
    return digest_face(day, now, at or now)


def last_time(now: datetime, alerting: Alerting) -> datetime | None:
    """The latest digest time that has come, today or yesterday; None where there is none at all."""
    return max((time for time in _times(now, alerting, (0, -1)) if time <= now), default=None)


def next_time(now: datetime, alerting: Alerting) -> datetime | None:
    """The next digest time; None where there is none at all."""
    return min((time for time in _times(now, alerting, (0, 1)) if time > now), default=None)


def _times(now: datetime, alerting: Alerting, days: Iterable[int]) -> Iterator[datetime]:
    today = to_china(now)
    return (datetime.combine(today.date() + timedelta(days=ahead), at, today.tzinfo) for ahead in days for at in alerting.digest_times)


def _since(now: datetime, at: datetime | None, alerting: Alerting) -> datetime:
    earlier = [time for time in _times(at, alerting, (0,)) if time < at] if at else []
    return max(earlier, default=now - DAY)


def _is_last(at: datetime, alerting: Alerting) -> bool:
    """Whether it is the last digest of its day, and not the only one, which comes too early to say anything of the day."""
    times = list(_times(at, alerting, (0,)))
    return len(times) > 1 and at == max(times)


async def _day(session: AsyncSession, group: StaffGroup, since: datetime, now: datetime) -> Day:
    seen = select(func.count(col(Item.id))).where(Item.observed_at > since, Item.observed_at <= now)
    ours = seen.where(col(Item.relevance).in_([relevance for relevance in Relevance if relevance.is_ours]))
    live = await _told(session, group, col(Case.state).in_(LIVE))
    clocks = await _clocks(session, [told.case.id for told in live])
    late = {row.case_id for row in clocks if row.state is DeadlineState.MISSED}
    return Day(
        since=since,
        items=(await session.exec(seen)).one(),
        relevant=(await session.exec(ours)).one(),
        new=tuple(await _new(session, group, since)),
        open=tuple(live),
        late=tuple(told.case.number for told in live if told.case.id in late),
        due={row.case_id: row for row in reversed(clocks) if row.state is DeadlineState.RUNNING},
        mutes=tuple([await mute_text(session, mute, now) for mute in await _mutes(session, since)]),
        repeats=await _repeats(session, since, now),
        sources=await sources_line(session, now),
    )


async def _new(session: AsyncSession, group: StaffGroup, since: datetime) -> list[Told]:
    """Those merged into another are told by that one."""
    return await _told(session, group, Case.opened_at > since, Case.state != CaseState.MERGED)


async def _told(session: AsyncSession, group: StaffGroup, *which: object) -> list[Told]:
    """The cases of the chat's lines and districts, at every level: what does not ring stands nowhere else."""
    query = select(Case, Event, StaffMember).join(Event, col(Event.id) == Case.event_id)
    query = query.outerjoin(StaffMember, col(StaffMember.id) == Case.owner_id).where(*which)  # type: ignore[arg-type]  # column expressions
    rows = (await session.exec(query.order_by(col(Event.level), col(Case.id)))).all()
    return [Told(case, event, owner.name if owner else "") for case, event, owner in rows if group.covers(event.line, event.district)]


async def _clocks(session: AsyncSession, case_ids: list[int | None]) -> Sequence[Deadline]:
    shown = select(Deadline).where(
        col(Deadline.case_id).in_(case_ids), col(Deadline.kind).not_in(_UNSEEN), col(Deadline.met_at).is_(None),
        col(Deadline.state).in_((DeadlineState.RUNNING, DeadlineState.MISSED)),
    )  # fmt: skip
    return (await session.exec(shown.order_by(col(Deadline.due_at)))).all()


async def _mutes(session: AsyncSession, since: datetime) -> Sequence[StandingMute]:
    """Those that hold, and those that have ended since the digest before."""
    return (await session.exec(select(StandingMute).where(col(StandingMute.until) > since).order_by(col(StandingMute.id)))).all()


async def _repeats(session: AsyncSession, since: datetime, now: datetime) -> tuple[str, ...]:
    """Places with the same trouble again: spoken of since `since`, and on at least `FEWEST_REPEATS` days or in as many events."""
    number = func.sum(Event.unanswered_returns + 1)
    query = (
        select(Event.place, Event.line, number)
        .where(
            Event.first_posted_at > now - REPEAT_WINDOW, col(Event.place).is_not(None), Event.level > 0, Event.state != EventState.MERGED
        )
        .group_by(col(Event.place), col(Event.line))
        .having(number >= FEWEST_REPEATS, func.max(Event.last_posted_at) > since)
        .order_by(number.desc())
        .limit(MOST_REPEATS)
    )
    return tuple(
        say("alert.digest_repeat", place=place, line=line, count=count) for place, line, count in (await session.exec(query)).all()
    )
