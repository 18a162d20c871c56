"""A candidate becomes a version: as composed, or with a person's edits. Who touched the text is remembered; none of them may approve it."""

import re
from collections.abc import Collection
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.approval import ON_THE_WAY
from casework.case import Case
from casework.desk import Desk
from casework.drafting.draft import CandidateRow, Draft, FactSlot, ReplyVersion, VersionState
from casework.drafting.matter import verified_facts
from casework.drafting.slots import fill, slots_of, take_given
from casework.drafting.versions import Wording, add_version, authors_of, versions_of, void_versions
from casework.errors import Refused
from casework.staff import StaffMember
from language.periods import written_day
from monitoring.event import Event
from prompts import frames, say

LONGEST_TEXT = 5_000
TRACE = 10
"""Characters in a row that two people do not happen to write alike. A run goes on over a cut, so that what was left out shows as well."""
_BETWEEN = re.compile(r"[\W_]+")
_SENTENCE_END = re.compile(r"[。！？；\n]+")


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
    draft, candidate = await candidate_numbered(session, case, ordinal)
    facts = await verified_facts(session, case)
    edited = [v for v in await versions_of(session, case) if (v.draft_id, v.candidate_ordinal) == (draft.id, ordinal)]
    return fill(edited[-1].text, facts) if edited else candidate_text(candidate, facts)


async def version_to_submit(
    session: AsyncSession, case: Case, ordinal: int | None, staff: StaffMember, now: datetime, desk: Desk
) -> ReplyVersion:
    """送签: the newest words of a candidate as a version of the event as it is now; written anew where the last one ended or is outdated.

    Args:
        ordinal: the candidate's number in the newest draft, from 1; None: whichever somebody is editing.

    Raises:
        Refused: it is unclear which is meant; the words are on their way, out, or as they were when they were sent back.
    """
    versions = await versions_of(session, case)
    if ordinal is None:
        editing = [version.candidate_ordinal for version in versions if version.state is VersionState.EDITING]
        if not editing:
            raise Refused(say("commands.submit_which", number=case.number))
        ordinal = editing[-1]
    draft, _ = await candidate_numbered(session, case, ordinal)
    newest = next((v for v in reversed(versions) if (v.draft_id, v.candidate_ordinal) == (draft.id, ordinal)), None)
    if newest is None:
        await _dated(session, case, "", desk, now)
        return await edit_candidate(session, case, ordinal, None, staff, now, desk)
    if newest.state is VersionState.RETURNED:
        raise Refused(
            say("approval.returned_unchanged", number=case.number, version=newest.number, why=newest.decision_note, ordinal=ordinal)
        )
    text = await _dated(session, case, newest.text, desk, now)
    current = newest.event_revision == (await session.get_one(Event, case.event_id)).revision
    if newest.state is VersionState.PUBLISHED or (newest.state in ON_THE_WAY and current):
        raise Refused(say(f"casework.version_{newest.state.value}", number=case.number, version=newest.number))
    if newest.state is VersionState.EDITING and current and text == newest.text:
        return newest
    return await edit_candidate(session, case, ordinal, text, staff, now, desk)


async def _dated(session: AsyncSession, case: Case, text: str, desk: Desk, now: datetime) -> str:
    """The text dated today, where it bore the day on which it was drafted; a date that somebody wrote himself stays."""
    name = frames("slots")["names"]["date"]
    dated = next((slot for slot in await slots_of(session, case) if slot.name == name and slot.filled_by is None), None)
    if dated is None:
        return text
    before = dated.value
    await take_given(session, case, {name: written_day(now)}, desk.department.name, now)
    return text.replace(before, dated.value or before) if before else text


async def edit_candidate(
    session: AsyncSession, case: Case, ordinal: int, text: str | None, staff: StaffMember, now: datetime, desk: Desk,
    hands: Collection[int] = (),
) -> ReplyVersion:  # fmt: skip
    """Write the next version of the reply. Earlier versions that might still be published become void, with their approvals.

    Args:
        ordinal: the candidate's number in the newest draft, from 1.
        text: the edited text; None takes the candidate as composed.
        hands: ids of people who are authors whatever the words, because the text was reworded from theirs.

    Raises:
        Refused: nothing was drafted, no such candidate, an empty or endless text, or a case that is over.
    """
    del desk
    if not case.state.is_live:
        raise Refused(say("drafting.case_over", case=case.number))
    draft, candidate = await candidate_numbered(session, case, ordinal)
    facts = await verified_facts(session, case)
    composed = candidate_text(candidate, facts)
    text = composed if text is None else fill(text.replace("\r\n", "\n").strip(), facts)
    if not text or len(text) > LONGEST_TEXT:
        raise Refused(say("drafting.text_length", longest=LONGEST_TEXT))
    own = {draft.requested_by, staff.id or 0, *hands}
    authors = own | await _fillers(session, case, text) | await _earlier_hands(session, case, draft, text, facts)
    await void_versions(session, case, say("drafting.void_by_edit", name=staff.name), staff, now)
    return await add_version(session, case, Wording(draft, ordinal, candidate.strategy, candidate.channel, text), authors, staff, now)


async def candidate_numbered(session: AsyncSession, case: Case, ordinal: int) -> tuple[Draft, CandidateRow]:
    """A candidate of the newest draft, by the number that people see. Raises Refused."""
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
    """The authors of earlier versions that left a trace in the text which no candidate holds: somebody wrote it, or cut it so."""
    composed = set[str]().union(*[_traces(candidate_text(candidate, facts)) for candidate in await candidates_of(session, draft)])
    own = _traces(text) - composed
    return await authors_of(session, [version for version in await versions_of(session, case) if own & _traces(fill(version.text, facts))])


def _traces(text: str) -> set[str]:
    """What shows that two texts have one hand in common: the whole, its sentences, and runs of characters whatever stands between them."""
    bare = _BETWEEN.sub("", text)
    runs = {bare[start : start + TRACE] for start in range(len(bare) - TRACE + 1)}
    return {f"{bare}\n"} | runs | {sentence.strip() for sentence in _SENTENCE_END.split(text) if sentence.strip()}
