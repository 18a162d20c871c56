"""Taking documents and past cases in, approving them, taking them out: each one a row, an audit entry and a change for the indexes."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from knowledge_base.clause import Clause
from knowledge_base.document import DocumentState, ParsedDocument, PolicyDocument, Replacement, comparable_name
from knowledge_base.errors import KnowledgeError, UnreadableDocument
from knowledge_base.past_case import KnowledgeChange, PastCase, Pool
from knowledge_base.region import Region, named_in_title
from knowledge_base.structure import ClauseSpan, split
from knowledge_base.superseding import settle, work_of
from knowledge_base.validity import earliest, effect_stated, end_stated, ends_others
from storage import audit

NEAR_IDENTICAL_SHARE = 0.8
"""From this share of equal clauses on, two texts of one version are one text with slips of the pen."""


class Outcome(StrEnum):
    """What became of one document or past case."""

    ADDED = "added"
    KNOWN = "known"
    CONFLICTING = "conflicting"


@dataclass(frozen=True)
class Imported:
    """The result of one import.

    Attributes:
        document_id: the stored document; for a text that was there already, the one that was there.
        clauses: how many clauses were added.
        outcome: CONFLICTING is stored but waits for a person, whatever `approve` said: another text of the same version
            with the same articles is there.
    """

    title: str
    document_id: int
    clauses: int
    outcome: Outcome


async def import_document(session: AsyncSession, parsed: ParsedDocument, *, actor: str, now: datetime, approve: bool) -> Imported:
    """Store one version of a document with its clauses. A text that is there already changes nothing.

    Args:
        approve: whether it may be cited at once; otherwise it waits for `approve_document`.

    Raises:
        UnreadableDocument: there is no title or no text to cite in it.
    """
    region = named_in_title(parsed.title, Region(parsed.province, parsed.city))
    spans = split(parsed.body)
    if not parsed.title.strip() or not spans:
        raise UnreadableDocument(f"{parsed.file_name or parsed.title or '文件'}：没有标题或正文，无法入库。")
    digest = _content_hash(parsed, region)
    known = (await session.exec(select(PolicyDocument.id).where(PolicyDocument.content_hash == digest))).first()
    if known is None:
        twin, conflicting = await _same_version(session, parsed, region, spans)
        known = twin
    if known is not None:
        return Imported(parsed.title, known, 0, Outcome.KNOWN)
    document = await _store(session, parsed, region, spans, digest, now)
    await audit.append(session, actor, "document.imported", f"document:{document.id}", at=now, title=parsed.title, clauses=len(spans))
    if approve and not conflicting:
        await approve_document(session, _id(document), actor=actor, now=now)
    return Imported(parsed.title, _id(document), len(spans), Outcome.CONFLICTING if conflicting else Outcome.ADDED)


async def approve_document(session: AsyncSession, document_id: int, *, actor: str, now: datetime) -> PolicyDocument:
    """Let a document be cited, and end the older versions that it supersedes.

    Raises:
        KnowledgeError: there is no such document.
    """
    document = await _existing(session, document_id)
    if document.state is DocumentState.APPROVED:
        return document
    document.state, document.approved_by, document.approved_at = DocumentState.APPROVED, actor, now
    await _changed(session, document, "document.approved", usable=True, actor=actor, now=now)
    return document


async def withdraw_document(session: AsyncSession, document_id: int, *, actor: str, now: datetime) -> PolicyDocument:
    """Take a document out at once; an older version that only it had ended holds again.

    Raises:
        KnowledgeError: there is no such document.
    """
    document = await _existing(session, document_id)
    if document.state is DocumentState.WITHDRAWN:
        return document
    document.state, document.superseded_by, document.superseded_on = DocumentState.WITHDRAWN, None, None
    await _changed(session, document, "document.withdrawn", usable=False, actor=actor, now=now)
    return document


async def add_past_case(
    session: AsyncSession,
    *,
    key: str,
    question: str,
    reply: str,
    line: str = "",
    strategy: str = "",
    channel: str = "",
    replied_on: date | None = None,
    case_number: str | None = None,
    origin: str = "imported",
    now: datetime,
    actor: str,
) -> PastCase:
    """Store a message and the reply to it, personal data masked. A case of that key that is there already is returned as it is.

    Args:
        origin: `imported`, or `closed` for a case of our own.
    """
    from language.masking import mask_personal_data

    known = (await session.exec(select(PastCase).where(PastCase.key == key))).first()
    if known is not None:
        return known
    case = PastCase(
        key=key, question=mask_personal_data(question).text, reply=mask_personal_data(reply).text, line=line, strategy=strategy,
        channel=channel, replied_on=replied_on, case_number=case_number, origin=origin, added_at=now,
    )  # fmt: skip
    session.add(case)
    await session.flush()
    session.add(KnowledgeChange(pool=Pool.CASES, subject_id=case.id or 0, at=now))
    await audit.append(session, actor, "past_case.added", f"past_case:{case.id}", at=now, key=key, origin=origin)
    return case


async def _store(
    session: AsyncSession, parsed: ParsedDocument, region: Region, spans: Sequence[ClauseSpan], digest: str, now: datetime
) -> PolicyDocument:
    effective = parsed.effective_on or effect_stated(parsed.body, parsed.version_date)
    document = PolicyDocument(
        work=work_of(parsed.title, region), title=parsed.title.strip(), authority=parsed.authority,
        document_number=comparable_name(parsed.document_number), category=parsed.category, province=region.province, city=region.city,
        version_date=parsed.version_date, effective_on=effective, repealed_on=parsed.repealed_on or end_stated(parsed.body, effective),
        body=parsed.body, content_hash=digest, file_name=parsed.file_name, imported_at=now,
    )  # fmt: skip
    session.add(document)
    await session.flush()
    connection = await session.connection()
    await connection.execute(insert(Clause), await _clause_rows(session, document, spans))
    names = {comparable_name(name) for name in (*parsed.replaces, *ends_others(parsed.body))} - {comparable_name(parsed.title), ""}
    session.add_all(Replacement(document_id=_id(document), name=name) for name in sorted(names))
    return document


async def _clause_rows(session: AsyncSession, document: PolicyDocument, spans: Sequence[ClauseSpan]) -> list[dict[str, Any]]:
    version = f"{document.title}|{document.version_date or 'unknown'}|"
    query = select(Clause.key).where(Clause.title == document.title, Clause.version_date == document.version_date)
    taken = set((await session.exec(query)).all())
    rows = []
    for ordinal, span in enumerate(spans, 1):
        key = _free(version + span.article, document.content_hash, taken)
        taken.add(key)
        text = document.body[span.start : span.end]
        rows.append({
            "key": key, "document_id": document.id, "ordinal": ordinal, "part": span.part, "chapter": span.chapter, "section": span.section,
            "article": span.article, "text": text, "start_offset": span.start, "end_offset": span.end, "text_hash": text_hash(text),
            "title": document.title, "province": document.province, "city": document.city, "version_date": document.version_date,
            "effective_on": document.effective_on, "ended_on": document.repealed_on, "usable": False,
        })  # fmt: skip
    return rows


def text_hash(text: str) -> str:
    """SHA-256 of a clause's words, white space left out: what an approval and a citation are bound to."""
    return hashlib.sha256(re.sub(r"\s+", "", text).encode()).hexdigest()


