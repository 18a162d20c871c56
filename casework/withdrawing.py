"""撤回: whoever wrote or may sign a text takes it back, at any time before it is out."""

from datetime import datetime

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import time_in_text
from casework.announcing import notify
from casework.approval import ON_THE_WAY, signatures_of, void
from casework.case import Case, add_step
from casework.desk import Desk
from casework.drafting.draft import ReplyVersion, VersionState
from casework.errors import Refused
from casework.permission import names_with
from casework.publication import IN_DOUBT, Publication, PublicationState
from casework.signing import author_names, case_of, locked
from casework.staff import Role, StaffMember
from prompts import say

_NOT_OUT = (*ON_THE_WAY, VersionState.EDITING)


async def withdraw(session: AsyncSession, version: ReplyVersion, staff: StaffMember, reason: str, now: datetime, desk: Desk) -> str:
    """End a version that is not out; its approvals end with it. What it says can be edited on and submitted anew.

    Args:
        reason: may be empty.

    Returns:
        The sentence for the person; it says who has taken the text to publish it by hand, if anybody has.

    Raises:
        Refused: it is out or may be, it has ended already, or the person neither wrote nor may sign it.
    """
    version = await locked(session, version)
    case = await case_of(session, version)
    await _require_hand(session, case, version, staff)
    publication = (await session.exec(select(Publication).where(Publication.version_id == version.id))).first()
    _refuse_out(case, version, publication)
    was_shown = version.state in ON_THE_WAY
    because = say("approval.withdrawn_by_why", name=staff.name, reason=reason.strip()) if reason.strip() else _by(staff)
    lost = await void(session, version, because, staff.name, now, VersionState.WITHDRAWN)
    gone = say("approval.lost_with_it", count=lost) if lost else ""
    fields = {"number": case.number, "version": version.number, "lost": gone}
    add_step(session, case, say("approval.step_withdrawn", version=version.number, reason=reason.strip()).rstrip("："), now, staff.name)
    taken = await taken_by_hand(session, version, now)
    if was_shown:
        text = say("approval.withdrawn_notice", why=because, taken=taken, **fields)
        await notify(session, case, text, now, desk, key=f"withdrawn:{version.id}", always=True)
    return say("approval.withdrawn", taken=taken, **fields)


async def _require_hand(session: AsyncSession, case: Case, version: ReplyVersion, staff: StaffMember) -> None:
    """Raises Refused unless the person is an author, an approver, or has signed the version for one."""
    authors = await author_names(session, version)
    signed = [signature.name for signature in await signatures_of(session, version)]
    if staff.has(Role.APPROVER) or staff.name in (*authors, *signed):
        return
    able = dict.fromkeys([*authors, *await names_with(session, Role.APPROVER)])
    raise Refused(say("approval.withdraw_whose", number=case.number, version=version.number, names=say("casework.comma").join(able)))


def _refuse_out(case: Case, version: ReplyVersion, publication: Publication | None) -> None:
    fields = {"number": case.number, "version": version.number}
    if publication and publication.state is PublicationState.PUBLISHED:
        raise Refused(say("approval.withdraw_published", link=publication.link, **fields))
    if publication and publication.state in IN_DOUBT:
        raise Refused(say("approval.withdraw_in_doubt", **fields))
    if version.state not in _NOT_OUT:
        raise Refused(say(f"casework.version_{version.state.value}", **fields))


async def taken_by_hand(session: AsyncSession, version: ReplyVersion, now: datetime) -> str:
    """Who took the text to publish it by hand, as a sentence to end with: nobody can take it back from there. "" for nobody."""
    offered = select(Publication).where(Publication.version_id == version.id, Publication.state == PublicationState.OFFERED)
    publication = (await session.exec(offered)).first()
    if publication is None:
        return ""
    holder = await session.get_one(StaffMember, publication.requested_by)
    return say("approval.text_taken", name=holder.name, at=time_in_text(publication.requested_at, now))


def _by(staff: StaffMember) -> str:
    return say("approval.withdrawn_by", name=staff.name)
