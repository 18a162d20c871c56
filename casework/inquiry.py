"""查实: who finds out an open fact, and by when. A due fact is asked for once, by name; the case's own clocks do the rest."""

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import groupby

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework import deadlines
from casework.announcing import notify
from casework.case import Case, CaseState, add_step, subject
from casework.deadline import DeadlineState
from casework.desk import Desk
from casework.drafting.draft import FactSlot
from casework.drafting.slots import slots_of
from casework.errors import Refused
from casework.message import Button
from casework.permission import Act, require
from casework.questioning import needed_slots
from casework.staff import StaffMember
from language.periods import clock_phrase
from prompts import say, words
from storage import audit

SHORTEST = timedelta(minutes=15)
LONGEST = timedelta(days=1)
"""A fact is asked for at the earliest after the one and at the latest after the other. Product defaults, no legal source."""


def due_by(answer_due: datetime | None, now: datetime) -> datetime:
    """When a fact must be known: half-way to the public answer, so that the other half is left for writing and signing.

    Args:
        answer_due: when the public has to be answered; None: no such clock runs.
        now: the moment of asking.
    """
    left = (answer_due - now) / 2 if answer_due else LONGEST
    return now + min(max(left, SHORTEST), LONGEST)


async def set_dues(session: AsyncSession, case: Case, names: Collection[str], now: datetime) -> None:
    """Give every open fact among `names` that has no time yet the time that the case's clocks leave for it."""
    undated = [slot for slot in await slots_of(session, case) if slot.name in names and slot.value is None and slot.due_at is None]
    if not undated:
        return
    due = due_by(await _answer_due(session, case), now)
    for slot in undated:
        slot.due_at = slot.remind_at = due
    await session.flush()


async def entrust(
    session: AsyncSession, case: Case, ordinal: int, to: StaffMember, due_at: datetime | None, staff: StaffMember, now: datetime
) -> FactSlot:
    """交办: ask one colleague to find a fact out.

    Args:
        ordinal: the slot's number within the case.
        due_at: by when, a time to come; None: as the case's clocks leave time.

    Raises:
        Refused: no such slot, or it is known already.
    """
    await require(session, staff, Act.SUBMIT)
    slot = next((slot for slot in await slots_of(session, case) if slot.ordinal == ordinal), None)
    if slot is None:
        raise Refused(say("drafting.no_such_slot", case=case.number, ordinal=ordinal))
    if slot.value is not None:
        raise Refused(say("drafting.entrust_known", case=case.number, name=slot.name, value=slot.value))
    due = due_at or slot.due_at or due_by(await _answer_due(session, case), now)
    slot.asked_of, slot.due_at, slot.remind_at = to.id, due, due
    await session.flush()
    add_step(session, case, say("drafting.step_entrusted", name=to.name, fact=slot.name, due=clock_phrase(due, now)), now, staff.name)
    await audit.append(session, staff.name, "fact.entrusted", subject(case), at=now, slot=ordinal, to=to.name, due=due.isoformat())
    return slot


async def step_facts(session: AsyncSession, now: datetime, desk: Desk) -> int:
    """Ask for the facts that are due by now: one message per case, which names who was asked. Returns how many cases were looked at."""
    due = select(FactSlot, Case).join(Case, col(Case.id) == FactSlot.case_id).where(col(FactSlot.remind_at) <= now)
    found = sorted((await session.exec(due)).all(), key=lambda row: (row[0].case_id, row[0].ordinal))
    cases = 0
    for case, rows in groupby(found, key=lambda row: row[1]):
        cases += 1
        await _ask_for(session, case, [slot for slot, _ in rows], now, desk)
    return cases


async def next_reminder(session: AsyncSession) -> datetime | None:
    """When `step_facts` will next find something."""
    return (await session.exec(select(func.min(FactSlot.remind_at)))).one()


async def _ask_for(session: AsyncSession, case: Case, slots: Collection[FactSlot], now: datetime, desk: Desk) -> None:
    for slot in slots:
        slot.remind_at = None
    missing = await _still_wanted(session, case, slots)
    if not missing or not case.state.is_live:
        return
    people = {slot.id: await _responsible(session, case, slot) for slot in missing}
    text = say("drafting.facts_due", case=case.number, count=len(missing))
    body = "\n".join(
        say("drafting.fact_due", ordinal=slot.ordinal, name=slot.name, who=people[slot.id] or say("alert.nobody")) for slot in missing
    )
    called = tuple(dict.fromkeys(name for name in people.values() if name))
    fill = Button(words("drafting.buttons")["fill"], words("drafting.commands")["fill"].format(case=case.number))
    key = "facts:" + ",".join(f"{slot.ordinal}@{slot.due_at:%m%d%H%M}" for slot in missing)
    await notify(session, case, text, now, desk, key=key, body=body, buttons=((fill,),), mentions=called)


async def _still_wanted(session: AsyncSession, case: Case, slots: Collection[FactSlot]) -> list[FactSlot]:
    """The open ones that somebody was asked for by name, or that the recommended text needs while the public waits for it."""
    waits = case.state is not CaseState.REPLIED
    needed = {slot.ordinal for slot in await needed_slots(session, case)} if waits else set[int]()
    return [slot for slot in slots if slot.value is None and (slot.asked_of or slot.ordinal in needed)]


async def _responsible(session: AsyncSession, case: Case, slot: FactSlot) -> str:
    asked = slot.asked_of or case.owner_id
    member = await session.get(StaffMember, asked) if asked else None
    return member.name if member else ""


async def _answer_due(session: AsyncSession, case: Case) -> datetime | None:
    running = [clock for clock in await deadlines.deadlines_of(session, case) if clock.state is DeadlineState.RUNNING]
    return min((clock.due_at for clock in running if clock.kind in deadlines.PUBLIC_ANSWERS), default=None)
