"""签发权: who may put a name under a version, in person or by a mandate. Nobody's word counts twice, an author's never."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import time_in_text
from casework.approval import Signature, Signer, signatures_of
from casework.case import Case
from casework.deadline import GRAVE
from casework.delegation import Delegation, mandates_of, standing_mandates
from casework.drafting.draft import ReplyVersion
from casework.errors import Refused
from casework.permission import Act, names_with, require
from casework.staff import Role, StaffMember
from monitoring.event import LevelChange
from prompts import say


@dataclass(frozen=True)
class Authority:
    """By what a person signs: in person (`mandate` None), or for the approver `principal`."""

    mandate: Delegation | None = None
    principal: str | None = None


async def authority_for(
    session: AsyncSession, case_number: str, version: ReplyVersion, staff: StaffMember, authors: Collection[str], now: datetime
) -> Authority:
    """By what this person may sign this version.

    Args:
        authors: names of everyone whose hand is in the text.

    Raises:
        Refused: an author, who lowered the level so far that one signature is enough, somebody whose word is counted already, or no
            approver and no deputy of one.
    """
    fields = {"number": case_number, "version": version.number}
    if staff.name in authors:
        raise Refused(say("casework.approve_own", **fields))
    if staff.name in (lowered := await _lowered_by(session, version)):
        raise Refused(say("approval.lowered_by_you", **fields))
    signed = await signatures_of(session, version)
    if counted := next((one for one in signed if staff.name in one.people), None):
        raise Refused(_counted(counted, staff, now, **fields))
    if staff.has(Role.APPROVER):
        return Authority()
    held = [
        Authority(mandate, member.name)
        for mandate in await mandates_of(session, staff.id, now)
        if (member := await session.get_one(StaffMember, mandate.principal_id)).has(Role.APPROVER)
    ]
    if not held:
        await require(session, staff, Act.APPROVE, except_for=authors)
    taken = {name for one in signed for name in one.people} | set(authors) | lowered
    for authority in held:
        if authority.principal not in taken:
            return authority
    names = say("casework.comma").join(authority.principal or "" for authority in held)
    raise Refused(say("approval.mandate_used_up", principals=names, **fields))


async def who_can_sign(session: AsyncSession, version: ReplyVersion, authors: Collection[str], now: datetime) -> list[Signer]:
    """Whom to ask for the signatures that are missing: approvers in roster order, each followed by the deputy who signs for them now."""
    taken = {name for one in await signatures_of(session, version) for name in one.people} | set(authors)
    taken |= await _lowered_by(session, version)
    approvers = [name for name in await names_with(session, Role.APPROVER) if name not in taken]
    held = [mandate for mandate in await standing_mandates(session, now) if mandate.holds_at(now)]
    names = dict((await session.exec(select(StaffMember.id, StaffMember.name))).all())
    deputies: dict[str, Signer] = {}
    for mandate in held:
        deputy, principal = names[mandate.deputy_id], names[mandate.principal_id]
        if principal in approvers and deputy not in taken and deputy not in approvers:
            deputies.setdefault(principal, Signer(deputy, principal))
    return [one for name in approvers for one in (Signer(name), deputies.get(name)) if one]


async def _lowered_by(session: AsyncSession, version: ReplyVersion) -> set[str]:
    """Who spared the version its second signature by lowering I or II; with theirs as the only one, one person would have decided alone."""
    if version.required_approvals > 1:
        return set()
    changes = select(LevelChange.actor).join(Case, col(Case.event_id) == LevelChange.event_id).where(
        Case.id == version.case_id, col(LevelChange.from_level).in_(GRAVE), col(LevelChange.to_level).not_in(GRAVE)
    )  # fmt: skip
    return set((await session.exec(changes)).all())


def _counted(counted: Signature, staff: StaffMember, now: datetime, **fields: object) -> str:
    """Why this person's word stands under the version already: signed alone, as a deputy, or by a deputy."""
    at = time_in_text(counted.at, now)
    if counted.name == staff.name:
        return say("approval.signed_by_you", at=at, **fields)
    return say("approval.signed_by_deputy", deputy=counted.name, at=at, **fields)
