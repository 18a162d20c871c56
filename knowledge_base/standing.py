"""Whether a document may be cited: approving, withdrawing, repealing, rolling back, deleting, looking at it again.

Each takes effect at once: the clauses' rows, an audit entry and a change for the indexes are written together.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, update
from sqlalchemy.orm import defer
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from knowledge_base.clause import Clause
from knowledge_base.document import DocumentState, PolicyDocument, Replacement
from knowledge_base.errors import KnowledgeError
from knowledge_base.past_case import KnowledgeChange, Pool
from knowledge_base.superseding import settle
from knowledge_base.validity import earliest, end_stated
from prompts import say
from storage import audit
from storage.clock import to_china

REVIEW_EVERY = timedelta(days=365)
"""So long a document may stand without a person looking at it again."""


async def approve_document(session: AsyncSession, document_id: int, *, actor: str, now: datetime) -> PolicyDocument:
    """Let a document be cited, and end the older versions that it supersedes.

    Raises:
        KnowledgeError: there is no such document.
    """
    document = await document_of(session, document_id)
    if document.state is DocumentState.APPROVED:
        return document
    document.state, document.approved_by, document.approved_at = DocumentState.APPROVED, actor, now
    document.reviewed_by = document.reviewed_at = document.review_asked_at = None
    await _changed(session, document, "document.approved", actor=actor, now=now)
    return document


async def withdraw_document(session: AsyncSession, document_id: int, *, actor: str, now: datetime) -> PolicyDocument:
    """Take a document out at once; an older version that only it had ended holds again.

    Raises:
        KnowledgeError: there is no such document.
    """
    document = await document_of(session, document_id)
    if document.state is DocumentState.WITHDRAWN:
        return document
    document.state, document.superseded_by, document.superseded_on = DocumentState.WITHDRAWN, None, None
    await _changed(session, document, "document.withdrawn", actor=actor, now=now)
    return document


async def repeal_document(
    session: AsyncSession, document_id: int, *, on: date | None, reason: str, actor: str, now: datetime
) -> PolicyDocument:
    """End a document on a day, without another that takes its place.

    Args:
        on: the first day on which it holds no more; None takes a repeal back, so that only the end stated in its text counts.
        reason: what repealed it, for the audit chain.

    Raises:
        KnowledgeError: there is no such document.
    """
    document = await document_of(session, document_id)
    document.repealed_on = on or end_stated(document.body, document.effective_on)
    action = "document.repealed" if on else "document.repeal_lifted"
    await _changed(session, document, action, actor=actor, now=now, on=on.isoformat() if on else None, reason=reason)
    return document


async def roll_back(session: AsyncSession, document_id: int, *, actor: str, now: datetime) -> list[PolicyDocument]:
    """Let an earlier version hold again: it is approved, and whatever has taken its place by today is withdrawn.

    Returns:
        The documents that were withdrawn, the nearest first.

    Raises:
        KnowledgeError: there is no such document, or it was repealed.
    """
    document, today = await document_of(session, document_id), to_china(now).date()
    if document.repealed_on and document.repealed_on <= today:
        raise KnowledgeError(say("library.repealed_already", title=document.title, day=document.repealed_on))
    await approve_document(session, document_id, actor=actor, now=now)
    withdrawn = []
    await session.refresh(document)
    while document.superseded_by and document.superseded_on and document.superseded_on <= today:
        withdrawn.append(await withdraw_document(session, document.superseded_by, actor=actor, now=now))
        await session.refresh(document)
    await audit.append(
        session, actor, "document.rolled_back", f"document:{document_id}", at=now, withdrawn=[newer.id for newer in withdrawn]
    )
    return withdrawn


async def delete_document(session: AsyncSession, document_id: int, *, actor: str, now: datetime) -> int:
    """Erase the text of a document for good; its number and title stay. Returns how many clauses went.

    Raises:
        KnowledgeError: there is no such document.
    """
    document = await withdraw_document(session, document_id, actor=actor, now=now)
    clauses = (await session.exec(select(func.count(col(Clause.id))).where(Clause.document_id == document_id))).one()
    connection = await session.connection()
    await connection.execute(delete(Clause).where(col(Clause.document_id) == document_id))
    await connection.execute(delete(Replacement).where(col(Replacement.document_id) == document_id))
    document.state, document.body, document.warnings = DocumentState.DELETED, "", ""
    document.content_hash = f"deleted:{document_id}"
    await _changed(session, document, "document.deleted", actor=actor, now=now, title=document.title, clauses=clauses)
    return clauses


async def review_document(session: AsyncSession, document_id: int, *, actor: str, now: datetime) -> PolicyDocument:
    """Note that a person looked at a document and found it right.

    Raises:
        KnowledgeError: there is no such document.
    """
    document = await document_of(session, document_id)
    document.reviewed_by, document.reviewed_at, document.review_asked_at = actor, now, None
    session.add(document)
    await audit.append(session, actor, "document.reviewed", f"document:{document_id}", at=now)
    return document


async def due_for_review(session: AsyncSession, now: datetime) -> Sequence[PolicyDocument]:
    """Documents that may be cited today and that nobody looked at for a year, the longest first; their bodies are not loaded."""
    seen = func.coalesce(col(PolicyDocument.reviewed_at), col(PolicyDocument.approved_at))
    today = to_china(now).date()
    lasting = [col(end).is_(None) | (col(end) > today) for end in (PolicyDocument.superseded_on, PolicyDocument.repealed_on)]
    query = select(PolicyDocument).where(PolicyDocument.state == DocumentState.APPROVED, seen < now - REVIEW_EVERY, *lasting)
    return (await session.exec(query.options(defer(PolicyDocument.body)).order_by(seen, col(PolicyDocument.id)))).all()  # type: ignore[arg-type]


async def document_of(session: AsyncSession, document_id: int) -> PolicyDocument:
    """The document of that number. Raises KnowledgeError where there is none, or only its name is left."""
    document = await session.get(PolicyDocument, document_id)
    if document is None or document.state is DocumentState.DELETED:
        raise KnowledgeError(say("library.no_such_document", number=document_id))
    return document


async def _changed(session: AsyncSession, document: PolicyDocument, action: str, *, actor: str, now: datetime, **told: object) -> None:
    session.add(document)
    await session.flush()
    ended_on, usable = earliest((document.superseded_on, document.repealed_on)), document.state is DocumentState.APPROVED
    change = update(Clause).where(col(Clause.document_id) == document.id).values(usable=usable, ended_on=ended_on)
    await (await session.connection()).execute(change)
    session.add(KnowledgeChange(pool=Pool.CLAUSES, subject_id=document.id or 0, at=now))
    await audit.append(session, actor, action, f"document:{document.id}", at=now, **told)
    await settle(session, document, actor=actor, now=now)
