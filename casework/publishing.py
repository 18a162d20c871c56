"""发布: the approved text goes out by hand or by webhook; what it promises becomes clocks, and the public's clocks stop."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework import deadlines
from casework.alert_card import case_page, time_in_text
from casework.announcing import notify, refresh
from casework.approval import ApprovedReply
from casework.case import Case, CaseState, add_step, case_by_number, subject
from casework.checks.promises import promises
from casework.deadline import Clock, DeadlineKind
from casework.desk import Desk
from casework.drafting.draft import ReplyVersion, VersionState
from casework.errors import PublishError, Refused
from casework.message import Card, CardKind
from casework.permission import Act, require
from casework.publication import Promise, Publication, PublicationState
from casework.situation import event_of
from casework.staff import StaffMember
from monitoring.corrections import mark_answered
from prompts import say
from storage import audit

BY_HAND = "hand"
AWAITED = (PublicationState.OFFERED, PublicationState.PUBLISHING, PublicationState.UNCERTAIN, PublicationState.FAILED)
"""States in which a person may still say where the text stands."""


@dataclass(frozen=True)
class Errand:
    """One publication that is stored and now has to be carried out, outside any transaction."""

    publication_id: int
    reply: ApprovedReply
    key: str


async def offer(session: AsyncSession, reply: ApprovedReply, staff: StaffMember, now: datetime, desk: Desk) -> Card:
    """Hand the text to a person to copy; asked again, the same. Returns the card with the text. Raises Refused."""
    await require(session, staff, Act.PUBLISH)
    case = await _case(session, reply)
    publication = await publication_of(session, reply.version_id)
    if publication is None:
        publication = await _store(session, case, reply, BY_HAND, PublicationState.OFFERED, staff, now)
        add_step(session, case, say("casework.step_offered", version=reply.version_number), now, staff.name)
        await refresh(session, case, now, desk, by_people=True)
    if publication.state is PublicationState.PUBLISHED:
        raise Refused(say("casework.published_already", number=case.number, version=reply.version_number, link=publication.link))
    approvers = say("casework.comma").join(reply.approvers)
    return Card(
        CardKind.NOTICE, say("casework.offer_head", number=case.number, version=reply.version_number, approvers=approvers),
        title=say("casework.offer_title", channel=reply.channel), copy_text=reply.text, hint=say("casework.offer_hint", number=case.number),
        case_number=case.number, page=case_page(case.number),
    )  # fmt: skip


async def record_link(session: AsyncSession, case: Case, link: str, staff: StaffMember, now: datetime, desk: Desk) -> str:
    """已发: a person says where the text stands now. Returns the sentence for the person. Raises Refused."""
    await require(session, staff, Act.PUBLISH)
    if not _is_link(link):
        raise Refused(say("casework.link_needed", number=case.number))
    awaited = (
        select(Publication).where(Publication.case_id == case.id, col(Publication.state).in_(AWAITED)).order_by(col(Publication.id).desc())
    )
    publication = (await session.exec(awaited)).first()
    if publication is None:
        raise Refused(say("casework.nothing_to_register", number=case.number))
    await _published(session, case, publication, link.strip(), staff.name, now, desk)
    return say("casework.link_registered", number=case.number)


async def begin(
    session: AsyncSession, reply: ApprovedReply, publisher: str, staff: StaffMember, now: datetime, *, looked: bool = False
) -> Errand:
    """Store that a text is about to be published by machine. Commit, then call the publisher, then `finish` or `fail`.

    Args:
        looked: a person has looked, and a publication that ended uncertain does not stand there.

    Raises:
        Refused: it is out, on its way, or nobody looked yet whether it is.
    """
    await require(session, staff, Act.PUBLISH)
    case, publication = await _case(session, reply), await publication_of(session, reply.version_id)
    fields = {"number": reply.case_number, "version": reply.version_number}
    if publication is None:
        publication = await _store(session, case, reply, publisher, PublicationState.PUBLISHING, staff, now)
    elif publication.state is PublicationState.UNCERTAIN and not looked:
        raise Refused(say("casework.publish_uncertain", **fields))
    elif publication.state in (PublicationState.PUBLISHED, PublicationState.PUBLISHING):
        raise Refused(say(f"casework.publication_{publication.state.value}", **fields))
    publication.state, publication.publisher, publication.requested_at, publication.last_error = (
        PublicationState.PUBLISHING,
        publisher,
        now,
        "",
    )
    await session.flush()
    await audit.append(session, staff.name, "publication.begun", subject(case), at=now, publisher=publisher, hash=reply.bound_hash)
    return Errand(publication.id or 0, reply, f"{reply.case_number}-{reply.version_number}-{reply.bound_hash[:16]}")


async def finish(session: AsyncSession, errand: Errand, link: str, now: datetime, desk: Desk) -> None:
    """The publisher answered where the text stands."""
    publication = await session.get_one(Publication, errand.publication_id)
    await _published(session, await _case(session, errand.reply), publication, link, "system", now, desk)


async def fail(session: AsyncSession, errand: Errand, error: PublishError, now: datetime, desk: Desk) -> None:
    """The publisher refused, or did not answer: then a person is asked to look, and nothing is sent again before."""
    publication = await session.get_one(Publication, errand.publication_id)
    state = PublicationState.UNCERTAIN if error.uncertain else PublicationState.FAILED
    await _ended_badly(session, publication, state, str(error), now, desk)


async def recover(session: AsyncSession, now: datetime, desk: Desk) -> int:
    """At start: what a killed process was publishing may stand there or not; ask a person. Returns how many there were."""
    query = select(Publication).where(Publication.state == PublicationState.PUBLISHING)
    found = (await session.exec(query)).all()
    for publication in found:
        await _ended_badly(session, publication, PublicationState.UNCERTAIN, say("casework.publish_interrupted"), now, desk)
    return len(found)


async def publication_of(session: AsyncSession, version_id: int) -> Publication | None:
    """The publication of a version; there is at most one."""
    return (await session.exec(select(Publication).where(Publication.version_id == version_id))).first()


async def _store(
    session: AsyncSession, case: Case, reply: ApprovedReply, publisher: str, state: PublicationState, staff: StaffMember, now: datetime
) -> Publication:
    publication = Publication(
        case_id=case.id or 0, version_id=reply.version_id, publisher=publisher, text_hash=hashlib.sha256(reply.text.encode()).hexdigest(),
        state=state, requested_by=staff.id or 0, requested_at=now,
    )  # fmt: skip
    session.add(publication)
    await session.flush()
    await audit.append(session, staff.name, "publication.stored", subject(case), at=now, version=reply.version_number, state=state)
    return publication


async def _published(session: AsyncSession, case: Case, publication: Publication, link: str, actor: str, now: datetime, desk: Desk) -> None:
    version = await session.get_one(ReplyVersion, publication.version_id)
    publication.state, publication.link, publication.published_at = PublicationState.PUBLISHED, link, now
    if version.state is VersionState.APPROVED:  # one that was voided after a person took the text stays void, and is out all the same
        version.state = VersionState.PUBLISHED
    if case.state.is_live:
        case.state, case.replied_at = CaseState.REPLIED, now
    add_step(session, case, say("casework.step_published", version=version.number, link=link), now, actor if actor != "system" else "")
    await audit.append(session, actor, "publication.published", subject(case), at=now, version=version.number, hash=version.bound_hash)
    await mark_answered(session, await event_of(session, case), actor, now)
    await session.flush()
    await keep_promises(session, case, now)
    await deadlines.meet(session, case, deadlines.PUBLIC_ANSWERS, now)
    await _note_promises(session, case, version, now)
    await refresh(session, case, now, desk, by_people=True)


async def keep_promises(session: AsyncSession, case: Case, now: datetime) -> None:
    """What earlier replies promised is answered by a later reply or by the end of the case."""
    for promise in (await session.exec(select(Promise).where(Promise.case_id == case.id, col(Promise.kept_at).is_(None)))).all():
        promise.kept_at = now
    await deadlines.meet(session, case, (DeadlineKind.PROMISE,), now)


async def _note_promises(session: AsyncSession, case: Case, version: ReplyVersion, now: datetime) -> None:
    for found in promises(version.text, now):
        promise = Promise(case_id=case.id or 0, version_id=version.id or 0, text=found.text, due_at=found.due_at)
        session.add(promise)
        await session.flush()
        if promise.due_at:
            clock = Clock(
                DeadlineKind.PROMISE, now, promise.due_at, say("casework.promise_source", version=version.number), str(promise.id)
            )
            await deadlines.start(session, case, clock, now)
        await audit.append(
            session, "system", "promise.noted", subject(case), at=now, version=version.number, dated=promise.due_at is not None
        )


async def _ended_badly(
    session: AsyncSession, publication: Publication, state: PublicationState, error: str, now: datetime, desk: Desk
) -> None:
    case = (await session.exec(select(Case).where(Case.id == publication.case_id))).one()
    publication.state, publication.last_error = state, error
    await session.flush()
    await audit.append(session, "system", f"publication.{state.value}", subject(case), at=now)
    at = time_in_text(publication.requested_at, now)
    text = say(f"casework.publish_{state.value}_notice", number=case.number, at=at, error=error)
    add_step(session, case, text, now)
    await notify(session, case, text, now, desk, key=f"publication:{publication.id}:{now.isoformat()}", always=True)


async def _case(session: AsyncSession, reply: ApprovedReply) -> Case:
    case = await case_by_number(session, reply.case_number)
    if case is None:
        raise Refused(say("casework.no_such_case", number=reply.case_number))
    return case


def _is_link(text: str) -> bool:
    parts = urlsplit(text.strip())
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text.strip()
