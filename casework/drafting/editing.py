"""A candidate becomes a version: as composed, or with a person's edits. Who touched the text is remembered; none of them may approve it."""

import re
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case
from casework.desk import Desk
from casework.drafting.draft import CandidateRow, Draft, FactSlot, ReplyVersion
from casework.drafting.matter import verified_facts
from casework.drafting.slots import fill, slots_of
from casework.drafting.versions import Wording, add_version, authors_of, versions_of, void_versions
from casework.errors import Refused
from casework.staff import StaffMember
from prompts import say

LONGEST_TEXT = 5_000
_SENTENCE_END = re.compile(r"[。！？；\n]+")


@dataclass(frozen=True)
class Difference:
    """One run of an edit: text that stayed (`old == new`), was struck, was added, or replaced."""

    old: str
    new: str

    @property
    def same(self) -> bool:
        return self.old == self.new


def differences(old: str, new: str) -> tuple[Difference, ...]:
    """How `new` came out of `old`, run by run: put together, the olds are `old` and the news are `new`."""
    runs = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return tuple(Difference(old[a:b], new[c:d]) for _, a, b, c, d in runs)


async def latest_draft(session: AsyncSession, case: Case) -> Draft | None:
    """The newest draft of the case."""
    return (await session.exec(select(Draft).where(Draft.case_id == case.id).order_by(col(Draft.number).desc()).limit(1))).first()


async def candidates_of(session: AsyncSession, draft: Draft) -> list[CandidateRow]:
    """The candidates of a draft, in order."""
    own = select(CandidateRow).where(CandidateRow.draft_id == draft.id)
    return list((await session.exec(own.order_by(col(CandidateRow.ordinal)))).all())


def candidate_text(candidate: CandidateRow, facts: dict[str, str] | None = None) -> str:
    """The candidate's text with verified facts put in; other slots stay open."""
    return fill("".join(sentence["text"] for sentence in candidate.sentences), facts or {})


async def current_text(session: AsyncSession, case: Case, ordinal: int) -> str:
    """What a person who edits a candidate starts from: its newest version, else the candidate as composed, verified facts put in.

    Raises:
        Refused: nothing was drafted, or there is no such candidate.
    """
    draft, candidate = await _candidate(session, case, ordinal)
    facts = await verified_facts(session, case)
    edited = [v for v in await versions_of(session, case) if (v.draft_id, v.candidate_ordinal) == (draft.id, ordinal)]
    return fill(edited[-1].text, facts) if edited else candidate_text(candidate, facts)


async def edit_candidate(
    session: AsyncSession, case: Case, ordinal: int, text: str | None, staff: StaffMember, now: datetime, desk: Desk
) -> ReplyVersion:
    """Write the next version of the reply. Earlier versions that might still be published become void, with their approvals.

    Args:
        ordinal: the candidate's number in the newest draft, from 1.
        text: the edited text; None takes the candidate as composed.

    Raises:
        Refused: nothing was drafted, no such candidate, an empty or endless text, or a case that is over.
    """
    del desk
    if not case.state.is_live:
        raise Refused(say("drafting.case_over", case=case.number))
    draft, candidate = await _candidate(session, case, ordinal)
    facts = await verified_facts(session, case)
    composed = candidate_text(candidate, facts)
    text = composed if text is None else fill(text.replace("\r\n", "\n").strip(), facts)
    if not text or len(text) > LONGEST_TEXT:
        raise Refused(say("drafting.text_length", longest=LONGEST_TEXT))
    authors = (
        {draft.requested_by, staff.id or 0} | await _fillers(session, case, text) | await _earlier_hands(session, case, draft, text, facts)
    )
    await void_versions(session, case, say("drafting.void_by_edit", name=staff.name), staff, now)
    return await add_version(session, case, Wording(draft, ordinal, candidate.strategy, candidate.channel, text), authors, staff, now)


async def _candidate(session: AsyncSession, case: Case, ordinal: int) -> tuple[Draft, CandidateRow]:
    draft = await latest_draft(session, case)
    if draft is None:
        raise Refused(say("drafting.nothing_drafted", case=case.number))
    found = next((candidate for candidate in await candidates_of(session, draft) if candidate.ordinal == ordinal), None)
    if found is None:
        raise Refused(say("drafting.no_such_candidate", case=case.number, ordinal=ordinal))
    return draft, found


async def _fillers(session: AsyncSession, case: Case, text: str) -> set[int]:
    """Those who filled a slot whose value stands in the text."""
    return {slot.filled_by for slot in await slots_of(session, case) if _stands_in(slot, text) and slot.filled_by is not None}


def _stands_in(slot: FactSlot, text: str) -> bool:
    return bool(slot.value) and str(slot.value) in text


async def _earlier_hands(session: AsyncSession, case: Case, draft: Draft, text: str, facts: dict[str, str]) -> set[int]:
    """The authors of earlier versions that have a sentence in common with the text which no candidate holds: somebody wrote it."""
    composed = {sentence for candidate in await candidates_of(session, draft) for sentence in _sentences(candidate_text(candidate, facts))}
    own = _sentences(text) - composed
    return await authors_of(session, [version for version in await versions_of(session, case) if own & _sentences(version.text)])


def _sentences(text: str) -> set[str]:
    return {sentence.strip() for sentence in _SENTENCE_END.split(text) if sentence.strip()}
