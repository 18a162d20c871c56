"""The audit chain: every change of state leaves a row that holds the hash of the row before it.

A row cannot be altered, removed or put in between without breaking every hash after it. The head is copied to a file
outside the database (`storage.anchor`), so that cutting off the end, or rewriting the whole chain, shows as well.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event, insert
from sqlalchemy.orm import Session, SessionTransaction
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
_PENDING = "audit_pending"


@dataclass(frozen=True)
class _Pending:
    """An entry that is not written yet, and the savepoints it stands under: it goes with the first of them that is taken back."""

    content: dict[str, Any]
    savepoints: tuple[SessionTransaction, ...]


@dataclass(frozen=True)
class ChainReport:
    """What a verification found. `broken_at` is the number of the first entry that does not fit, else None."""

    entries: int
    head: str
    broken_at: int | None = None
    reason: str = ""


async def append(session: AsyncSession, actor: str, action: str, subject: str, *, at: datetime, **details: Any) -> None:
    """Add one entry in the caller's transaction (`Database.transaction`, whose writers take turns).

    The entries of a transaction are chained and written together when it commits, or when somebody asks for the chain.

    Args:
        actor: who acted: a staff member's name, or `system` for the machine.
        action: what was done, `noun.verb` (`case.claimed`).
        subject: what it was done to, `noun:id` (`case:A12`).
        at: when, timezone-aware.
        details: small JSON values; no post text, no personal data.
    """
    content = {"at": at, "actor": actor, "action": action, "subject": subject, "details": details}
    _pending(session.sync_session).append(_Pending(content, tuple(_savepoints(session.sync_session))))


async def verify(session: AsyncSession, anchors: dict[int, str] | None = None) -> ChainReport:
    """Recompute the whole chain.

    Args:
        anchors: entry numbers with the hashes that were noted outside the database.
    """
    expected, previous, anchors = 0, GENESIS, anchors or {}
    await session.run_sync(_write)
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
    """Number and hash of the last entry; (0, GENESIS) for an empty chain."""
    await session.run_sync(_write)
    return (await session.exec(_HEAD)).first() or (0, GENESIS)


def entry_hash(number: int, at: datetime, actor: str, action: str, subject: str, details: dict[str, Any], previous: str) -> str:
    """SHA-256 over the entry's fields in canonical JSON and the hash before it, in hexadecimal."""
    fields = [number, at.astimezone(UTC).isoformat(timespec="microseconds"), actor, action, subject, details, previous]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _pending(session: Session) -> list[_Pending]:
    """The entries that the session's transaction has not written yet; it begins here where it has not begun."""
    if not session.in_transaction():
        session.begin()
    if _PENDING not in session.info:
        session.info[_PENDING] = []
        event.listen(session, "before_commit", _write)
        event.listen(session, "after_soft_rollback", _take_back)
    pending: list[_Pending] = session.info[_PENDING]
    return pending


def _savepoints(session: Session) -> Iterator[SessionTransaction]:
    """The savepoints that are open, the innermost first."""
    savepoint = session.get_nested_transaction()
    while savepoint is not None and savepoint.nested:
        yield savepoint
        savepoint = savepoint.parent


def _write(session: Session) -> None:
    """Chain what is pending to the entries that stand; not in a savepoint, which may yet be taken back."""
    pending = session.info.get(_PENDING)
    if not pending or session.get_nested_transaction() is not None:
        return
    number, previous = session.connection().execute(_HEAD).first() or (0, GENESIS)
    rows = []
    for entry in pending:
        number, content = number + 1, entry.content
        hash_ = entry_hash(number, **content, previous=previous)
        rows.append({"number": number, **content, "previous_hash": previous, "hash": hash_})
        previous = hash_
    session.connection().execute(_ENTRY, rows)
    pending.clear()


def _take_back(session: Session, ended: SessionTransaction) -> None:
    """Forget the entries of what was rolled back."""
    pending = session.info[_PENDING]
    pending[:] = [entry for entry in pending if ended.nested and ended not in entry.savepoints]


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
