"""The versions of one document, and their clauses."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from knowledge_base.clause import Clause
from knowledge_base.comparing import ComparedClause
from knowledge_base.document import DocumentState, PolicyDocument


async def previous_version(session: AsyncSession, document: PolicyDocument) -> PolicyDocument | None:
    """The version before this one: of the same work the nearest older one; else the one that it ended by name; else None."""
    query = select(PolicyDocument).where(
        PolicyDocument.id != document.id, PolicyDocument.state != DocumentState.DELETED,
        (col(PolicyDocument.work) == document.work) | (col(PolicyDocument.superseded_by) == document.id),
    )  # fmt: skip
    older = [other for other in (await session.exec(query)).all() if _order(other) <= _order(document)]
    return max(older, key=lambda other: (other.work == document.work, _order(other)), default=None)


async def clauses_of(session: AsyncSession, document_id: int) -> Sequence[ComparedClause]:
    """The clauses of a document in their order."""
    query = select(Clause.article, Clause.text).where(Clause.document_id == document_id).order_by(col(Clause.ordinal))
    return [ComparedClause(article, text) for article, text in (await session.exec(query)).all()]


def _order(document: PolicyDocument) -> tuple[date, int]:
    return (document.version_date or document.effective_on or date.min, document.id or 0)
