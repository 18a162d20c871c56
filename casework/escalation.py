"""升级: when nobody claims a case, the next person on the duty roster is called, one after the other."""

from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import buttons, span_phrase, time_left
from casework.announcing import is_muted, notify
from casework.case import Case, CaseState, add_step, subject
from casework.deadline import ACKNOWLEDGE_WITHIN, Deadline, DeadlineState
from casework.desk import Desk
from casework.mute import is_held
from casework.situation import event_of, situation_of
from casework.staff import StaffMember
from prompts import say, words
from storage import audit

LONG_WAIT = timedelta(days=1)
"""Between two calls at a level whose acknowledgement is counted in working days."""


async def duty_roster(session: AsyncSession) -> list[StaffMember]:
    """The people who are called when nobody acts, in order."""
    on_roster = select(StaffMember).where(col(StaffMember.active), col(StaffMember.roster_order).is_not(None))
    return list((await session.exec(on_roster.order_by(col(StaffMember.roster_order)))).all())


async def call_next(session: AsyncSession, acknowledgement: Deadline, case: Case, now: datetime, desk: Desk) -> None:
    """The time to claim is over: call the next person, and wind the clock for the one after."""
    acknowledgement.next_warning_at = None
    if case.state is not CaseState.OPEN:
        return
    if is_muted(case, now):
        acknowledgement.next_warning_at = None if await is_held(session, case, now) else case.muted_until
        return
    acknowledgement.state = DeadlineState.MISSED
    roster = await duty_roster(session)
    person = roster[case.escalation_step] if case.escalation_step < len(roster) else None
    if not await _ring(session, acknowledgement, case, person, now, desk) or person is None:
        return
    case.escalation_step += 1
    event = await event_of(session, case)
    acknowledgement.next_warning_at = now + ACKNOWLEDGE_WITHIN.get(event.level, LONG_WAIT)
    add_step(session, case, say("casework.step_called", name=person.name), now)
    await audit.append(session, "system", "case.escalated", subject(case), at=now, called=person.name, step=case.escalation_step)


async def _ring(
    session: AsyncSession, acknowledgement: Deadline, case: Case, person: StaffMember | None, now: datetime, desk: Desk
) -> bool:
    situation = await situation_of(session, case)
    fields = {
        "number": case.number,
        "level": words("alert.levels")[str(situation.event.level)],
        "waited": span_phrase(now - acknowledgement.started_at),
    }
    text = say("alert.unclaimed", title=person.title, name=person.name, **fields) if person else say("alert.unclaimed_end", **fields)
    return await notify(
        session,
        case,
        text,
        now,
        desk,
        key=f"unclaimed:{acknowledgement.id}:{case.escalation_step}",
        body=say("alert.unclaimed_body", left=time_left(situation.public_deadline, now)),
        buttons=buttons(case.number, "claim", "timeline"),
        mentions=(person.name,) if person else (),
    )
