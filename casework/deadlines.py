"""The clocks of a case: started, met, dropped, and what is said when one is half gone or missed."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_
from sqlalchemy import select as columns
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework import escalation
from casework.alert_card import time_left
from casework.announcing import is_muted, notify, refresh
from casework.case import Case, subject
from casework.deadline import Clock, Deadline, DeadlineKind, DeadlineState, Ticket, clocks_for
from casework.desk import Desk
from casework.mute import is_held
from casework.promise import Promise
from casework.situation import event_of
from casework.staff import Role, StaffMember, members_with
from language.periods import clock_phrase
from monitoring.event import Event
from monitoring.item import Item
from monitoring.source import Source
from prompts import say, words
from storage import audit
from storage.rows import settle

HALF_TIME, OVER, LEADER = 1, 2, 3
LEADER_AFTER = timedelta(hours=1)
"""How long after a promise was broken the leader is called."""
SHORTEST_LEAD, LONGEST_LEAD = timedelta(minutes=30), timedelta(days=1)
"""How long before a promise is due somebody is reminded: a quarter of its time, within these bounds."""
RUMOUR = "谣言或不实"
"""The intent of a post that spreads something false, in the words of `monitoring.lines.INTENTS`."""
TICKETS_OPTION = "tickets"
"""The option that marks a source as a ticket system (12345), whose items must each be answered."""
_OF_CASE = select(Deadline).where(Deadline.case_id == bindparam("case")).order_by(col(Deadline.due_at))
_WARNINGS = (
    select(Deadline, Case)
    .join(Case, col(Case.id) == Deadline.case_id)
    .where(col(Deadline.next_warning_at) <= bindparam("now"))
    .order_by(col(Deadline.next_warning_at), col(Deadline.id))
)
_RUMOURS = columns(col(Item.id)).where(col(Item.event_id) == bindparam("event"), col(Item.intent) == RUMOUR).limit(1)
_SOURCES = columns(col(Source.id), col(Source.options))
_TICKETS = columns(col(Item.id), col(Item.posted_at), col(Item.due_at)).where(
    col(Item.event_id) == bindparam("event"), col(Item.duplicate_of).is_(None),
    or_(col(Item.due_at).is_not(None), col(Item.source_id).in_(bindparam("systems", expanding=True))),
)  # fmt: skip
_NEXT_WARNING = select(func.min(Deadline.next_warning_at))
PUBLIC_ANSWERS = (DeadlineKind.FIRST_RESPONSE, DeadlineKind.RESPONSE, DeadlineKind.CLARIFY)


async def keep_clocks(session: AsyncSession, case: Case, event: Event, now: datetime, told_at: datetime) -> None:
    """Let exactly those clocks run that the case's level and items ask for; met and missed ones stay.

    Args:
        told_at: when staff are told of the present level; acknowledgement counts from it.
    """
    await settle(session)
    standing = {(row.kind, row.subject): row for row in await deadlines_of(session, case)}
    wound = []
    for clock in await _wanted(session, event, event.first_posted_at, told_at):
        row = standing.pop((clock.kind, clock.subject), None)
        if row is None or row.state is DeadlineState.DROPPED or _must_hurry(row, clock):
            wound.append(_wind(session, case, row, clock, now))
    unwanted = [row for row in standing.values() if row.kind is not DeadlineKind.PROMISE]
    await _note(session, case, "deadline.started", wound, now)
    await _drop(session, case, unwanted, now)


async def restart(session: AsyncSession, case: Case, event: Event, now: datetime) -> None:
    """Wind all clocks anew for a case that was ended and comes back: they count from now, not from a first post long ago."""
    await settle(session)
    standing = {(row.kind, row.subject): row for row in await deadlines_of(session, case)}
    clocks = [clock for clock in await _wanted(session, event, now, now) if clock.kind is not DeadlineKind.TICKET]
    wound = [_wind(session, case, standing.get((clock.kind, clock.subject)), clock, now) for clock in clocks]
    await _note(session, case, "deadline.started", wound, now)


async def start(session: AsyncSession, case: Case, clock: Clock, now: datetime) -> None:
    """Start one clock beside those of the table: a promise."""
    await _note(session, case, "deadline.started", [_wind(session, case, None, clock, now)], now)


def asks_for_clock(item: Item, source: Source) -> bool:
    """Whether an item brings a clock of its own into a case that has its clocks already: a ticket, something false."""
    return item.due_at is not None or item.intent == RUMOUR or bool(source.options.get(TICKETS_OPTION))


async def meet(session: AsyncSession, case: Case, kinds: Collection[DeadlineKind], now: datetime, *, about: str = "") -> None:
    """What the clocks asked for was done. One that was missed stays missed, with the time when it was done at last.

    Args:
        about: only the clock of this subject.
    """
    open_ = [row for row in await deadlines_of(session, case) if row.kind in kinds and row.met_at is None and about in ("", row.subject)]
    met = [row for row in open_ if row.state in (DeadlineState.RUNNING, DeadlineState.MISSED)]
    for row in met:
        row.state = DeadlineState.MET if now <= row.due_at else DeadlineState.MISSED
        row.met_at, row.next_warning_at = now, None
    await _note(session, case, "deadline.met", met, now)


async def take_over(session: AsyncSession, case: Case, gone: Case, now: datetime) -> None:
    """The clocks of a case that was merged into another go on there: of two of a kind the one that ends first."""
    standing = {(row.kind, row.subject): row for row in await deadlines_of(session, case)}
    taken = []
    for clock in await deadlines_of(session, gone):
        own = standing.get((clock.kind, clock.subject))
        if clock.state is not DeadlineState.RUNNING or (own and own.due_at <= clock.due_at) or (own and own.met_at):
            continue
        taken.append(
            _wind(
                session, case, own, Clock(clock.kind, clock.started_at, clock.due_at, clock.source, clock.subject, clock.provisional), now
            )
        )
    await _note(session, case, "deadline.taken_over", taken, now)


async def drop_all(session: AsyncSession, case: Case, now: datetime, *, but: Collection[DeadlineKind] = ()) -> None:
    """Nothing is asked for any more, but what these clocks ask for."""
    await _drop(session, case, [row for row in await deadlines_of(session, case) if row.kind not in but], now)


async def deadlines_of(session: AsyncSession, case: Case) -> list[Deadline]:
    """All clocks of a case, the earliest end first."""
    return list((await session.exec(_OF_CASE, params={"case": case.id})).all())


async def step_deadlines(session: AsyncSession, now: datetime, desk: Desk) -> int:
    """Say what has to be said by now: half of the time gone, missed, nobody claimed. Returns how many clocks were looked at."""
    found = (await session.exec(_WARNINGS, params={"now": now})).all()
    for row, case in found:
        if row.kind is DeadlineKind.ACKNOWLEDGE:
            await escalation.call_next(session, row, case, now, desk)
        else:
            await _warn(session, row, case, now, desk)
    return len(found)


async def next_warning(session: AsyncSession) -> datetime | None:
    """When `step_deadlines` will next find something."""
    return (await session.exec(_NEXT_WARNING)).one()


async def _warn(session: AsyncSession, row: Deadline, case: Case, now: datetime, desk: Desk) -> None:
    promised = row.kind in (DeadlineKind.PROMISE, DeadlineKind.TICKET)
    if is_muted(case, now) and not promised and not await is_held(session, case, now):
        row.next_warning_at = case.muted_until
        return
    row.warned, row.next_warning_at = _next_stage(row, now)
    if row.warned == OVER:
        row.state = DeadlineState.MISSED
        await _note(session, case, "deadline.missed", [row], now)
    event = await event_of(session, case)
    text = await _warning(session, row, case, event, now)
    called = await _leader(session) if row.warned == LEADER else ()
    called = tuple(dict.fromkeys((*await _owner_name(session, case), *called)))
    await notify(session, case, text, now, desk, key=f"deadline:{row.id}:{row.warned}", always=promised, mentions=called)
    await refresh(session, case, now, desk)


def _next_stage(row: Deadline, now: datetime) -> tuple[int, datetime | None]:
    """What is said now, and when something is said next: a promise that is broken goes on to the leader."""
    if now < row.due_at:
        return HALF_TIME, row.due_at
    if row.kind is not DeadlineKind.PROMISE:
        return OVER, None
    return (LEADER, None) if row.warned == OVER else (OVER, max(now, row.due_at) + LEADER_AFTER)


async def _leader(session: AsyncSession) -> tuple[str, ...]:
    """Who answers for what was promised: the first on the roster who signs, else whoever signs."""
    signers = await members_with(session, Role.APPROVER)
    ranked = sorted(signers, key=lambda member: (member.roster_order is None, member.roster_order or 0))
    return tuple(member.name for member in ranked[:1])


async def _warning(session: AsyncSession, row: Deadline, case: Case, event: Event, now: datetime) -> str:
    owner = await _owner_name(session, case)
    fields = {
        "number": case.number,
        "level": words("alert.levels")[str(event.level)],
        "name": await _name(session, row),
        "who": say("alert.who_owner", name=owner[0]) if owner else say("alert.who_nobody"),
    }
    if row.warned == LEADER:
        leader = await _leader(session)
        return say("promise.broken", over=time_left(row, now), leader=say("casework.comma").join(leader), **fields)
    if row.warned == OVER:
        return say("alert.missed", due=clock_phrase(row.due_at, now), **fields)
    key = "promise.due" if row.kind is DeadlineKind.PROMISE else "alert.half_time"
    return say(key, left=time_left(row, now), **fields)


async def _name(session: AsyncSession, row: Deadline) -> str:
    name = words("alert.deadline_names")[row.kind.value]
    if row.kind is not DeadlineKind.PROMISE:
        return name
    promise = await session.get(Promise, int(row.subject))
    return f"{name}“{promise.text}”" if promise else name


async def _owner_name(session: AsyncSession, case: Case) -> tuple[str, ...]:
    owner = await session.get(StaffMember, case.owner_id) if case.owner_id else None
    return (owner.name,) if owner else ()


def _wind(session: AsyncSession, case: Case, row: Deadline | None, clock: Clock, now: datetime) -> Deadline:
    """Wind a clock, a new one where there is none. One that ended before anybody could know is missed from the start, without a sound."""
    row = row or Deadline(
        case_id=case.id or 0, kind=clock.kind, subject=clock.subject, started_at=clock.started_at, due_at=clock.due_at, source=clock.source
    )
    row.started_at, row.due_at, row.source, row.provisional = clock.started_at, clock.due_at, clock.source, clock.provisional
    row.state, row.warned, row.met_at, row.next_warning_at = DeadlineState.RUNNING, 0, None, _first_warning(clock, now)
    if row.next_warning_at is None and row.kind is not DeadlineKind.REPORT_UPWARD:
        row.state, row.warned = DeadlineState.MISSED, OVER
    session.add(row)
    return row


def _first_warning(clock: Clock, now: datetime) -> datetime | None:
    """Half time, or the end where half is over; a promise somewhat before its end; nobody is called before the end of the time to claim."""
    if clock.kind is DeadlineKind.ACKNOWLEDGE:
        return clock.due_at
    if clock.kind is DeadlineKind.REPORT_UPWARD or clock.due_at <= now:
        return None
    length = clock.due_at - clock.started_at
    lead = min(max(length / 4, SHORTEST_LEAD), LONGEST_LEAD) if clock.kind is DeadlineKind.PROMISE else length / 2
    reminder = clock.due_at - lead
    return reminder if reminder > now else clock.due_at


async def _wanted(session: AsyncSession, event: Event, first: datetime, told_at: datetime) -> list[Clock]:
    return clocks_for(event.level, first, told_at, rumour=await _spreads_rumour(session, event), tickets=await _tickets(session, event))


def _must_hurry(row: Deadline, clock: Clock) -> bool:
    """A higher level leaves less time to claim; the other clocks keep the end that was shown."""
    return row.kind is DeadlineKind.ACKNOWLEDGE and row.state is DeadlineState.RUNNING and clock.due_at < row.due_at


async def _drop(session: AsyncSession, case: Case, rows: Iterable[Deadline], now: datetime) -> None:
    dropped = []
    for row in rows:
        row.next_warning_at = None
        if row.state is DeadlineState.RUNNING:
            row.state = DeadlineState.DROPPED
            dropped.append(row)
    await _note(session, case, "deadline.dropped", dropped, now)


async def _note(session: AsyncSession, case: Case, action: str, rows: Collection[Deadline], now: datetime) -> None:
    if rows:
        await session.flush()
        await audit.append(session, "system", action, subject(case), at=now, clocks={_label(row): row.due_at.isoformat() for row in rows})


def _label(row: Deadline) -> str:
    return f"{row.kind.value}:{row.subject}" if row.subject else row.kind.value


async def _spreads_rumour(session: AsyncSession, event: Event) -> bool:
    return (await (await session.connection()).execute(_RUMOURS, {"event": event.id})).first() is not None


async def _tickets(session: AsyncSession, event: Event) -> list[Ticket]:
    connection = await session.connection()
    systems = [source for source, options in (await connection.execute(_SOURCES)).all() if options.get(TICKETS_OPTION)]
    found = (await connection.execute(_TICKETS, {"event": event.id, "systems": systems})).all()
    return [Ticket(item_id or 0, posted_at, due_at) for item_id, posted_at, due_at in found]
