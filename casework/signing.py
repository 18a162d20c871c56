"""送签、签发、退回: how one exact text comes to be approved by people who did not write it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import time_in_text
from casework.approval import Approval, ApprovedReply, Signature, Signer, approvals_of, signatures_of, signed_at, subject, void, void_all
from casework.approval_card import ask_for_approval, show_approvals
from casework.authority import Authority, authority_for, who_can_sign
from casework.case import Case, add_step
from casework.desk import Desk
from casework.drafting.draft import ReplyAuthor, ReplyVersion, VersionState
from casework.drafting.slots import open_slots
from casework.drafting.versions import bound_hash
from casework.errors import Refused
from casework.handling import must_live
from casework.permission import Act, names_with, require
from casework.situation import event_of
from casework.staff import Role, StaffMember
from prompts import say
from storage import audit

COMMA = "casework.comma"


class Finding(Protocol):
    """What a check found in a text, as far as submission cares."""

    @property
    def blocking(self) -> bool: ...
    @property
    def message(self) -> str: ...


class Signed(StrEnum):
    """What an approval brought: more are needed, all are there, or the text was no longer the one to approve."""

    PARTLY = "partly"
    FULLY = "fully"
    VOID = "void"


@dataclass(frozen=True)
class ApprovalOutcome:
    """`sentence` is for the person who pressed."""

    result: Signed
    sentence: str


Validity = Callable[[ReplyVersion], Awaitable[str | None]]
"""Why a version's citations no longer hold (a clause was repealed, or its text altered); None: they hold."""


async def submit(
    session: AsyncSession, version: ReplyVersion, staff: StaffMember, now: datetime, findings: Sequence[Finding], desk: Desk
) -> ReplyVersion:
    """送签: ask for approvals; whatever of this case was on its way before is void.

    Args:
        findings: what the checks said of exactly this text.

    Raises:
        Refused: a fact is open, a check blocks, or the case has moved on since the text was written.
    """
    await require(session, staff, Act.SUBMIT)
    case = await case_of(session, version)
    must_live(case)
    await _refuse_unready(session, version, case, findings)
    await void_all(session, case, staff.name, say("casework.void_newer_version"), now, keep=version.id)
    version.state, version.submitted_at, version.remind_at = VersionState.SUBMITTED, now, now + desk.approving.patience(version.level)
    await session.flush()
    add_step(session, case, say("casework.step_submitted", version=version.number), now, staff.name)
    await audit.append(session, staff.name, "version.submitted", subject(version), at=now, case=case.number, hash=version.bound_hash)
    await ask_for_approval(session, case, version, now)
    return version


async def approve(
    session: AsyncSession, version: ReplyVersion, staff: StaffMember, now: datetime, desk: Desk, still_valid: Validity
) -> ApprovalOutcome:
    """签发: put one name under one exact text. The unique constraint decides races, the row lock lets the last one see all.

    Returns:
        Whether more names are needed. VOID: something that the text was submitted for has changed; the version ended, nothing was approved.

    Raises:
        Refused: no approver and no deputy of one, an author of the text, somebody whose word is counted already, or nothing to approve.
    """
    version = await locked(session, version)
    case = await case_of(session, version)
    authors = await author_names(session, version)
    authority = await authority_for(session, case.number, version, staff, authors, now)
    if version.state is not VersionState.SUBMITTED:
        raise Refused(await _ended(session, case, version, now))
    if voided := await void_if_changed(session, version, now, still_valid):
        return ApprovalOutcome(Signed.VOID, voided)
    await _sign(session, case, version, staff, authority, now)
    return await _count(session, case, version, now, desk)


