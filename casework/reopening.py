"""A case that had ended comes back: nobody's, with its clocks wound anew."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from casework import deadlines
from casework.case import Case, CaseState, add_step, subject
from monitoring.event import Event
from storage import audit


async def reopen(session: AsyncSession, case: Case, event: Event, why: str, now: datetime) -> None:
    """Open it again.

    Args:
        why: the line of its timeline.
    """
    case.state, case.owner_id, case.claimed_at, case.closed_at, case.outcome, case.escalation_step = CaseState.OPEN, None, None, None, "", 0
    await deadlines.restart(session, case, event, now)
    add_step(session, case, why, now)
    await audit.append(session, "system", "case.reopened", subject(case), at=now, level=event.level)
