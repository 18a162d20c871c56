"""对比: how a text became what was approved, from the candidate over every edit, with what was struck and what was added."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import case_page, time_in_text
from casework.case import Case
from casework.difference import Run, changed_places, difference, share_changed
from casework.drafting.card import CIRCLED
from casework.drafting.draft import CandidateRow, ReplyVersion, VersionState
from casework.drafting.editing import candidate_text
from casework.drafting.matter import verified_facts
from casework.drafting.versions import versions_of
from casework.message import Card, CardKind, Row
from casework.staff import StaffMember
from prompts import say, words

APPROVED = (VersionState.APPROVED, VersionState.PUBLISHED)


@dataclass(frozen=True)
class Edit:
    """One step: the version that somebody made of the text before it (of the candidate: `before` None)."""

    before: int | None
    version: ReplyVersion
    editor: str
    runs: tuple[Run, ...]

    @property
    def places(self) -> int:
        """In how many places it changed something."""
        return changed_places(self.runs)


@dataclass(frozen=True)
class Comparison:
    """A version and how it came about. `candidate` is the text as it was composed, with the facts that are verified by now."""

    version: ReplyVersion
    candidate: str
    edits: tuple[Edit, ...]

    @property
    def runs(self) -> tuple[Run, ...]:
        """From the candidate to the version at once."""
        return difference(self.candidate, self.version.text)

    @property
    def share(self) -> float:
        """The share of the wording that people changed, 0 to 1."""
        return share_changed(self.candidate, self.version.text)


async def comparison_of(session: AsyncSession, case: Case, version: ReplyVersion) -> Comparison:
    """Read how a version came about: its candidate and the versions that were made of it before."""
    found = select(CandidateRow).where(CandidateRow.draft_id == version.draft_id, CandidateRow.ordinal == version.candidate_ordinal)
    composed = candidate_text((await session.exec(found)).one(), await verified_facts(session, case))
    own = (version.draft_id, version.candidate_ordinal)
    line = [v for v in await versions_of(session, case) if (v.draft_id, v.candidate_ordinal) == own and v.number <= version.number]
    names = dict((await session.exec(select(StaffMember.id, StaffMember.name))).all())
    edits, before, text = [], None, composed
    for one in line:
        if one.text != text or one.id == version.id:
            edits.append(Edit(before, one, names[one.created_by], difference(text, one.text)))
            before, text = one.number, one.text
    return Comparison(version, composed, tuple(edits))


def comparison_card(case: Case, comparison: Comparison, now: datetime) -> Card:
    """Every edit on a line, and the whole difference under them."""
    version = comparison.version
    fields = {"number": case.number, "version": version.number, "ordinal": CIRCLED[version.candidate_ordinal - 1]}
    state = words("casework.version_states")[version.state.value]
    rows = [_row(edit, version.candidate_ordinal, now) for edit in comparison.edits]
    total = say("approval.compared", share=f"{comparison.share:.0%}", places=changed_places(comparison.runs))
    rows.append(Row(words("approval.labels")["total"], total))
    return Card(
        CardKind.ANSWER, say("approval.comparison_head", state=state, **fields), rows=tuple(rows),
        changes=comparison.runs, case_number=case.number, page=case_page(case.number),
    )  # fmt: skip


def _row(edit: Edit, ordinal: int, now: datetime) -> Row:
    candidate = say("approval.from_candidate", ordinal=CIRCLED[ordinal - 1])
    began = candidate if edit.before is None else say("approval.from_version", version=edit.before)
    label = say("approval.edit_step", began=began, version=edit.version.number)
    wording = "approval.edit_changed" if edit.places else "approval.edit_unchanged"
    told = say(wording, name=edit.editor, at=time_in_text(edit.version.created_at, now), places=edit.places)
    return Row(label, told, changes=edit.runs if edit.places else ())