async def send_back(session: AsyncSession, version: ReplyVersion, staff: StaffMember, reason: str, now: datetime) -> str:
    """退回: return a submitted text with the reason; approvals given before end. Returns the sentence. Raises Refused."""
    await require(session, staff, Act.SEND_BACK)
    version = await locked(session, version)
    case = await case_of(session, version)
    if not reason.strip():
        raise Refused(say("casework.send_back_why", number=case.number, version=version.number))
    if version.state is not VersionState.SUBMITTED:
        raise Refused(await _ended(session, case, version, now))
    await void(session, version, reason.strip(), staff.name, now, VersionState.RETURNED)
    add_step(session, case, say("casework.step_returned", version=version.number, reason=reason), now, staff.name)
    return say("casework.returned", number=case.number, version=version.number)


async def approved_reply(session: AsyncSession, version: ReplyVersion, now: datetime, still_valid: Validity) -> ApprovedReply:
    """The text as one that may be published, after everything was verified once more.

    Raises:
        Refused: it is not approved, or something has changed since; `void_if_changed` ends such a version.
    """
    version = await locked(session, version)
    case = await case_of(session, version)
    if version.state is not VersionState.APPROVED:
        raise Refused(say(f"casework.version_{version.state.value}", number=case.number, version=version.number))
    if version.expires_at and version.expires_at <= now:
        raise Refused(say("approval.publish_expired", number=case.number, version=version.number, at=time_in_text(version.expires_at, now)))
    if await _what_changed(session, version, still_valid):
        raise Refused(say("casework.publish_changed", number=case.number, version=version.number))
    signatures = await signatures_of(session, version)
    if not await _is_approved(session, version, signatures):
        raise Refused(say("casework.publish_unapproved", number=case.number, version=version.number))
    names = tuple(signed_at([signature], now) for signature in signatures)
    return ApprovedReply(case.number, version.id or 0, version.number, version.channel, version.text, version.bound_hash, names)


async def void_if_changed(session: AsyncSession, version: ReplyVersion, now: datetime, still_valid: Validity) -> str | None:
    """End a version whose text, evidence or event is no longer what was submitted. Returns the sentence about it, None if it holds."""
    changed = await _what_changed(session, version, still_valid)
    if changed is None:
        return None
    case = await case_of(session, version)
    lost = await void(session, version, changed, "system", now)
    sentence = say("casework.voided", number=case.number, version=version.number, why=changed, lost=lost)
    add_step(session, case, sentence, now)
    return sentence


async def case_of(session: AsyncSession, version: ReplyVersion) -> Case:
    """The case that a version answers."""
    return (await session.exec(select(Case).where(Case.id == version.case_id))).one()


async def author_names(session: AsyncSession, version: ReplyVersion) -> tuple[str, ...]:
    """Everyone whose hand is in the text."""
    query = select(StaffMember.name).join(ReplyAuthor).where(ReplyAuthor.version_id == version.id)
    return tuple((await session.exec(query.order_by(StaffMember.name))).all())


async def _refuse_unready(session: AsyncSession, version: ReplyVersion, case: Case, findings: Sequence[Finding]) -> None:
    if version.state is not VersionState.EDITING:
        raise Refused(say(f"casework.version_{version.state.value}", number=case.number, version=version.number))
    if slots := open_slots(version.text):
        raise Refused(say("casework.slots_open", count=len(slots), number=case.number, names=say(COMMA).join(slots)))
    if blocking := [finding.message for finding in findings if finding.blocking]:
        raise Refused(say("casework.checks_block", number=case.number, version=version.number, findings="\n".join(blocking)))
    if (await event_of(session, case)).revision != version.event_revision:
        raise Refused(say("casework.text_outdated", number=case.number, version=version.number))


async def locked(session: AsyncSession, version: ReplyVersion) -> ReplyVersion:
    """The version as it stands at this moment, held until the transaction ends."""
    query = select(ReplyVersion).where(ReplyVersion.id == version.id).with_for_update()
    return (await session.exec(query.execution_options(populate_existing=True))).one()


async def _what_changed(session: AsyncSession, version: ReplyVersion, still_valid: Validity) -> str | None:
    event = await event_of(session, await case_of(session, version))
    if bound_hash(version.text, version.citations, version.event_revision) != version.bound_hash:
        return say("casework.changed_text")
    if event.revision != version.event_revision:
        return say("casework.changed_event")
    return await still_valid(version)


