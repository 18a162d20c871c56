"""再燃: a matter that was answered or closed is spoken of again: staff are called once, told why, and a closed case opens."""

from collections import Counter
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import buttons, span_phrase
from casework.announcing import is_muted, notify, refresh
from casework.case import Case, CaseState, add_step, subject
from casework.deadline import GRAVE
from casework.desk import Desk
from casework.reignition import HOURS_READ, RECENT_HOURS, Flare, find_flare
from casework.reopening import reopen
from casework.staff import StaffMember
from monitoring.event import Event
from monitoring.item import Item
from prompts import say, words
from storage import audit
from storage.clock import to_china

ANSWERED = (CaseState.REPLIED, CaseState.CLOSED)
HOUR = timedelta(hours=1)
MOST_COUNTED = 20_000


async def step_reignition(session: AsyncSession, now: datetime, desk: Desk) -> int:
    """Look at the answered and closed cases whose events were spoken of lately. Returns how many flare up."""
    spoken_of = (col(Event.last_posted_at) > now - RECENT_HOURS * HOUR, col(Case.state).in_(ANSWERED))
    lately = select(Case, Event).join(Event, col(Event.id) == Case.event_id).where(*spoken_of)
    stirred = 0
    for case, event in sorted((await session.exec(lately)).all(), key=lambda row: row[0].id or 0):
        if not is_muted(case, now) and (flare := await _flare(session, case, event, now)):
            await stir(session, case, event, _why(flare), now, desk)
            stirred += 1
    return stirred


async def stir(session: AsyncSession, case: Case, event: Event, why: str, now: datetime, desk: Desk) -> None:
    """Call the staff back to a case, and say why; a closed one opens. It rings again only after it has calmed down once more."""
    closed = case.state is CaseState.CLOSED
    owner = await session.get(StaffMember, case.owner_id) if case.owner_id else None
    case.stirred_at = now
    if closed:
        await reopen(session, case, event, say("followup.step_reopened"), now)
    add_step(session, case, say("followup.step_stirred", why=why), now)
    await audit.append(session, "system", "case.stirred", subject(case), at=now, level=event.level, closed=closed)
    text = say("followup.stirred", number=case.number, level=words("alert.levels")[str(event.level)], why=why)
    await notify(
        session, case, text, now, desk, key=f"stirred:{now.isoformat()}", always=event.level in GRAVE,
        body=say("followup.stirred_closed", number=case.number) if closed else "", mentions=(owner.name,) if owner else (),
        buttons=buttons(case.number, *(("claim",) if closed else ("draft",)), "course", "timeline"),
    )  # fmt: skip
    await refresh(session, case, now, desk, by_people=True)


async def _flare(session: AsyncSession, case: Case, event: Event, now: datetime) -> Flare | None:
    answered_at = max((at for at in (case.replied_at, case.closed_at, case.stirred_at) if at), default=None)
    if answered_at is None:
        return None
    lately = select(Item.posted_at).where(Item.event_id == event.id, col(Item.posted_at) > now - HOURS_READ * HOUR)
    moments = await session.exec(lately.where(col(Item.posted_at) <= now).order_by(col(Item.posted_at).desc()).limit(MOST_COUNTED))
    counts = Counter(int((now - moment) / HOUR) for moment in moments)
    hourly = [counts[ago] for ago in reversed(range(HOURS_READ))]
    return find_flare(hourly, to_china(now).hour, int((now - answered_at) / HOUR))


def _why(flare: Flare) -> str:
    quiet = span_phrase(flare.quiet_hours * HOUR)
    return say("followup.why_speed", quiet=quiet, hours=flare.hours, count=flare.count, expected=flare.expected)
