"""认领、接手、转办、静默、取消静默: who has a case in hand, and when it may ring."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from casework import deadlines, promise_ledger
from casework.alert_card import buttons, time_in_text
from casework.announcing import is_muted, notify, refresh
from casework.case import Case, CaseState, add_step, subject
from casework.deadline import DeadlineKind
from casework.desk import Desk
from casework.errors import Refused
from casework.permission import Act, require
from casework.staff import StaffMember
from language.periods import clock_phrase
from prompts import say
from storage import audit

LONGEST_MUTE = timedelta(days=7)


async def claim(session: AsyncSession, case: Case, staff: StaffMember, now: datetime, desk: Desk) -> str:
    """Take an open case. Of two who press at the same time one has it and the other is told who.

    Returns:
        The sentence for the person.

    Raises:
        Refused: somebody has it, it has ended, or the person may not.
    """
    await require(session, staff, Act.CLAIM)
    taken = update(Case).where(col(Case.id) == case.id, col(Case.state) == CaseState.OPEN)
    values = {"state": CaseState.CLAIMED, "owner_id": staff.id, "claimed_at": now}
    await session.flush()
    result = await (await session.connection()).execute(taken.values(**values))
    await session.refresh(case)
    if result.rowcount == 0:
        return await _claimed_already(session, case, staff, now)
    add_step(session, case, say("casework.step_claimed"), now, staff.name)
    await audit.append(session, staff.name, "case.claimed", subject(case), at=now)
    await _acknowledged(session, case, now, desk)
    return say("casework.claimed", number=case.number, name=staff.name)


async def take_over(session: AsyncSession, case: Case, staff: StaffMember, now: datetime, desk: Desk) -> str:
    """Take a case that somebody else has; that person is told. Returns the sentence for the person. Raises Refused."""
    if case.state is CaseState.OPEN:
        return await claim(session, case, staff, now, desk)
    await require(session, staff, Act.CLAIM)
    must_live(case)
    before = await _owner(session, case)
    if before and before.id == staff.id:
        return say("casework.yours_already", number=case.number)
    await _hand_over(session, case, staff, staff, now, desk)
    if before:
        text = say("casework.taken_over_notice", number=case.number, name=staff.name, before=before.name)
        await notify(session, case, text, now, desk, key=f"owner:{now.isoformat()}", mentions=(before.name,), always=True)
    return say("casework.taken_over", number=case.number, before=before.name if before else say("casework.nobody"))


async def assign(session: AsyncSession, case: Case, staff: StaffMember, to: StaffMember, now: datetime, desk: Desk) -> str:
    """Give a case to a colleague, who is called by name. Returns the sentence for the person. Raises Refused."""
    await require(session, staff, Act.ASSIGN)
    must_live(case)
    await require(session, to, Act.CLAIM)
    if case.owner_id == to.id:
        raise Refused(say("casework.has_it_already", number=case.number, name=to.name))
    await _hand_over(session, case, to, staff, now, desk)
    text = say("casework.assigned_notice", number=case.number, name=to.name, by=staff.name)
    actions = buttons(case.number, "draft", "fill", "timeline")
    await notify(session, case, text, now, desk, key=f"owner:{now.isoformat()}", buttons=actions, mentions=(to.name,), always=True)
    return say("casework.assigned", number=case.number, name=to.name)


async def mute(session: AsyncSession, case: Case, staff: StaffMember, duration: timedelta, now: datetime, desk: Desk) -> str:
    """Let a case ring only when its level rises, for a while. Returns the sentence for the person. Raises Refused."""
    await require(session, staff, Act.MUTE)
    must_live(case)
    if not timedelta() < duration <= LONGEST_MUTE:
        raise Refused(say("casework.mute_how_long", number=case.number, days=LONGEST_MUTE.days))
    case.muted_until = now + duration
    until = clock_phrase(case.muted_until, now)
    add_step(session, case, say("casework.step_muted", until=until), now, staff.name)
    await audit.append(session, staff.name, "case.muted", subject(case), at=now, until=case.muted_until.isoformat())
    await refresh(session, case, now, desk, by_people=True)
    return say("casework.muted", number=case.number, until=until)


async def unmute(session: AsyncSession, case: Case, staff: StaffMember, now: datetime, desk: Desk) -> str:
    """Let a muted case ring again. Returns the sentence for the person. Raises Refused."""
    await require(session, staff, Act.MUTE)
    if not is_muted(case, now):
        raise Refused(say("casework.not_muted", number=case.number))
    case.muted_until = None
    add_step(session, case, say("casework.step_unmuted"), now, staff.name)
    await audit.append(session, staff.name, "case.unmuted", subject(case), at=now)
    await refresh(session, case, now, desk, by_people=True)
    return say("casework.unmuted", number=case.number)


def must_live(case: Case) -> None:
    """Raises Refused when the case has ended."""
    if not case.state.is_live:
        raise Refused(say(f"casework.is_{case.state.value}", number=case.number))


async def _claimed_already(session: AsyncSession, case: Case, staff: StaffMember, now: datetime) -> str:
    must_live(case)
    owner = await _owner(session, case)
    if owner and owner.id == staff.id:
        return say("casework.yours_already", number=case.number)
    at = time_in_text(case.claimed_at or now, now)
    raise Refused(say("casework.claimed_already", number=case.number, name=owner.name if owner else say("casework.nobody"), at=at))


async def _hand_over(session: AsyncSession, case: Case, to: StaffMember, by: StaffMember, now: datetime, desk: Desk) -> None:
    case.owner_id, case.claimed_at = to.id, now
    if case.state is CaseState.OPEN:
        case.state = CaseState.CLAIMED
    await promise_ledger.hand_over(session, case, to)
    add_step(session, case, say("casework.step_owner", name=to.name), now, by.name)
    await audit.append(session, by.name, "case.assigned", subject(case), at=now, to=to.name)
    await session.flush()
    await _acknowledged(session, case, now, desk)


async def _acknowledged(session: AsyncSession, case: Case, now: datetime, desk: Desk) -> None:
    await deadlines.meet(session, case, (DeadlineKind.ACKNOWLEDGE,), now)
    await refresh(session, case, now, desk, by_people=True)


async def _owner(session: AsyncSession, case: Case) -> StaffMember | None:
    return await session.get(StaffMember, case.owner_id) if case.owner_id else None
