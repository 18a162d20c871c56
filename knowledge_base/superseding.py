"""Which stored version ended which other: recomputed from the rows, so that the order of import does not matter."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import defer
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from knowledge_base.clause import Clause
from knowledge_base.document import DocumentState, PolicyDocument, Replacement, comparable_name
from knowledge_base.past_case import KnowledgeChange, Pool
from knowledge_base.region import Region
from knowledge_base.validity import Version, earliest, endings
from storage import audit

_COLUMNS = (
    PolicyDocument.id, PolicyDocument.work, PolicyDocument.title, PolicyDocument.document_number, PolicyDocument.province,
    PolicyDocument.city, PolicyDocument.version_date, PolicyDocument.effective_on, PolicyDocument.repealed_on,
    PolicyDocument.superseded_on, PolicyDocument.superseded_by,
)  # fmt: skip
"""All that validity needs: never the body."""


def work_of(title: str, region: Region) -> str:
    """The name that all versions of one title in one region share."""
    return "|".join((comparable_name(title), region.province or "", region.city or ""))


async def settle(session: AsyncSession, document: PolicyDocument, *, actor: str, now: datetime) -> None:
    """Bring up to date when the versions around a document end, after it was approved or withdrawn."""
    touched = await _approved(session, [document.work, *await _works_replaced(session, document)], await _names_replaced(session, document))
    names = {name for row in touched for name in _names(row)}
    rivals = await _approved(session, {row.work for row in touched}, ()) + await _replacing(session, names)
    ended = endings(await _versions(session, {row.id: row for row in [*touched, *rivals]}.values()))
    for row in touched:
        end = ended.get(row.id)
        if (row.superseded_by, row.superseded_on) != ((end.by, end.on) if end else (None, None)):
            await _end(session, row, end.by if end else None, end.on if end else None, actor=actor, now=now)
        await _end_parts(session, row, earliest((end.on if end else None, row.repealed_on)), actor=actor, now=now)


async def _end(session: AsyncSession, row: Any, by: int | None, on: Any, *, actor: str, now: datetime) -> None:
    connection = await session.connection()
    await connection.execute(update(PolicyDocument).where(col(PolicyDocument.id) == row.id).values(superseded_by=by, superseded_on=on))
    await connection.execute(update(Clause).where(col(Clause.document_id) == row.id).values(ended_on=earliest((on, row.repealed_on))))
    session.add(KnowledgeChange(pool=Pool.CLAUSES, subject_id=row.id, at=now))
    action = "document.superseded" if by else "document.restored"
    await audit.append(session, actor, action, f"document:{row.id}", at=now, by=by, on=on.isoformat() if on else None)


async def _end_parts(session: AsyncSession, row: Any, whole: date | None, *, actor: str, now: datetime) -> None:
    """End the articles of a document that others end alone (《…办法》第五条同时废止), and let them hold again when those are gone."""
    query = (
        select(Replacement.articles, PolicyDocument)
        .join(PolicyDocument, col(PolicyDocument.id) == col(Replacement.document_id))
        .where(col(Replacement.name).in_(_names(row)), Replacement.articles != "")
        .options(defer(PolicyDocument.body))  # type: ignore[arg-type]
    )
    naming = (await session.exec(query)).all()
    if not naming:
        return
    ends: dict[str, date | None] = {}
    for articles, other in naming:
        if other.state is DocumentState.APPROVED and other.region == Region(row.province, row.city) and other.id != row.id:
            begins = other.effective_on or other.version_date
            ends |= {article: earliest((begins, whole, ends.get(article))) for article in articles.split()}
    held = select(col(Clause.id), col(Clause.article), col(Clause.ended_on)).where(Clause.document_id == row.id)
    clauses = (await session.exec(held)).all()
    changed = {clause: ends.get(article, whole) for clause, article, end in clauses if ends.get(article, whole) != end}
    connection = await session.connection()
    for clause, end in changed.items():
        await connection.execute(update(Clause).where(col(Clause.id) == clause).values(ended_on=end))
    if changed:
        session.add(KnowledgeChange(pool=Pool.CLAUSES, subject_id=row.id, at=now))
        await audit.append(session, actor, "document.parts_ended", f"document:{row.id}", at=now, articles=sorted(ends))


async def _names_replaced(session: AsyncSession, document: PolicyDocument) -> Sequence[str]:
    return (await session.exec(select(Replacement.name).where(Replacement.document_id == document.id))).all()


async def _works_replaced(session: AsyncSession, document: PolicyDocument) -> list[str]:
    return [work_of(name, document.region) for name in await _names_replaced(session, document)]


async def _approved(session: AsyncSession, works: Iterable[str], numbers: Iterable[str]) -> list[Any]:
    """Approved documents of some works or with some document numbers."""
    named = col(PolicyDocument.work).in_(set(works)) | col(PolicyDocument.document_number).in_(set(numbers))
    return await _rows(session, named)


async def _replacing(session: AsyncSession, names: Iterable[str]) -> list[Any]:
    """Approved documents that say that they replace one of these names."""
    replacing = select(Replacement.document_id).where(col(Replacement.name).in_(set(names)))
    return await _rows(session, col(PolicyDocument.id).in_(replacing))


async def _rows(session: AsyncSession, condition: Any) -> list[Any]:
    query = select(*_COLUMNS).where(condition, PolicyDocument.state == DocumentState.APPROVED)  # type: ignore[call-overload]
    return list((await session.exec(query)).all())


def _names(row: Any) -> set[str]:
    return {comparable_name(row.title), *filter(None, [row.document_number])}


async def _versions(session: AsyncSession, rows: Iterable[Any]) -> list[Version]:
    rows = list(rows)
    articles, replaces = await _articles(session, rows), defaultdict(set)
    found = select(Replacement.document_id, Replacement.name).where(
        col(Replacement.document_id).in_([row.id for row in rows]), Replacement.articles == ""
    )
    for document_id, name in (await session.exec(found)).all():
        replaces[document_id].add(name)
    return [
        Version(
            key=row.id, work=row.work, names=frozenset(_names(row)), region=Region(row.province, row.city), adopted=row.version_date,
            effective=row.effective_on, articles=frozenset(articles[row.id]), replaces=frozenset(replaces[row.id]),
        )
        for row in rows
    ]  # fmt: skip


async def _articles(session: AsyncSession, rows: list[Any]) -> dict[int, set[str]]:
    """Names of the clauses of those documents that share work and day with another one; for the rest they do not matter."""
    alike = defaultdict(list)
    for row in rows:
        alike[row.work, row.version_date].append(row.id)
    wanted = [document_id for ids in alike.values() if len(ids) > 1 for document_id in ids]
    articles: dict[int, set[str]] = defaultdict(set)
    if wanted:
        query = select(Clause.document_id, Clause.article).where(col(Clause.document_id).in_(wanted))
        for document_id, article in (await session.exec(query)).all():
            articles[document_id].add(article)
    return articles