async def _ended(session: AsyncSession, case: Case, version: ReplyVersion, now: datetime) -> str:
    """Why a version takes no more signatures; where others were faster, who and when."""
    fields = {"number": case.number, "version": version.number}
    if version.state is VersionState.APPROVED:
        return say("approval.signed_by_others", signed=signed_at(await signatures_of(session, version), now), **fields)
    return say(f"casework.version_{version.state.value}", **fields)


async def _is_approved(session: AsyncSession, version: ReplyVersion, signatures: Sequence[Signature]) -> bool:
    """Enough signatures under exactly this text, no two by the word of one person, none by that of an author."""
    people = [name for signature in signatures for name in signature.people]
    own = all(approval.bound_hash == version.bound_hash for approval in await approvals_of(session, version))
    distinct = len(set(people)) == len(people) and not set(people) & set(await author_names(session, version))
    return own and distinct and len(signatures) >= version.required_approvals


async def _sign(session: AsyncSession, case: Case, version: ReplyVersion, staff: StaffMember, authority: Authority, now: datetime) -> None:
    mandate = authority.mandate.id if authority.mandate else None
    approval = Approval(version_id=version.id or 0, approver_id=staff.id or 0, bound_hash=version.bound_hash, delegation_id=mandate, at=now)
    try:
        async with session.begin_nested():
            session.add(approval)
    except IntegrityError as error:
        raise Refused(say("approval.not_counted", number=case.number, version=version.number)) from error
    label = Signer(staff.name, authority.principal).label
    add_step(session, case, say("casework.step_approved", version=version.number), now, label)
    await audit.append(
        session, staff.name, "version.approved", subject(version), at=now, case=case.number, hash=version.bound_hash,
        **({"for": authority.principal, "delegation": mandate} if mandate else {}),
    )  # fmt: skip


async def _count(session: AsyncSession, case: Case, version: ReplyVersion, now: datetime, desk: Desk) -> ApprovalOutcome:
    signatures = await signatures_of(session, version)
    missing = version.required_approvals - len(signatures)
    fields = {"number": case.number, "version": version.number}
    if missing <= 0:
        await _release(session, case, version, len(signatures), now, desk)
    await show_approvals(session, case, version, now)
    if missing <= 0:
        return ApprovalOutcome(Signed.FULLY, say("casework.approved_fully", **fields))
    who = await whom_to_ask(session, case, version, now)
    return ApprovalOutcome(Signed.PARTLY, say("casework.approved_partly", missing=missing, who=who, **fields))


async def whom_to_ask(session: AsyncSession, case: Case, version: ReplyVersion, now: datetime) -> str:
    """Who can give the signatures that are missing; where they are too few, why, and what helps."""
    authors = await author_names(session, version)
    able = await who_can_sign(session, version, authors, now)
    missing = version.required_approvals - len(await signatures_of(session, version))
    short = missing - len({signer.principal or signer.name for signer in able})
    who = say("casework.can_ask", names=say(COMMA).join(signer.label for signer in able)) if able else ""
    if short <= 0:
        return who
    barred = [name for name in await names_with(session, Role.APPROVER) if name in authors]
    helps = say("approval.authors_barred" if barred else "approval.more_approvers", names=say(COMMA).join(barred), number=case.number)
    return say("approval.too_few", who=who, short=short, helps=helps)


async def _release(session: AsyncSession, case: Case, version: ReplyVersion, approvals: int, now: datetime, desk: Desk) -> None:
    version.state, version.decided_at, version.remind_at = VersionState.APPROVED, now, None
    version.expires_at = now + desk.approving.validity(version.level)
    await session.flush()
    await audit.append(
        session, "system", "version.released", subject(version), at=now, case=case.number, approvals=approvals,
        until=version.expires_at.isoformat(),
    )  # fmt: skip
