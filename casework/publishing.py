"""发布: the approved text goes out by hand or by machine; what it promises becomes clocks, and the public's clocks stop."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework import deadlines, followups, notices, promise_ledger
from casework.ai_label import was_written_by_model
from casework.alert_card import time_in_text
from casework.announcing import notify, refresh
from casework.approval import ApprovedReply
from casework.case import Case, CaseState, add_step, case_by_number, subject
from casework.copy_pack import copy_card
from casework.desk import Desk
from casework.drafting.draft import ReplyVersion, VersionState
from casework.errors import PublishError, Refused
from casework.link import link_in
from casework.message import Card
from casework.permission import Act, require
from casework.publication import IN_DOUBT, Publication, PublicationState
from casework.situation import event_of
from casework.staff import StaffMember
from knowledge_base.citing import note_cited
from monitoring.corrections import mark_answered
from prompts import say
from storage import audit

BY_HAND = "hand"
MACHINE = "system"
AWAITED = (PublicationState.OFFERED, *IN_DOUBT, PublicationState.FAILED)
"""States in which a person may still say where the text stands."""
LONGEST_SENDING = timedelta(minutes=5)
"""Longer than any publisher waits for an answer; what is being published for longer was interrupted."""


@dataclass(frozen=True)
class Errand:
    """One publication that is stored and now has to be carried out, outside any transaction."""

    publication_id: int
    reply: ApprovedReply
    key: str


async def offer(session: AsyncSession, reply: ApprovedReply, staff: StaffMember, now: datetime, desk: Desk) -> Card:
    """Hand the text to a person to copy; asked again, the same. Returns the card with the text. Raises Refused."""
    await require(session, staff, Act.PUBLISH)
    case, publication = await _case(session, reply), await publication_of(session, reply.version_id)
    await _refuse_in_doubt(session, case, reply)
    if publication is None:
        publication = await _store(session, case, reply, BY_HAND, PublicationState.OFFERED, staff, now)
        add_step(session, case, say("casework.step_offered", version=reply.version_number), now, staff.name)
        await refresh(session, case, now, desk, by_people=True)
    fields = {"number": case.number, "version": reply.version_number}
    if publication.state is PublicationState.PUBLISHED:
        raise Refused(say("casework.published_already", link=publication.link, **fields))
    if publication.state in IN_DOUBT:
        raise Refused(say("casework.publish_uncertain", **fields))
    publication.state, publication.publisher = PublicationState.OFFERED, BY_HAND
    return await copy_card(session, case, reply, desk)


async def record_link(session: AsyncSession, case: Case, told: str, staff: StaffMember, now: datetime, desk: Desk) -> str:
    """已发: a person says where the text stands now. Returns the sentence for the person.

    Args:
        told: what the person pasted; the first address in it counts.

    Raises:
        Refused: no address, one of another place than the channel's, one that is registered already, or nothing to register.
    """
    await require(session, staff, Act.PUBLISH)
    awaited = select(Publication, ReplyVersion).join(ReplyVersion).where(
        Publication.case_id == case.id, col(Publication.state).in_(AWAITED)
    )  # fmt: skip
    found = (await session.exec(awaited.order_by(col(Publication.id).desc()).limit(1))).first()
    by_hand = found is not None and found[0].publisher == BY_HAND  # a machine's platform is its own
    link = link_in(told, case.number, found[1].channel if found and by_hand else "", desk)
    if found is None:
        raise Refused(say("casework.nothing_to_register", number=case.number))
    await _refuse_known(session, link)
    await _published(session, case, found[0], link, staff.name, now, desk)
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
    await _refuse_in_doubt(session, case, reply)
    fields = {"number": reply.case_number, "version": reply.version_number}
    if publication is None:
        publication = await _store(session, case, reply, publisher, PublicationState.PUBLISHING, staff, now)
    elif publication.state is PublicationState.UNCERTAIN and not looked:
        raise Refused(say("casework.publish_uncertain", **fields))
    elif publication.state is PublicationState.OFFERED and not looked:
        raise Refused(say("publishing.offered_before", **fields))
    elif publication.state in (PublicationState.PUBLISHED, PublicationState.PUBLISHING):
        raise Refused(say(f"casework.publication_{publication.state.value}", **fields))
    publication.state, publication.publisher, publication.requested_at = PublicationState.PUBLISHING, publisher, now
    publication.last_error, publication.looked_at = "", None
    await session.flush()
    await audit.append(session, staff.name, "publication.begun", subject(case), at=now, publisher=publisher, hash=reply.bound_hash)
    reply = replace(reply, ai_written=await was_written_by_model(session, reply.version_id))
    return Errand(publication.id or 0, reply, key_of(reply.case_number, reply.version_number, reply.bound_hash))


def key_of(case_number: str, version_number: int, bound_hash: str) -> str:
    """The idempotency key of a version: the same for every attempt, in every process."""
    return f"{case_number}-{version_number}-{bound_hash[:16]}"


async def finish(session: AsyncSession, publication_id: int, link: str, now: datetime, desk: Desk) -> None:
    """The publisher answered, or was found to show, where the text stands. What a person registered meanwhile stays."""
    publication = await session.get_one(Publication, publication_id)
    case, was_in_doubt = await session.get_one(Case, publication.case_id), publication.state is PublicationState.UNCERTAIN
    if publication.state is PublicationState.PUBLISHED:
        return
    await _published(session, case, publication, link, MACHINE, now, desk)
    if was_in_doubt:
        text = say("publishing.found", number=case.number, link=link)
        await notify(session, case, text, now, desk, key=f"publication:{publication.id}:found", always=True)


async def fail(session: AsyncSession, publication_id: int, error: PublishError, now: datetime, desk: Desk) -> None:
    """The publisher refused, or did not answer: then a person is asked to look, and nothing is sent again before."""
    publication = await session.get_one(Publication, publication_id)
    if publication.state is PublicationState.PUBLISHING:
        state = PublicationState.UNCERTAIN if error.uncertain else PublicationState.FAILED
        await _ended_badly(session, publication, state, str(error), now, desk)


async def found_nowhere(session: AsyncSession, publication_id: int, now: datetime, desk: Desk) -> None:
    """The platform was asked and shows nothing: an uncertain publication has failed and may be tried again."""
    publication = await session.get_one(Publication, publication_id)
    if publication.state is PublicationState.UNCERTAIN:
        await _ended_badly(session, publication, PublicationState.FAILED, say("publishing.not_there"), now, desk)


async def recover(session: AsyncSession, now: datetime, desk: Desk, *, before: datetime | None = None) -> int:
    """What a killed process was publishing may stand there or not: make it uncertain. Returns how many there were.

    Args:
        before: only what was begun before that; at start everything, since nothing is under way.
    """
    query = select(Publication).where(Publication.state == PublicationState.PUBLISHING)
    found = (await session.exec(query.where(Publication.requested_at < before) if before else query)).all()
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
        cited = [citation["key"] for citation in version.citations if citation["kind"] == "clause"]
        await note_cited(session, cited, cited_in=f"reply_version:{version.id}", actor=actor, now=now)
    if case.state.is_live:
        case.state, case.replied_at = CaseState.REPLIED, now
    add_step(session, case, say("casework.step_published", version=version.number, link=link), now, actor if actor != MACHINE else "")
    await audit.append(session, actor, "publication.published", subject(case), at=now, version=version.number, hash=version.bound_hash)
    await mark_answered(session, await event_of(session, case), actor, now)
    await session.flush()
    await deadlines.meet(session, case, deadlines.PUBLIC_ANSWERS, now)
    await promise_ledger.ask_whether_kept(session, case, link, now, desk)
    await promise_ledger.note(session, case, version, now, desk)
    await followups.schedule(session, case, publication, now)
    await notices.mark_corrected(session, case, publication, now, desk)
    await refresh(session, case, now, desk, by_people=True)


async def _ended_badly(
    session: AsyncSession, publication: Publication, state: PublicationState, error: str, now: datetime, desk: Desk
) -> None:
    case = await session.get_one(Case, publication.case_id)
    publication.state, publication.last_error = state, error
    await session.flush()
    await audit.append(session, MACHINE, f"publication.{state.value}", subject(case), at=now)
    at = time_in_text(publication.requested_at, now)
    text = say(f"casework.publish_{state.value}_notice", number=case.number, at=at, error=error)
    add_step(session, case, text, now)
    await notify(session, case, text, now, desk, key=f"publication:{publication.id}:{now.isoformat()}", always=True)


async def _refuse_in_doubt(session: AsyncSession, case: Case, reply: ApprovedReply) -> None:
    """While another version of the case may be out, no second text goes beside it."""
    doubtful = select(ReplyVersion.number).join(Publication).where(
        Publication.case_id == case.id, Publication.version_id != reply.version_id, col(Publication.state).in_(IN_DOUBT)
    )  # fmt: skip
    if number := (await session.exec(doubtful.limit(1))).first():
        raise Refused(say("publishing.other_in_doubt", number=case.number, version=number))


async def _refuse_known(session: AsyncSession, link: str) -> None:
    same = select(Case.number, ReplyVersion.number).join(Publication, col(Publication.case_id) == Case.id).join(
        ReplyVersion, col(ReplyVersion.id) == Publication.version_id
    )  # fmt: skip
    if known := (await session.exec(same.where(Publication.link == link).limit(1))).first():
        raise Refused(say("publishing.link_known", number=known[0], version=known[1]))


async def _case(session: AsyncSession, reply: ApprovedReply) -> Case:
    case = await case_by_number(session, reply.case_number)
    if case is None:
        raise Refused(say("casework.no_such_case", number=reply.case_number))
    return case
