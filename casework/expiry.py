"""到期与催签: an approval that nobody uses ends, a text that waits for signatures is not forgotten."""

from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import span_phrase
from casework.announcing import notify
from casework.approval import signatures_of, void
from casework.approval_card import approve_buttons
from casework.authority import who_can_sign
from casework.case import Case, add_step
from casework.desk import Desk
from casework.drafting.draft import ReplyVersion, VersionState
from casework.escalation import duty_roster
from casework.message import Button
from casework.publication import IN_DOUBT, Publication
from casework.signing import author_names, case_of
from casework.staff import Role, StaffMember
from casework.withdrawing import taken_by_hand
from prompts import say, words
from storage import audit

LEADER = 2
"""The reminder that calls the leader as well; there is no third."""
_IN_DOUBT = select(Publication.version_id).where(col(Publication.state).in_(IN_DOUBT))


async def step_approvals(session: AsyncSession, now: datetime, desk: Desk) -> int:
    """End the approvals whose time is over and remind of those that are missing. Returns how many versions were looked at."""
    expired = await _approved_until(session, now)
    for version in expired:
        await _expire(session, version, now, desk)
    waiting = select(ReplyVersion).where(ReplyVersion.state == VersionState.SUBMITTED, col(ReplyVersion.remind_at) <= now)
    overdue = (await session.exec(waiting.order_by(col(ReplyVersion.remind_at), col(ReplyVersion.id)))).all()
    for version in overdue:
        await _remind(session, version, now, desk)
    return len(expired) + len(overdue)


async def next_step(session: AsyncSession) -> datetime | None:
    """When `step_approvals` will next find something."""
    reminder = select(func.min(ReplyVersion.remind_at)).where(ReplyVersion.state == VersionState.SUBMITTED)
    end = select(func.min(ReplyVersion.expires_at)).where(
        ReplyVersion.state == VersionState.APPROVED, col(ReplyVersion.id).not_in(_IN_DOUBT)
    )
    moments = [(await session.exec(query)).one() for query in (reminder, end)]
    return min((moment for moment in moments if moment), default=None)


async def _approved_until(session: AsyncSession, now: datetime) -> list[ReplyVersion]:
    """Approved versions whose time is over; not those that may be out at this moment, which a person has to look for first."""
    over = select(ReplyVersion).where(
        ReplyVersion.state == VersionState.APPROVED, col(ReplyVersion.expires_at) <= now, col(ReplyVersion.id).not_in(_IN_DOUBT)
    )
    return list((await session.exec(over.order_by(col(ReplyVersion.expires_at), col(ReplyVersion.id)))).all())


async def _expire(session: AsyncSession, version: ReplyVersion, now: datetime, desk: Desk) -> None:
    case = await case_of(session, version)
    waited = span_phrase((version.expires_at or now) - (version.decided_at or now))
    await void(session, version, say("approval.expired_why", waited=waited), "system", now)
    taken = await taken_by_hand(session, version, now)
    text = say(
        "approval.expired", number=case.number, version=version.number, waited=waited, ordinal=version.candidate_ordinal, taken=taken
    )
    add_step(session, case, text, now)
    again = Button(
        words("approval.buttons")["submit"], say("approval.submit_command", number=case.number, ordinal=version.candidate_ordinal)
    )
    await notify(
        session, case, text, now, desk, key=f"expired:{version.id}", buttons=((again,),), always=True, mentions=await _owner(session, case)
    )


async def _remind(session: AsyncSession, version: ReplyVersion, now: datetime, desk: Desk) -> None:
    case, authors = await case_of(session, version), await author_names(session, version)
    version.reminded += 1
    version.remind_at = now + desk.approving.patience(version.level) if version.reminded < LEADER else None
    await session.flush()
    able = await who_can_sign(session, version, authors, now)
    leader = await _leader(session) if version.reminded >= LEADER else None
    fields = {
        "number": case.number, "version": version.number, "waited": span_phrase(now - (version.submitted_at or now)),
        "missing": version.required_approvals - len(await signatures_of(session, version)),
        "names": say("casework.comma").join(signer.label for signer in able) or say("casework.nobody"),
    }  # fmt: skip
    of_leader = say("approval.waiting_leader", title=leader.title, leader=leader.name) if leader else ""
    text = say("approval.waiting", **fields) + of_leader
    called = tuple(dict.fromkeys([*([leader.name] if leader else []), *(signer.name for signer in able)]))
    await notify(
        session, case, text, now, desk, key=f"waiting:{version.id}:{version.reminded}", buttons=approve_buttons(case, version),
        mentions=called, always=True,
    )  # fmt: skip
    await audit.append(session, "system", "version.reminded", f"version:{version.id}", at=now, case=case.number, called=list(called))


async def _leader(session: AsyncSession) -> StaffMember | None:
    """带班领导: of the people on the duty roster the first who may sign, else the last who is called."""
    roster = await duty_roster(session)
    return next((member for member in roster if member.has(Role.APPROVER)), roster[-1] if roster else None)


async def _owner(session: AsyncSession, case: Case) -> tuple[str, ...]:
    owner = await session.get(StaffMember, case.owner_id) if case.owner_id else None
    return (owner.name,) if owner else ()
