"""Taking documents and past cases in: each one a row, an audit entry and a change for the indexes."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from knowledge_base.clause import Clause
from knowledge_base.document import DocumentState, ParsedDocument, PolicyDocument, Replacement, comparable_name
from knowledge_base.errors import KnowledgeError
from knowledge_base.past_case import KnowledgeChange, PastCase, Pool
from knowledge_base.preparing import Prepared, prepare
from knowledge_base.region import NATIONAL, Region
from knowledge_base.standing import approve_document
from knowledge_base.structure import ClauseSpan
from knowledge_base.superseding import work_of
from prompts import say
from storage import audit

NEAR_IDENTICAL_SHARE = 0.8
"""From this share of equal clauses on, two texts of one version are one text with slips of the pen."""


class Outcome(StrEnum):
    """What became of one document or past case."""

    ADDED = "added"
    KNOWN = "known"
    CONFLICTING = "conflicting"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True)
class Imported:
    """The result of one import.

    Attributes:
        document_id: the stored document; for a text that was there already, the one that was there.
        clauses: how many clauses were added.
        outcome: CONFLICTING is stored but waits for a person, whatever `approve` said: another text of the same version
            with the same articles is there. So is DOUBTFUL, where a date in it is none.
    """

    title: str
    document_id: int
    clauses: int
    outcome: Outcome


async def import_document(session: AsyncSession, parsed: ParsedDocument, *, actor: str, now: datetime, approve: bool) -> Imported:
    """Store one version of a document with its clauses. A text that is there already changes nothing.

    Args:
        approve: whether it may be cited at once; otherwise it waits for `standing.approve_document`.

    Raises:
        UnreadableDocument: there is no title or no text to cite in it, or far too much.
    """
    prepared = await asyncio.to_thread(prepare, parsed)
    digest = _content_hash(prepared)
    known = (await session.exec(select(PolicyDocument.id).where(PolicyDocument.content_hash == digest))).first()
    conflicting = False
    if known is None:
        known, conflicting = await _same_version(session, prepared)
    if known is not None:
        return Imported(parsed.title, known, 0, Outcome.KNOWN)
    document = await _store(session, prepared, digest, now)
    clauses = len(prepared.spans)
    await audit.append(session, actor, "document.imported", f"document:{document.id}", at=now, title=parsed.title, clauses=clauses)
    outcome = Outcome.CONFLICTING if conflicting else Outcome.DOUBTFUL if parsed.wrong_dates else Outcome.ADDED
    if approve and outcome is Outcome.ADDED:
        await approve_document(session, _id(document), actor=actor, now=now)
    return Imported(parsed.title, _id(document), clauses, outcome)


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
    region: Region = NATIONAL,
    now: datetime,
    actor: str,
) -> PastCase:
    """Store a message and the reply to it, personal data masked. A case of that key that is there already is returned as it is.

    Args:
        origin: `imported`, or `closed` for a case of our own.
        region: whose reply it was; without a place it counts as the department's own.
    """
    from language.masking import mask_personal_data

    known = (await session.exec(select(PastCase).where(PastCase.key == key))).first()
    if known is not None:
        return known
    case = PastCase(
        key=key, question=mask_personal_data(question).text, reply=mask_personal_data(reply).text, line=line, strategy=strategy,
        channel=channel, replied_on=replied_on, case_number=case_number, origin=origin, added_at=now,
        province=region.province, city=region.city,
    )  # fmt: skip
    session.add(case)
    await session.flush()
    session.add(KnowledgeChange(pool=Pool.CASES, subject_id=case.id or 0, at=now))
    await audit.append(session, actor, "past_case.added", f"past_case:{case.id}", at=now, key=key, origin=origin)
    return case


async def _store(session: AsyncSession, prepared: Prepared, digest: str, now: datetime) -> PolicyDocument:
    parsed, region = prepared.parsed, prepared.region
    document = PolicyDocument(
        work=work_of(parsed.title, region), title=parsed.title.strip(), authority=parsed.authority,
        document_number=comparable_name(parsed.document_number), category=parsed.category, province=region.province, city=region.city,
        version_date=parsed.version_date, effective_on=prepared.effective_on, repealed_on=prepared.repealed_on, body=parsed.body,
        content_hash=digest, file_name=parsed.file_name, file_hash=parsed.file_hash, warnings="\n".join(prepared.warnings), imported_at=now,
    )  # fmt: skip
    session.add(document)
    await session.flush()
    connection = await session.connection()
    await connection.execute(insert(Clause), await _clause_rows(session, document, prepared.spans))
    session.add_all(
        Replacement(document_id=_id(document), name=repeal.name, articles=" ".join(repeal.articles)) for repeal in prepared.ends
    )
    return document


async def _clause_rows(session: AsyncSession, document: PolicyDocument, spans: Sequence[ClauseSpan]) -> list[dict[str, Any]]:
    version = f"{document.title}|{document.version_date or 'unknown'}|"
    query = select(Clause.key).where(Clause.title == document.title, Clause.version_date == document.version_date)
    free = _FreeKeys((await session.exec(query)).all(), document.content_hash)
    rows = []
    for ordinal, span in enumerate(spans, 1):
        text = document.body[span.start : span.end]
        rows.append({
            "key": free.take(version + span.article), "document_id": document.id, "ordinal": ordinal, "part": span.part,
            "chapter": span.chapter, "section": span.section, "article": span.article, "text": text, "start_offset": span.start,
            "end_offset": span.end, "text_hash": text_hash(text), "title": document.title, "province": document.province,
            "city": document.city, "version_date": document.version_date, "effective_on": document.effective_on,
            "ended_on": document.repealed_on, "usable": False,
        })  # fmt: skip
    return rows


def text_hash(text: str) -> str:
    """SHA-256 of a clause's words, white space left out: what an approval and a citation are bound to."""
    return hashlib.sha256("".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()


class _FreeKeys:
    """Keys that no other clause has: the plain one, else one that the content of its document distinguishes, else a numbered one."""

    def __init__(self, taken: Iterable[str], content_hash: str) -> None:
        self._taken, self._mark = set(taken), content_hash[:8]
        self._numbers: Counter[str] = Counter()

    def take(self, plain: str) -> str:
        key = plain if plain not in self._taken else f"{plain}~{self._mark}"
        if key in self._taken:
            self._numbers[key] += 1
            key = f"{key}.{self._numbers[key] + 1}"
        self._taken.add(key)
        return key


async def _same_version(session: AsyncSession, prepared: Prepared) -> tuple[int | None, bool]:
    """The stored text of the same version that is nearly identical; and whether there is one that contradicts instead."""
    parsed = prepared.parsed
    query = select(col(PolicyDocument.id), col(PolicyDocument.effective_on)).where(
        PolicyDocument.work == work_of(parsed.title, prepared.region), PolicyDocument.version_date == parsed.version_date,
        col(PolicyDocument.state).in_([DocumentState.APPROVED, DocumentState.PENDING]),
    )  # fmt: skip
    others = (await session.exec(query)).all()
    if not others:
        return None, False
    ours = {span.article: text_hash(parsed.body[span.start : span.end]) for span in prepared.spans}
    conflicting = False
    for document_id, others_effect in others:
        theirs = dict((await session.exec(select(Clause.article, Clause.text_hash).where(Clause.document_id == document_id))).all())
        shared = ours.keys() & theirs.keys()
        if not shared or (parsed.version_date is None and prepared.effective_on != others_effect):
            continue
        if sum(ours[article] == theirs[article] for article in shared) >= NEAR_IDENTICAL_SHARE * max(len(ours), len(theirs)):
            return document_id, False
        conflicting = True
    return None, conflicting


def _content_hash(prepared: Prepared) -> str:
    parsed, region = prepared.parsed, prepared.region
    identity = (comparable_name(parsed.title), region.province, region.city, parsed.version_date, "".join(parsed.body.split()))
    return hashlib.sha256(repr(identity).encode()).hexdigest()


def _id(document: PolicyDocument) -> int:
    if document.id is None:
        raise KnowledgeError(say("library.not_stored"))
    return document.id
