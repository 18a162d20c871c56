"""A written draft becomes rows: the draft, its candidates, and a slot of the case for every fact that is missing."""

from datetime import datetime

from sqlmodel import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case
from casework.drafting.candidate import Candidate, Written
from casework.drafting.draft import CandidateRow, Draft
from casework.drafting.evidence import Evidence
from casework.drafting.matter import Matter
from casework.drafting.slots import open_new_slots, take_given
from casework.errors import Refused
from casework.inquiry import set_dues
from casework.staff import StaffMember
from monitoring.event import Event
from prompts import say, version
from storage import audit


async def store_draft(
    session: AsyncSession, case: Case, matter: Matter, evidence: Evidence, written: Written, requested_by: StaffMember, now: datetime
) -> Draft:
    """Store what a drafter wrote.

    Raises:
        Refused: the event changed while the draft was being written; press 拟稿 again. Or the case is over.
    """
    event = await session.get_one(Event, case.event_id)
    if not case.state.is_live:
        raise Refused(say("drafting.case_over", case=case.number))
    if event.revision != matter.event_revision:
        raise Refused(say("drafting.event_changed", case=case.number))
    last = (await session.exec(select(func.max(Draft.number)).where(Draft.case_id == case.id))).one() or 0
    draft = Draft(
        case_id=case.id, number=last + 1, event_revision=event.revision, writer=written.writer, frames_version=version("frames"),  # type: ignore[arg-type]
        note=written.note, evidence=evidence.to_json(), asks=[ask.to_json() for ask in written.asks],
        next_question=written.next_question, requested_by=requested_by.id, created_at=now,  # type: ignore[arg-type]
    )  # fmt: skip
    session.add(draft)
    await session.flush()
    session.add_all(_row(draft, ordinal, candidate, written) for ordinal, candidate in enumerate(written.candidates, 1))
    await open_new_slots(session, case, [name for candidate in written.candidates for name in candidate.slots])
    await take_given(session, case, matter.given, matter.department, now)
    await set_dues(session, case, written.candidates[0].slots, now)
    await audit.append(
        session, requested_by.name, "draft.stored", f"case:{case.number}", at=now,
        draft=draft.number, writer=written.writer, candidates=[f"{c.strategy.value}·{c.channel.value}" for c in written.candidates],
    )  # fmt: skip
    return draft


def _row(draft: Draft, ordinal: int, candidate: Candidate, written: Written) -> CandidateRow:
    return CandidateRow(
        draft_id=draft.id, ordinal=ordinal, strategy=candidate.strategy.value, channel=candidate.channel.value,  # type: ignore[arg-type]
        sentences=[sentence.to_json() for sentence in candidate.sentences],
        reason=candidate.reason, risk=candidate.risk, next_question=candidate.next_question or written.next_question,
    )  # fmt: skip
