"""A case's draft as staff look at it: candidates with the provenance of every sentence, open facts, versions and their approvals."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.approval import ON_THE_WAY, Approval, Signer
from casework.case import Case, case_by_number
from casework.checks.finding import Finding
from casework.delegation import Delegation
from casework.drafting.draft import CandidateRow, Draft, FactSlot, ReplyAuthor, ReplyVersion, VersionState
from casework.drafting.slots import SLOT
from casework.drafting.strategy import Channel
from casework.publication import IN_DOUBT, Publication, PublicationState
from casework.rehearsal.attack import Attack
from casework.rehearsal.storing import attacks_of
from casework.staff import names_by_id
from monitoring.event import Event


@dataclass(frozen=True)
class Piece:
    """A part of a sentence: plain text (`slot` is ""), or where the fact of that name stands, known or not."""

    text: str
    slot: str = ""
    known: bool = False


@dataclass(frozen=True)
class SourceView:
    """What sentences refer to by `number`: a clause with the quoted span, or a past case."""

    number: int
    kind: str
    key: str
    name: str
    quote: str
    note: str


@dataclass(frozen=True)
class SentenceView:
    """One sentence: what it rests on, and the numbers of its sources."""

    pieces: tuple[Piece, ...]
    kind: str
    sources: tuple[SourceView, ...]


@dataclass(frozen=True)
class SlotView:
    """One fact that the reply needs. `value` None: nobody has verified it yet."""

    ordinal: int
    name: str
    value: str | None
    verified_how: str
    verified_by: str
    filled_by: str | None
    filled_at: datetime | None
    asked_of: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class ApprovalView:
    """One signature; a void one says why. `principal` is the approver for whom a deputy signed."""

    name: str
    at: datetime
    void_reason: str
    principal: str | None = None

    @property
    def label(self) -> str:
        return Signer(self.name, self.principal).label


@dataclass(frozen=True)
class VersionView:
    """第 n 版. `checks` is what was found when it was checked last; `is_stale`: the event has moved on since."""

    number: int
    draft_id: int
    candidate_ordinal: int
    strategy: str
    channel: Channel
    text: str
    state: VersionState
    authors: tuple[str, ...]
    created_at: datetime
    submitted_at: datetime | None
    required_approvals: int
    approvals: tuple[ApprovalView, ...]
    checks: tuple[Finding, ...]
    decision_note: str
    is_stale: bool
    publication: PublicationState | None
    link: str
    published_at: datetime | None
    expires_at: datetime | None = None
    rehearsal: tuple[Attack, ...] = ()

    @property
    def may_be_withdrawn(self) -> bool:
        """Whether it is not out, and surely not out."""
        return self.state in (VersionState.EDITING, *ON_THE_WAY) and self.publication not in (*IN_DOUBT, PublicationState.PUBLISHED)

    @property
    def standing_approvals(self) -> tuple[ApprovalView, ...]:
        """The signatures that count."""
        return tuple(approval for approval in self.approvals if not approval.void_reason)


@dataclass(frozen=True)
class CandidateView:
    """候选稿, with the facts known by now in place. `edited` is the newest version that people made from it, however it ended."""

    ordinal: int
    strategy: str
    channel: Channel
    sentences: tuple[SentenceView, ...]
    reason: str
    risk: str
    next_question: str
    edited: VersionView | None

    @property
    def text(self) -> str:
        return "".join(piece.text for sentence in self.sentences for piece in sentence.pieces)

    @property
    def current_text(self) -> str:
        """What would be submitted now."""
        return self.edited.text if self.edited else self.text


@dataclass(frozen=True)
class DraftView:
    """The newest draft of a case, and all versions. `number` 0: nothing has been drafted yet."""

    case_number: str
    draft_id: int | None
    number: int
    writer: str
    note: str
    created_at: datetime | None
    candidates: tuple[CandidateView, ...]
    slots: tuple[SlotView, ...]
    sources: tuple[SourceView, ...]
    asks: tuple[dict[str, Any], ...]
    next_question: str
    versions: tuple[VersionView, ...]


async def draft_view(session: AsyncSession, number: str) -> DraftView | None:
    """The newest draft of the case that people call by `number`; None when there is no such case."""
    case = await case_by_number(session, number)
    if case is None:
        return None
    newest = select(Draft).where(Draft.case_id == case.id).order_by(col(Draft.number).desc()).limit(1)
    draft = (await session.exec(newest)).first()
    names = await names_by_id(session)
    slots = await _slots(session, case, names)
    versions = await _versions(session, case, names)
    if draft is None:
        return DraftView(case.number, None, 0, "", "", None, (), slots, (), (), "", versions)
    sources = _sources(draft)
    candidates = await _candidates(session, draft, slots, sources, versions)
    return DraftView(
        case.number, draft.id, draft.number, draft.writer, draft.note, draft.created_at, candidates, slots, sources,
        tuple(draft.asks), draft.next_question, versions,
    )  # fmt: skip


def pieces_of(text: str, values: dict[str, str]) -> tuple[Piece, ...]:
    """A text cut at its slots; those with a value hold the value."""
    pieces, end = [], 0
    for found in SLOT.finditer(text):
        value = values.get(found[1])
        pieces += [Piece(text[end : found.start()]), Piece(found[0] if value is None else value, found[1], value is not None)]
        end = found.end()
    return tuple(piece for piece in (*pieces, Piece(text[end:])) if piece.text)


def _sources(draft: Draft) -> tuple[SourceView, ...]:
    return tuple(
        SourceView(number, row["kind"], row["key"], row["name"], row["quote"], row.get("note", ""))
        for number, row in enumerate(draft.evidence, 1)
    )


async def _candidates(
    session: AsyncSession, draft: Draft, slots: tuple[SlotView, ...], sources: tuple[SourceView, ...], versions: tuple[VersionView, ...]
) -> tuple[CandidateView, ...]:
    rows = await session.exec(select(CandidateRow).where(CandidateRow.draft_id == draft.id).order_by(col(CandidateRow.ordinal)))
    values = {slot.name: slot.value for slot in slots if slot.value is not None}
    edited = {v.candidate_ordinal: v for v in versions if v.draft_id == draft.id}
    return tuple(
        CandidateView(
            row.ordinal, row.strategy, Channel(row.channel), tuple(_sentence(sentence, values, sources) for sentence in row.sentences),
            row.reason, row.risk, row.next_question, edited.get(row.ordinal),
        )
        for row in rows
    )  # fmt: skip


def _sentence(row: dict[str, Any], values: dict[str, str], sources: tuple[SourceView, ...]) -> SentenceView:
    meant = [source for source in sources if source.key in row["refs"]]
    quoted = [source for source in meant if source.quote and source.quote.rstrip("。") in row["text"]]
    return SentenceView(pieces_of(row["text"], values), row["kind"], tuple(quoted or meant))


async def _slots(session: AsyncSession, case: Case, names: dict[int, str]) -> tuple[SlotView, ...]:
    rows = await session.exec(select(FactSlot).where(FactSlot.case_id == case.id).order_by(col(FactSlot.ordinal)))
    return tuple(
        SlotView(
            row.ordinal,
            row.name,
            row.value,
            row.verified_how,
            row.verified_by,
            names.get(row.filled_by or 0),
            row.filled_at,
            names.get(row.asked_of or 0),
            row.due_at,
        )
        for row in rows
    )


async def _versions(session: AsyncSession, case: Case, names: dict[int, str]) -> tuple[VersionView, ...]:
    rows = (await session.exec(select(ReplyVersion).where(ReplyVersion.case_id == case.id).order_by(col(ReplyVersion.number)))).all()
    ids, event = [row.id for row in rows], await session.get_one(Event, case.event_id)
    authors = (
        await session.exec(select(ReplyAuthor).where(col(ReplyAuthor.version_id).in_(ids)).order_by(col(ReplyAuthor.staff_id)))
    ).all()
    approvals = (await session.exec(select(Approval).where(col(Approval.version_id).in_(ids)).order_by(col(Approval.at)))).all()
    mandates = select(Delegation.id, Delegation.principal_id).where(col(Delegation.id).in_({a.delegation_id for a in approvals}))
    principals: dict[int | None, int] = dict((await session.exec(mandates)).all())
    publications = {row.version_id: row for row in await session.exec(select(Publication).where(col(Publication.version_id).in_(ids)))}
    return tuple(
        _version(
            row, event.revision, publications.get(row.id or 0),
            authors=tuple(names[author.staff_id] for author in authors if author.version_id == row.id),
            approvals=tuple(
                ApprovalView(names[a.approver_id], a.at, _void_reason(a), names.get(principals.get(a.delegation_id or 0, 0)))
                for a in approvals
                if a.version_id == row.id
            ),
        )
        for row in rows
    )  # fmt: skip


def _version(
    row: ReplyVersion, revision: int, publication: Publication | None, *, authors: tuple[str, ...], approvals: tuple[ApprovalView, ...]
) -> VersionView:
    return VersionView(
        number=row.number, draft_id=row.draft_id, candidate_ordinal=row.candidate_ordinal,
        strategy=row.strategy, channel=Channel(row.channel), text=row.text, state=row.state, authors=authors,
        created_at=row.created_at, submitted_at=row.submitted_at, required_approvals=row.required_approvals, approvals=approvals,
        checks=tuple(Finding.of_json(check) for check in row.checks),
        decision_note=row.decision_note, is_stale=row.event_revision != revision,
        publication=publication.state if publication else None, link=publication.link if publication else "",
        published_at=publication.published_at if publication else None,
        expires_at=row.expires_at, rehearsal=attacks_of(row),
    )  # fmt: skip


def _void_reason(approval: Approval) -> str:
    return approval.void_reason or "作废" if approval.voided_at else ""
