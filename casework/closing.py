"""办结: the case ends, and what was answered becomes a past case that the next draft finds."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework import deadlines, promise_ledger
from casework.announcing import refresh
from casework.approval import void_all
from casework.case import Case, CaseState, add_step, subject
from casework.deadline import DeadlineKind
from casework.desk import Desk
from casework.drafting.draft import ReplyVersion, VersionState
from casework.errors import Refused
from casework.handling import must_live
from casework.notices import past_case_key
from casework.permission import Act, require
from casework.publication import Publication, PublicationState
from casework.situation import event_of
from casework.staff import StaffMember
from knowledge_base.importing import add_past_case
from monitoring.item import Item
from prompts import say
from storage import audit

ORIGIN = "closed"


async def close(session: AsyncSession, case: Case, staff: StaffMember, outcome: str, now: datetime, desk: Desk) -> str:
    """End a case with its result. Its last published reply goes into the knowledge base.

    Returns:
        The sentence for the person.

    Raises:
        Refused: nobody claimed it, a text may or may not be out, something promised is open and nobody says why it was not kept, no result
            is given, or the person may not.
    """
    await require(session, staff, Act.CLOSE)
    must_live(case)
    await _refuse_unready(session, case, outcome)
    outcome, broken = await _without_excuse(session, case, outcome)
    case.state, case.closed_at, case.outcome = CaseState.CLOSED, now, outcome.strip()
    add_step(session, case, say("casework.step_closed", outcome=case.outcome), now, staff.name)
    await audit.append(session, staff.name, "case.closed", subject(case), at=now)
    await session.flush()
    if broken:
        await promise_ledger.give_up(session, case, broken, staff, now)
    await deadlines.meet(session, case, (DeadlineKind.TICKET, DeadlineKind.ACKNOWLEDGE), now)
    await deadlines.drop_all(session, case, now)
    await void_all(session, case, staff.name, say("casework.void_closed"), now)
    learnt = await _remember(session, case, staff, now)
    await refresh(session, case, now, desk, by_people=True)
    return say("casework.closed_and_learnt" if learnt else "casework.closed", number=case.number)


async def _refuse_unready(session: AsyncSession, case: Case, outcome: str) -> None:
    if case.state is CaseState.OPEN:
        raise Refused(say("casework.close_unclaimed", number=case.number))
    if not outcome.strip():
        raise Refused(say("casework.close_how", number=case.number))
    unclear = select(Publication.id).where(
        Publication.case_id == case.id, col(Publication.state).in_((PublicationState.PUBLISHING, PublicationState.UNCERTAIN))
    )
    if (await session.exec(unclear.limit(1))).first() is not None:
        raise Refused(say("casework.close_unclear", number=case.number))


async def _without_excuse(session: AsyncSession, case: Case, outcome: str) -> tuple[str, str]:
    """The outcome, and why promises that are still open were not kept. Raises Refused where some are and nobody says why."""
    result, mark, why = outcome.partition(say("promise.unkept_mark"))
    standing = [(number, promise) for number, promise in await promise_ledger.numbered(session, case) if promise.is_open]
    why = why.strip(" \u3000：:，,。")
    if not standing:
        return outcome, ""
    if not mark or not why or not result.strip():
        told = "\n".join(say("promise.line", ordinal=number, text=promise.text) for number, promise in standing)
        raise Refused(say("promise.close_promised", number=case.number, count=len(standing), ordinal=standing[0][0], promises=told))
    return outcome, why


async def _remember(session: AsyncSession, case: Case, staff: StaffMember, now: datetime) -> bool:
    published = select(ReplyVersion, Publication).join(Publication).where(
        Publication.case_id == case.id, Publication.state == PublicationState.PUBLISHED
    )  # fmt: skip
    found = (await session.exec(published.order_by(col(ReplyVersion.number).desc()).limit(1))).first()
    if found is None or case.notice or found[1].corrected_by or found[0].state is not VersionState.PUBLISHED:
        return False  # what was corrected, or void when it was posted, is no example; a correction makes sense beside what it corrects only
    version, publication = found
    event = await event_of(session, case)
    first = await session.get(Item, event.first_item_id) if event.first_item_id else None
    question = "\n".join(part for part in (first.title, first.text) if part) if first else event.headline
    replied_on = (publication.published_at or now).date()
    await add_past_case(
        session, key=past_case_key(case, version), question=question, reply=version.text, line=event.line,
        strategy=version.strategy, channel=version.channel, replied_on=replied_on, case_number=case.number, origin=ORIGIN, now=now,
        actor=staff.name,
    )  # fmt: skip
    return True
