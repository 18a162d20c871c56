"""The proof: the audit entries of the case with their hashes, and what a verification of the whole chain found."""

import json
from collections.abc import Mapping
from datetime import UTC

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.approval import Approval
from casework.button import ButtonToken
from casework.case import Case
from casework.delivery import Delivery
from casework.dossier.record import Record, record
from casework.drafting.draft import ReplyVersion
from casework.drafting.versions import versions_of
from monitoring.item import Item
from prompts import words
from storage import audit
from storage.audit import AuditEntry


async def entries(session: AsyncSession, case: Case) -> list[Record]:
    """Every entry about the case, its event, versions, messages and kept pages, in the order of the chain.

    Times are in UTC to the microsecond and actors as the chain has them, so that every hash can be computed again from what stands here.
    """
    about = [AuditEntry.subject == f"command:{number}" for number in await _commands(session, case)]
    query = select(AuditEntry).where(or_(col(AuditEntry.subject).in_(await _subjects(session, case)), *about))
    return [
        record(
            number=row.number, at=row.at.astimezone(UTC).isoformat(timespec="microseconds"), actor=row.actor, action=row.action,
            subject=row.subject, details=json.dumps(row.details, ensure_ascii=False, sort_keys=True) if row.details else "",
            previous_hash=row.previous_hash, hash=row.hash,
        )
        for row in (await session.exec(query.order_by(col(AuditEntry.number)))).all()
    ]  # fmt: skip


async def verification(session: AsyncSession, anchors: Mapping[int, str]) -> Record:
    """Recompute the whole chain, and compare it with what was noted outside the database.

    Args:
        anchors: entry numbers with their hashes as the anchor file holds them; empty: nothing to compare with.
    """
    report = await audit.verify(session, dict(anchors))
    verdict = words("dossier.chain")["broken" if report.broken_at else "anchored" if anchors else "holds"]
    return record(verdict=verdict, entries=report.entries, head=report.head, broken_at=report.broken_at, reason=report.reason)


async def _subjects(session: AsyncSession, case: Case) -> list[str]:
    version_ids = [version.id for version in await versions_of(session, case)]
    deliveries = (await session.exec(select(Delivery.id).where(Delivery.case_id == case.id))).all()
    mandates = (await session.exec(select(Approval.delegation_id).join(ReplyVersion).where(ReplyVersion.case_id == case.id))).all()
    pages = (await session.exec(select(Item.snapshot_hash).where(Item.event_id == case.event_id))).all()
    return [
        f"case:{case.number}", f"event:{case.event_id}", *(f"version:{id_}" for id_ in version_ids),
        *(f"delivery:{id_}" for id_ in deliveries), *(f"delegation:{id_}" for id_ in set(mandates) if id_),
        *(f"snapshot:{digest[:16]}" for digest in set(pages) if digest),
    ]  # fmt: skip


async def _commands(session: AsyncSession, case: Case) -> list[str]:
    used = select(ButtonToken.command).where(ButtonToken.case_id == case.id, col(ButtonToken.used_at).is_not(None))
    return sorted(set((await session.exec(used)).all()))
