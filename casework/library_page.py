"""The knowledge base as staff look at it: what waits for an admin, one document with its clauses, what changed between versions."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import defer
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.message import Card, CardKind, Row
from knowledge_base.comparing import ChangeKind, ClauseChange, ComparedClause, Piece, PieceKind, compare
from knowledge_base.document import DocumentState, PolicyDocument
from knowledge_base.standing import document_of, due_for_review
from knowledge_base.versions import clauses_of, previous_version
from prompts import say

MOST_LISTED = 300
MOST_CLAUSES_SHOWN = 400
CHANGES_IN_CHAT = 8
KEPT_AROUND = 16
"""Characters of unchanged words that are shown on either side of a change."""


@dataclass(frozen=True)
class LibraryView:
    """What a person should look at.

    Attributes:
        approved: how many documents may be cited.
        waiting: those to be approved, the newest first.
        due: those that nobody looked at for a year.
        citable: those that may be cited, by title; the first MOST_LISTED.
    """

    approved: int
    waiting: Sequence[PolicyDocument]
    due: Sequence[PolicyDocument]
    citable: Sequence[PolicyDocument]


@dataclass(frozen=True)
class DocumentView:
    """One document. `changes` are against the version before it, without what stayed the same; empty where there is none."""

    document: PolicyDocument
    clauses: Sequence[ComparedClause]
    before: PolicyDocument | None
    changes: Sequence[ClauseChange]

    @property
    def warnings(self) -> list[str]:
        return self.document.warnings.splitlines()


async def library_view(session: AsyncSession, now: datetime) -> LibraryView:
    """What waits, what is due, and what may be cited."""
    listed = select(PolicyDocument).options(defer(PolicyDocument.body)).limit(MOST_LISTED)  # type: ignore[arg-type]
    pending, approved = PolicyDocument.state == DocumentState.PENDING, PolicyDocument.state == DocumentState.APPROVED
    waiting = (await session.exec(listed.where(pending).order_by(col(PolicyDocument.id).desc()))).all()
    citable = (await session.exec(listed.where(approved).order_by(col(PolicyDocument.title), col(PolicyDocument.id)))).all()
    count = (await session.exec(select(func.count(col(PolicyDocument.id))).where(approved))).one()
    return LibraryView(count, waiting, (await due_for_review(session, now))[:MOST_LISTED], citable)


async def document_view(session: AsyncSession, number: int) -> DocumentView:
    """One document with its clauses and what is new in it. Raises KnowledgeError where there is none."""
    document = await document_of(session, number)
    clauses, before = await clauses_of(session, number), await previous_version(session, document)
    changes = await asyncio.to_thread(compare, await clauses_of(session, before.id or 0), clauses) if before else []
    return DocumentView(document, clauses[:MOST_CLAUSES_SHOWN], before, [one for one in changes if one.kind is not ChangeKind.SAME])


def page_of(number: int) -> str:
    """The path of a document's page."""
    return f"/library/{number}"


def difference_card(older: PolicyDocument, newer: PolicyDocument, changes: Sequence[ClauseChange]) -> Card:
    """What changed, for a chat: the counts, the first changes, and the page with all of them."""
    shown = [change for change in changes if change.kind is not ChangeKind.SAME]
    rows = tuple(Row(*change_words(change)) for change in shown[:CHANGES_IN_CHAT])
    more = (Row(say("library.notice_more", count=len(shown) - CHANGES_IN_CHAT), ""),) if len(shown) > CHANGES_IN_CHAT else ()
    head = say("library.diff_head", title=newer.title, old=dated(older), new=dated(newer))
    return Card(CardKind.NOTICE, head, title=counts(changes), rows=rows + more, page=page_of(newer.id or 0))


def counts(changes: Sequence[ClauseChange]) -> str:
    """How many clauses came, went, changed and stayed."""
    return say("library.diff_counts", **{kind.value: sum(change.kind is kind for change in changes) for kind in ChangeKind})


def dated(document: PolicyDocument) -> str:
    """By which day a version is told from others."""
    return str(document.version_date or document.effective_on or say("library.unknown_date"))


def change_words(change: ClauseChange) -> tuple[str, str]:
    """One change as a label and words: `第五条 → 第六条`, `……罚款[-五十-]{+二百+}元……`."""
    old, new = change.old, change.new
    names = list(dict.fromkeys(clause.article for clause in (old, new) if clause))
    label = say(f"library.label_{change.kind.value}", article=" → ".join(names))
    if old and new:
        return label, "" if change.kind is ChangeKind.RENUMBERED else marked(change.pieces)
    return label, (new or old or ComparedClause("", "")).text


def marked(pieces: Sequence[Piece]) -> str:
    """Changed words in their brackets, with a little of what stands around them."""
    return "".join(_marked(pieces))


def _marked(pieces: Sequence[Piece]) -> Iterator[str]:
    for number, piece in enumerate(pieces):
        if piece.kind is PieceKind.KEPT:
            yield _around(piece.text, first=number == 0, last=number == len(pieces) - 1)
        else:
            yield f"[-{piece.text}-]" if piece.kind is PieceKind.CUT else f"{{+{piece.text}+}}"


def _around(text: str, *, first: bool, last: bool) -> str:
    if len(text) <= 2 * KEPT_AROUND + 4:
        return text
    head, tail = "" if first else text[:KEPT_AROUND], "" if last else text[-KEPT_AROUND:]
    return f"{head}……{tail}"