def _free(key: str, content_hash: str, taken: set[str]) -> str:
    """The key, or where another clause has it, one that the content of its document distinguishes."""
    if key not in taken:
        return key
    key = f"{key}~{content_hash[:8]}"
    return key if key not in taken else next(f"{key}.{number}" for number in range(2, 10_000) if f"{key}.{number}" not in taken)


async def _same_version(
    session: AsyncSession, parsed: ParsedDocument, region: Region, spans: Sequence[ClauseSpan]
) -> tuple[int | None, bool]:
    """The stored text of the same version that is nearly identical; and whether there is one that contradicts instead."""
    query = select(col(PolicyDocument.id), col(PolicyDocument.effective_on)).where(
        PolicyDocument.work == work_of(parsed.title, region), PolicyDocument.version_date == parsed.version_date,
        PolicyDocument.state != DocumentState.WITHDRAWN,
    )  # fmt: skip
    effective = parsed.effective_on or effect_stated(parsed.body, parsed.version_date)
    ours = {span.article: text_hash(parsed.body[span.start : span.end]) for span in spans}
    conflicting = False
    for document_id, others_effect in (await session.exec(query)).all():
        rows = (await session.exec(select(Clause.article, Clause.text_hash).where(Clause.document_id == document_id))).all()
        theirs = dict(rows)
        shared = ours.keys() & theirs.keys()
        if not shared or (parsed.version_date is None and effective != others_effect):
            continue
        if sum(ours[article] == theirs[article] for article in shared) >= NEAR_IDENTICAL_SHARE * max(len(ours), len(theirs)):
            return document_id, False
        conflicting = True
    return None, conflicting


async def _changed(session: AsyncSession, document: PolicyDocument, action: str, *, usable: bool, actor: str, now: datetime) -> None:
    session.add(document)
    await session.flush()
    ended_on = earliest((document.superseded_on, document.repealed_on))
    change = update(Clause).where(col(Clause.document_id) == document.id).values(usable=usable, ended_on=ended_on)
    await (await session.connection()).execute(change)
    session.add(KnowledgeChange(pool=Pool.CLAUSES, subject_id=_id(document), at=now))
    await audit.append(session, actor, action, f"document:{document.id}", at=now)
    await settle(session, document, actor=actor, now=now)


async def _existing(session: AsyncSession, document_id: int) -> PolicyDocument:
    document = await session.get(PolicyDocument, document_id)
    if document is None:
        raise KnowledgeError(f"知识库里没有编号 {document_id} 的文件。")
    return document


def _content_hash(parsed: ParsedDocument, region: Region) -> str:
    identity = (comparable_name(parsed.title), region.province, region.city, parsed.version_date, re.sub(r"\s+", "", parsed.body))
    return hashlib.sha256(repr(identity).encode()).hexdigest()


def _id(document: PolicyDocument) -> int:
    if document.id is None:
        raise KnowledgeError("文件尚未写入数据库。")
    return document.id
