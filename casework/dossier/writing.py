"""How the answer came about: verified facts, candidates with what they rest on, every version with its edits and signatures."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.approval import Approval
from casework.case import Case
from casework.comparison import Edit, comparison_of
from casework.delegation import Delegation
from casework.difference import Run
from casework.dossier.record import Record, moment, names_of_staff, record
from casework.drafting.draft import CandidateRow, Draft, ReplyAuthor, ReplyVersion
from casework.drafting.slots import slots_of
from casework.drafting.versions import versions_of
from casework.rehearsal.storing import attacks_of
from knowledge_base.clause import Clause
from prompts import words


async def facts(session: AsyncSession, case: Case) -> list[Record]:
    """The facts that the answer needed: what was found, how, by whom, and who wrote it down when."""
    names = await names_of_staff(session)
    return [
        record(
            ordinal=slot.ordinal, name=slot.name, value=slot.value, verified_how=slot.verified_how, verified_by=slot.verified_by,
            filled_by=names.get(slot.filled_by), at=moment(slot.filled_at), asked_of=names.get(slot.asked_of), due_at=moment(slot.due_at),
        )
        for slot in await slots_of(session, case)
    ]  # fmt: skip


async def drafts(session: AsyncSession, case: Case) -> list[Record]:
    """Every draft: who asked for it, what wrote it, its evidence word for word, its candidates sentence by sentence."""
    names = await names_of_staff(session)
    rows = (await session.exec(select(Draft).where(Draft.case_id == case.id).order_by(col(Draft.number)))).all()
    return [
        record(
            number=row.number, at=moment(row.created_at), asked_by=names.get(row.requested_by), writer=row.writer,
            frames=row.frames_version, revision=row.event_revision, note=row.note, evidence=await _evidence(session, row),
            asks=[str(ask["ask"]) for ask in row.asks], candidates=await _candidates(session, row),
        )
        for row in rows
    ]  # fmt: skip


async def versions(session: AsyncSession, case: Case) -> list[Record]:
    """Every version: its exact text and hash, who wrote it, what was struck and added, checks, rehearsal, signatures, and how it ended."""
    names = await names_of_staff(session)
    return [await _version(session, case, row, names) for row in await versions_of(session, case)]


async def mandates(session: AsyncSession, case: Case) -> list[Record]:
    """The mandates by which deputies signed in this case."""
    names = await names_of_staff(session)
    used = select(Approval.delegation_id).join(ReplyVersion).where(ReplyVersion.case_id == case.id)
    rows = (await session.exec(select(Delegation).where(col(Delegation.id).in_(used)).order_by(col(Delegation.id)))).all()
    return [
        record(
            number=row.id, principal=names[row.principal_id], deputy=names[row.deputy_id], begins=moment(row.starts_at),
            ends=moment(row.ends_at), named_by=names[row.named_by], confirmed_by=names.get(row.confirmed_by),
            confirmed_at=moment(row.confirmed_at), ended_by=names.get(row.ended_by), ended_at=moment(row.ended_at),
        )
        for row in rows
    ]  # fmt: skip


async def _evidence(session: AsyncSession, draft: Draft) -> list[Record]:
    keys = [row["key"] for row in draft.evidence if row["kind"] == "clause"]
    clauses = {clause.key: clause for clause in (await session.exec(select(Clause).where(col(Clause.key).in_(keys)))).all()}
    return [_piece(number, row, clauses.get(row["key"])) for number, row in enumerate(draft.evidence, 1)]


def _piece(number: int, row: Mapping[str, Any], clause: Clause | None) -> Record:
    """A clause with the version that was quoted, or a past case. `sha256` is that of the clause's text when it was quoted."""
    dates = (clause.version_date, clause.effective_on, clause.ended_on) if clause else (None, None, None)
    version, effective, ended = (str(day) if day else "" for day in dates)
    return record(
        ordinal=number, kind=words("dossier.evidence_kinds")[row["kind"]], name=row["name"], quote=row["quote"], key=row["key"],
        version=version, effective_on=effective, ended_on=ended, sha256=row["text_hash"], note=row.get("note", ""),
    )  # fmt: skip


async def _candidates(session: AsyncSession, draft: Draft) -> list[Record]:
    rows = (await session.exec(select(CandidateRow).where(CandidateRow.draft_id == draft.id).order_by(col(CandidateRow.ordinal)))).all()
    names = {row["key"]: f"[{number}]" for number, row in enumerate(draft.evidence, 1)}
    return [
        record(
            ordinal=row.ordinal, strategy=row.strategy, channel=row.channel, reason=row.reason, risk=row.risk,
            next_question=row.next_question, sentences=[_sentence(one, names) for one in row.sentences],
        )
        for row in rows
    ]  # fmt: skip


def _sentence(one: Mapping[str, Any], names: Mapping[str, str]) -> Record:
    kind = words("staff_room.sentence_kinds").get(one["kind"], one["kind"])
    sources = [names.get(ref) or words("dossier.references").get(ref, ref) for ref in one["refs"]]
    return record(text=one["text"].strip("\n"), rests_on=" ".join([kind, *sources]))


async def _version(session: AsyncSession, case: Case, row: ReplyVersion, names: Mapping[int | None, str]) -> Record:
    authors = select(ReplyAuthor.staff_id).where(ReplyAuthor.version_id == row.id).order_by(col(ReplyAuthor.staff_id))
    edits = (await comparison_of(session, case, row)).edits
    return record(
        number=row.number, strategy=row.strategy, channel=row.channel, text=row.text, bound_hash=row.bound_hash,
        revision=row.event_revision, level=words("alert.levels")[str(row.level)], needed=row.required_approvals,
        authors=[names[author] for author in (await session.exec(authors)).all()], written_by=names[row.created_by],
        at=moment(row.created_at),
        made_of=_made_of(edits[-1]), changes=_runs(edits[-1].runs), submitted_at=moment(row.submitted_at),
        checks=[_check(check) for check in row.checks],
        rehearsal=[record(text=attack.line, span=attack.span, reason=attack.why) for attack in attacks_of(row)],
        approvals=await _approvals(session, row, names), state=words("casework.version_states")[row.state.value],
        decided_at=moment(row.decided_at), note=row.decision_note, valid_until=moment(row.expires_at),
    )  # fmt: skip


def _check(check: Mapping[str, Any]) -> Record:
    return record(kind=words("dossier.severities")[check["severity"]], text=check["message"], span=check["span"])


def _made_of(edit: Edit) -> str:
    words_ = words("dossier.made_of")
    return words_["candidate" if edit.before is None else "version"].format(ordinal=edit.version.candidate_ordinal, version=edit.before)


def _runs(runs: tuple[Run, ...]) -> list[Record]:
    return [record(change=run.change.value, text=run.text) for run in runs]


async def _approvals(session: AsyncSession, version: ReplyVersion, names: Mapping[int | None, str]) -> list[Record]:
    query = select(Approval, Delegation).join(Delegation, col(Delegation.id) == Approval.delegation_id, isouter=True)
    rows = (await session.exec(query.where(Approval.version_id == version.id).order_by(col(Approval.at), col(Approval.id)))).all()
    return [
        record(
            actor=names[row.approver_id], principal=names[mandate.principal_id] if mandate else "", at=moment(row.at),
            bound_hash=row.bound_hash, voided_at=moment(row.voided_at), note=row.void_reason,
        )
        for row, mandate in rows
    ]  # fmt: skip
