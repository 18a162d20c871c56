"""Reply versions: exact texts on their way to approval, each bound to the evidence that it quotes and to the event's revision."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.approval import subject, void
from casework.case import Case
from casework.drafting.draft import Draft, ReplyAuthor, ReplyVersion, VersionState
from casework.staff import StaffMember
from monitoring.event import Event
from storage import audit

SERIOUS_LEVELS = (1, 2)
STANDING = (VersionState.EDITING, VersionState.SUBMITTED, VersionState.APPROVED)
"""States of a version that may still be published."""


@dataclass(frozen=True)
class Wording:
    """A text and which candidate it came from."""

    draft: Draft
    candidate_ordinal: int
    strategy: str
    channel: str
    text: str


def bound_hash(text: str, citations: Sequence[Mapping[str, Any]], event_revision: int) -> str:
    """What an approval binds: SHA-256 in canonical JSON over text, quoted evidence (key, hash of the clause, quote) and event revision."""
    evidence = [[row["key"], row["text_hash"], row["quote"]] for row in citations]
    canonical = json.dumps([text, evidence, event_revision], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def required_approvals(level: int) -> int:
    """Two for I and II, else one."""
    return 2 if level in SERIOUS_LEVELS else 1


def citations_in(text: str, evidence: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a draft's evidence whose quote stands word for word in the text."""
    return [dict(row) for row in evidence if row["quote"] and row["quote"] in text]


async def versions_of(session: AsyncSession, case: Case) -> list[ReplyVersion]:
    """All versions of the case, oldest first."""
    return list((await session.exec(select(ReplyVersion).where(ReplyVersion.case_id == case.id).order_by(col(ReplyVersion.number)))).all())


async def authors_of(session: AsyncSession, versions: Iterable[ReplyVersion]) -> set[int]:
    """Ids of everyone whose hand is in one of the versions."""
    ids = [version.id for version in versions]
    return set((await session.exec(select(ReplyAuthor.staff_id).where(col(ReplyAuthor.version_id).in_(ids)))).all())


async def add_version(
    session: AsyncSession, case: Case, wording: Wording, authors: Collection[int], staff: StaffMember, now: datetime
) -> ReplyVersion:
    """Write the case's next version, in state `editing`, with everyone whose hand is in its text."""
    event = await session.get_one(Event, case.event_id)
    last = (await session.exec(select(func.max(ReplyVersion.number)).where(ReplyVersion.case_id == case.id))).one() or 0
    citations = citations_in(wording.text, wording.draft.evidence)
    version = ReplyVersion(
        case_id=_id(case), number=last + 1, draft_id=_id(wording.draft), candidate_ordinal=wording.candidate_ordinal,
        strategy=wording.strategy, channel=wording.channel, text=wording.text, citations=citations,
        event_revision=event.revision, level=event.level, bound_hash=bound_hash(wording.text, citations, event.revision),
        required_approvals=required_approvals(event.level), created_by=_id(staff), created_at=now,
    )  # fmt: skip
    session.add(version)
    await session.flush()
    session.add_all(ReplyAuthor(version_id=_id(version), staff_id=author) for author in sorted(authors))
    await audit.append(session, staff.name, "version.written", subject(version), at=now, case=case.number, hash=version.bound_hash)
    return version


async def void_versions(session: AsyncSession, case: Case, reason: str, staff: StaffMember, now: datetime) -> list[ReplyVersion]:
    """Void every version of the case that might still be published, and the approvals under it.

    Returns:
        The versions that were voided, oldest first.
    """
    standing = [version for version in await versions_of(session, case) if version.state in STANDING]
    for version in standing:
        await void(session, version, reason, staff.name, now)
    return standing


async def renew_versions(
    session: AsyncSession, case: Case, staff: StaffMember, reason: str, now: datetime, rewrite: Callable[[str], str] = str
) -> ReplyVersion | None:
    """Void the versions on their way to approval and write the newest of them anew, so that no edit is lost.

    Args:
        staff: whose act made the old versions void; becomes an author of the new one.
        rewrite: applied to its text.

    Returns:
        The new version; None when nothing was on its way.
    """
    voided = await void_versions(session, case, reason, staff, now)
    if not voided:
        return None
    old = voided[-1]
    draft = await session.get_one(Draft, old.draft_id)
    wording = Wording(draft, old.candidate_ordinal, old.strategy, old.channel, rewrite(old.text))
    return await add_version(session, case, wording, await authors_of(session, [old]) | {_id(staff)}, staff, now)


def _id(row: Any) -> int:
    """The id of a row that is stored."""
    if row.id is None:
        raise ValueError(f"not stored yet: {type(row).__name__}")
    return int(row.id)
