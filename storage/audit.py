"""The audit chain: every change of state leaves a row that holds the hash of the row before it.

A row cannot be altered, removed or put in between without breaking every hash after it. The head is copied to a file
outside the database (`storage.anchor`), so that cutting off the end, or rewriting the whole chain, shows as well.
"""

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import JSON_TYPE, TIME_TYPE

GENESIS = "0" * 64
VERIFY_BATCH = 2_000


class AuditEntry(SQLModel, table=True):
    """One change of state: who did what to which subject, when."""

    __tablename__ = "audit_entry"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=TIME_TYPE)
    actor: str
    action: str = Field(index=True)
    subject: str = Field(index=True)
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_TYPE)
    previous_hash: str
    hash: str


_HEAD = select(AuditEntry.number, AuditEntry.hash).order_by(col(AuditEntry.number).desc()).limit(1)
_ENTRY = insert(AuditEntry)
_HEAD_KEPT = "audit_head"


@dataclass(frozen=True)
class ChainReport:
    """What a verification found. `broken_at` is the number of the first entry that does not fit, else None."""

    entries: int
    head: str
    broken_at: int | None = None
    reason: str = ""


async def append(session: AsyncSession, actor: str, action: str, subject: str, *, at: datetime, **details: Any) -> None:
    """Write one entry in the caller's transaction (`Database.transaction`, whose writers take turns).

    Args:
        actor: who acted: a staff member's name, or `system` for the machine.
        action: what was done, `noun.verb` (`case.claimed`).
        subject: what it was done to, `noun:id` (`case:A12`).
        at: when, timezone-aware.
        details: small JSON values; no post text, no personal data.
    """
    last, previous = await head(session)
    hash_ = entry_hash(last + 1, at, actor, action, subject, details, previous)
    row = {
        "number": last + 1, "at": at, "actor": actor, "action": action, "subject": subject, "details": details,
        "previous_hash": previous, "hash": hash_,
    }  # fmt: skip
    await session.flush()
    await (await session.connection()).execute(_ENTRY, row)
    _keep_head(session, last + 1, hash_)


async def verify(session: AsyncSession, anchors: dict[int, str] | None = None) -> ChainReport:
    """Recompute the whole chain.

    Args:
        anchors: entry numbers with the hashes that were noted outside the database.
    """
    expected, previous, anchors = 0, GENESIS, anchors or {}
    async for entry in _in_order(session):
        expected += 1
        reason = _fault(entry, expected, previous, anchors)
        if reason:
            return ChainReport(expected, previous, entry.number, reason)
        previous = entry.hash
    if anchors and max(anchors) > expected:
        return ChainReport(expected, previous, expected + 1, f"链尾被截断：外部锚点已到第 {max(anchors)} 条")
    return ChainReport(expected, previous)


async def head(session: AsyncSession) -> tuple[int, str]:
    """Number and hash of the last entry; (0, GENESIS) for an empty chain.

    A transaction that has written an entry knows its head: no other writer can lengthen the chain before it ends.
    """
    transaction, number, hash_ = session.info.get(_HEAD_KEPT, (None, 0, ""))
    if transaction is not None and transaction is session.sync_session.get_transaction() and not session.in_nested_transaction():
        return number, hash_
    return (await session.exec(_HEAD)).first() or (0, GENESIS)


def entry_hash(number: int, at: datetime, actor: str, action: str, subject: str, details: dict[str, Any], previous: str) -> str:
    """SHA-256 over the entry's fields in canonical JSON and the hash before it, in hexadecimal."""
    fields = [number, at.astimezone(UTC).isoformat(timespec="microseconds"), actor, action, subject, details, previous]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _keep_head(session: AsyncSession, number: int, hash_: str) -> None:
    """Keep the head for the next entry, but never one that goes with its savepoint."""
    if session.in_nested_transaction():
        session.info.pop(_HEAD_KEPT, None)
    else:
        session.info[_HEAD_KEPT] = session.sync_session.get_transaction(), number, hash_


def _fault(entry: AuditEntry, expected: int, previous: str, anchors: dict[int, str]) -> str | None:
    if entry.number != expected:
        return f"第 {expected} 条缺失"
    if entry.previous_hash != previous:
        return "与前一条对不上"
    if entry.hash != entry_hash(entry.number, entry.at, entry.actor, entry.action, entry.subject, entry.details, previous):
        return "内容被改动"
    if anchors.get(entry.number, entry.hash) != entry.hash:
        return "与外部锚点不符：整条链可能被重写"
    return None


async def _in_order(session: AsyncSession) -> AsyncIterator[AuditEntry]:
    after = 0
    while True:
        query = select(AuditEntry).where(col(AuditEntry.number) > after).order_by(col(AuditEntry.number)).limit(VERIFY_BATCH)
        batch = (await session.exec(query)).all()
        for entry in batch:
            yield entry
            session.expunge(entry)
        if len(batch) < VERIFY_BATCH:
            return
        after = batch[-1].number
