"""One post comes in: seen, gathered, graded, and told to those it concerns, in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from casework import approval, deadlines
from casework.announcing import announce, notify, refresh
from casework.case import Case, CaseState, add_step, open_case, subject
from casework.desk import Desk
from casework.ringing import must_ring, ring_at
from monitoring.event import Event
from monitoring.observe import Observation, observe
from monitoring.post import RawPost
from monitoring.source import Source
from prompts import say, words
from storage import audit


@dataclass(frozen=True)
class Received:
    """What came of a post. `case` is the case that handles its event, if it has one; `rang`: a new card was put out for it."""

    observation: Observation
    case: Case | None = None
    rang: bool = False


async def receive(session: AsyncSession, post: RawPost, source: Source, now: datetime, desk: Desk) -> Received:
    """Take in one public post: item, event, level, case, deliveries, deadlines and audit, all in the caller's transaction."""
    observation = await observe(session, post, source, now, desk.watch)
    if observation.event is None or observation.event.level == 0:
        return Received(observation)
    return await handle(session, observation, observation.event, now, desk)


async def handle(session: AsyncSession, observation: Observation, event: Event, now: datetime, desk: Desk) -> Received:
    """What staff are told after an event with a level has changed: nothing, a renewed card, or a ringing one."""
    case, opened = await open_case(session, event, now)
    rising = must_ring(event.level, case.announced_level)
    if not case.state.is_live and not rising:
        return Received(observation, case)
    if not case.state.is_live:
        await _reopen(session, case, event, now)
    told_at = ring_at(event.level, now, desk.alerting)
    if opened or rising or await deadlines.asks_for_clock(session, observation.item):
        await deadlines.keep_clocks(session, case, event, now, told_at or now)
    if observation.revision_changed:
        await approval.void_outdated(session, case, event, now, desk)
    if rising:
        await raise_level(session, case, event, now, desk)
    else:
        await _follow(session, case, event, observation, now, desk)
    return Received(observation, case, rang=rising and told_at is not None)


async def raise_level(session: AsyncSession, case: Case, event: Event, now: datetime, desk: Desk) -> None:
    """Tell of a level that was not announced yet: by a new card, or, where it does not ring, by the digest and the standing cards."""
    if case.announced_level:
        old, new = words("alert.levels")[str(case.announced_level)], words("alert.levels")[str(event.level)]
        add_step(session, case, say("alert.level_raised", old=old, new=new), now)
    at = ring_at(event.level, now, desk.alerting)
    if at:
        await announce(session, case, event, now, at)
    else:
        case.announced_level, case.announced_items = event.level, event.item_count
        await refresh(session, case, now, desk)


async def _follow(session: AsyncSession, case: Case, event: Event, observation: Observation, now: datetime, desk: Desk) -> None:
    """Nothing graver happened: renew the standing cards, and ring only for a milestone."""
    if observation.needs_card_update:
        await refresh(session, case, now, desk)
    for what in observation.milestones:
        text = say("alert.milestone", number=case.number, level=words("alert.levels")[str(event.level)], what=what)
        await notify(session, case, text, now, desk, key=f"milestone:{what}")


async def _reopen(session: AsyncSession, case: Case, event: Event, now: datetime) -> None:
    case.state, case.owner_id, case.claimed_at, case.closed_at, case.outcome, case.escalation_step = CaseState.OPEN, None, None, None, "", 0
    await deadlines.restart(session, case, event, now)
    add_step(session, case, say("casework.step_reopened"), now)
    await audit.append(session, "system", "case.reopened", subject(case), at=now, level=event.level)
