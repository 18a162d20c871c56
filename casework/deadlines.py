"""The clocks of a case: started, met, dropped, and what is said when one is half gone or missed."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework import escalation
from casework.alert_card import time_left
from casework.announcing import notify, refresh
from casework.case import Case, subject
from casework.deadline import Clock, Deadline, DeadlineKind, DeadlineState, Ticket, clocks_for
from casework.desk import Desk
from casework.publication import Promise
from casework.situation import event_of
from casework.staff import StaffMember
from language.periods import clock_phrase
from monitoring.event import Event
from monitoring.item import Item
from monitoring.source import Source
from prompts import say, words
from storage import audit

HALF_TIME, OVER = 1, 2
RUMOUR = "谣言或不实"
"""The intent of a post that spreads something false, in the words of `monitoring.lines.INTENTS`."""
TICKETS_OPTION = "tickets"
"""The option that marks a source as a ticket system (12345), whose items must each be answered."""
PUBLIC_ANSWERS = (DeadlineKind.FIRST_RESPONSE, DeadlineKind.RESPONSE, DeadlineKind.CLARIFY)


async def keep_clocks(session: AsyncSession, case: Case, event: Event, now: datetime, told_at: datetime) -> None:
    """Let exactly those clocks run that the case's level and items ask for; met and missed ones stay, an earlier end stays.

    Args:
        told_at: when staff are told of the present level; acknowledgement counts from it.
    """
    wanted = await _wanted(session, event, event.first_posted_at, told_at)
    standing = {(row.kind, row.subject): row for row in await deadlines_of(session, case)}
    for clock in wanted:
        row = standing.pop((clock.kind, clock.subject), None)
        if row is None:
            await _start(session, case, clock, now)
        elif row.state is DeadlineState.DROPPED or _must_hurry(row, clock):
            _set(row, clock, now)
    for row in standing.values():
        if row.kind is not DeadlineKind.PROMISE:
            await _drop(session, case, row, now)


async def restart(session: AsyncSession, case: Case, event: Event, now: datetime) -> None:
    """Wind all clocks anew for a case that was ended and comes back: they count from now, not from a first post long ago."""
    standing = {(row.kind, row.subject): row for row in await deadlines_of(session, case)}
    for clock in await _wanted(session, event, now, now):
        row = standing.get((clock.kind, clock.subject))
        if row is None:
            await _start(session, case, clock, now)
        elif row.kind is not DeadlineKind.TICKET:
            _set(row, clock, now)


async def start(session: AsyncSession, case: Case, clock: Clock, now: datetime) -> None:
    """Start one clock beside those of the table: a promise."""
    await _start(session, case, clock, now)


async def meet(session: AsyncSession, case: Case, kinds: Collection[DeadlineKind], now: datetime) -> None:
    """What the clocks asked for was done. One that was missed stays missed, with the time when it was done at last."""
    for row in await deadlines_of(session, case):
        if row.kind in kinds and row.met_at is None and row.state in (DeadlineState.RUNNING, DeadlineState.MISSED):
            row.state = DeadlineState.MET if now <= row.due_at or row.due_at == row.started_at else DeadlineState.MISSED
            row.met_at, row.next_warning_at = now, None
            await audit.append(
                session, "system", "deadline.met", subject(case), at=now, kind=row.kind, late=row.state is DeadlineState.MISSED
            )


async def drop_all(session: AsyncSession, case: Case, now: datetime) -> None:
    """Nothing is asked for any more."""
    for row in await deadlines_of(session, case):
        await _drop(session, case, row, now)


async def deadlines_of(session: AsyncSession, case: Case) -> list[Deadline]:
    """All clocks of a case, the earliest end first."""
    return list((await session.exec(select(Deadline).where(Deadline.case_id == case.id).order_by(col(Deadline.due_at)))).all())


async def step_deadlines(session: AsyncSession, now: datetime, desk: Desk) -> int:
    """Say what has to be said by now: half of the time gone, missed, nobody claimed. Returns how many clocks were looked at."""
    query = select(Deadline, Case).join(Case, col(Case.id) == Deadline.case_id).where(col(Deadline.next_warning_at) <= now)
    found = (await session.exec(query.order_by(col(Deadline.next_warning_at), col(Deadline.id)))).all()
    for row, case in found:
        if row.kind is DeadlineKind.ACKNOWLEDGE:
            await escalation.call_next(session, row, case, now, desk)
        else:
            await _warn(session, row, case, now, desk)
    return len(found)


async def next_warning(session: AsyncSession) -> datetime | None:
    """When `step_deadlines` will next find something."""
    return (await session.exec(select(func.min(Deadline.next_warning_at)))).one()


async def _warn(session: AsyncSession, row: Deadline, case: Case, now: datetime, desk: Desk) -> None:
    over = now >= row.due_at
    row.warned, row.next_warning_at = (OVER, None) if over else (HALF_TIME, row.due_at)
    if over:
        row.state = DeadlineState.MISSED
        await audit.append(session, "system", "deadline.missed", subject(case), at=now, kind=row.kind)
    event = await event_of(session, case)
    text = await _warning(session, row, case, event, now)
    promised = row.kind in (DeadlineKind.PROMISE, DeadlineKind.TICKET)
    await notify(
        session, case, text, now, desk, key=f"deadline:{row.id}:{row.warned}", always=promised, mentions=await _owner_name(session, case)
    )
    await refresh(session, case, now, desk)


async def _warning(session: AsyncSession, row: Deadline, case: Case, event: Event, now: datetime) -> str:
    owner = await _owner_name(session, case)
    fields = {
        "number": case.number,
        "level": words("alert.levels")[str(event.level)],
        "name": await _name(session, row),
        "who": say("alert.who_owner", name=owner[0]) if owner else say("alert.who_nobody"),
    }
    if row.warned == OVER:
        return say("alert.missed", due=clock_phrase(row.due_at, now), **fields)
    return say("alert.half_time", left=time_left(row, now), **fields)


async def _name(session: AsyncSession, row: Deadline) -> str:
    name = words("alert.deadline_names")[row.kind.value]
    if row.kind is not DeadlineKind.PROMISE:
        return name
    promise = await session.get(Promise, int(row.subject))
    return f"{name}“{promise.text}”" if promise else name


async def _owner_name(session: AsyncSession, case: Case) -> tuple[str, ...]:
    owner = await session.get(StaffMember, case.owner_id) if case.owner_id else None
    return (owner.name,) if owner else ()


async def _start(session: AsyncSession, case: Case, clock: Clock, now: datetime) -> None:
    row = Deadline(
        case_id=case.id or 0, kind=clock.kind, subject=clock.subject, started_at=clock.started_at, due_at=clock.due_at, source=clock.source
    )
    _set(row, clock, now)
    session.add(row)
    await session.flush()
    await audit.append(session, "system", "deadline.started", subject(case), at=now, kind=clock.kind, due=clock.due_at.isoformat())


async def _wanted(session: AsyncSession, event: Event, first: datetime, told_at: datetime) -> list[Clock]:
    return clocks_for(event.level, first, told_at, rumour=await _spreads_rumour(session, event), tickets=await _tickets(session, event))


def _must_hurry(row: Deadline, clock: Clock) -> bool:
    """A higher level leaves less time to claim; the other clocks keep the end that was shown."""
    return row.kind is DeadlineKind.ACKNOWLEDGE and row.state is DeadlineState.RUNNING and clock.due_at < row.due_at


def _set(row: Deadline, clock: Clock, now: datetime) -> None:
    """Wind the clock. One that ended before anybody could know is missed from the beginning: the card says so, nothing rings."""
    row.started_at, row.due_at, row.source, row.provisional = clock.started_at, clock.due_at, clock.source, clock.provisional
    row.state, row.warned, row.met_at, row.next_warning_at = DeadlineState.RUNNING, 0, None, None
    if row.kind is DeadlineKind.REPORT_UPWARD:
        return
    if row.kind is DeadlineKind.ACKNOWLEDGE:
        row.next_warning_at = row.due_at
    elif row.due_at <= now:
        row.state, row.warned = DeadlineState.MISSED, OVER
    else:
        half = row.started_at + (row.due_at - row.started_at) / 2
        row.warned, row.next_warning_at = (0, half) if half > now else (HALF_TIME, row.due_at)


async def _drop(session: AsyncSession, case: Case, row: Deadline, now: datetime) -> None:
    if row.state is DeadlineState.RUNNING:
        row.state = DeadlineState.DROPPED
        await audit.append(session, "system", "deadline.dropped", subject(case), at=now, kind=row.kind)
    row.next_warning_at = None


async def _spreads_rumour(session: AsyncSession, event: Event) -> bool:
    return (await session.exec(select(Item.id).where(Item.event_id == event.id, Item.intent == RUMOUR).limit(1))).first() is not None


async def _tickets(session: AsyncSession, event: Event) -> Iterable[Ticket]:
    query = select(Item, Source).join(Source, col(Source.id) == Item.source_id).where(Item.event_id == event.id)
    found = (await session.exec(query.where(col(Item.duplicate_of).is_(None)))).all()
    return [
        Ticket(item.id or 0, item.posted_at, item.due_at) for item, source in found if item.due_at or source.options.get(TICKETS_OPTION)
    ]
