"""更正、补充通报: what was published and is wrong, or lacks something, is put right in a case of its own, by the old case's rules."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework import deadlines
from casework.announcing import announce, refresh
from casework.case import Case, CaseState, NoticeKind, add_step, open_case, subject
from casework.deadline import CLARIFICATION_LAW, CLARIFY_WITHIN, Clock, DeadlineKind
from casework.desk import Desk
from casework.drafting.draft import FactSlot, ReplyVersion
from casework.errors import Refused
from casework.permission import Act, require
from casework.publication import Publication, PublicationState
from casework.situation import event_of
from casework.staff import StaffMember
from casework.told_event import followed_case, told_event_id
from knowledge_base.past_case import PastCase
from monitoring.event import Event, EventState
from monitoring.grading import graver
from prompts import say, words
from storage import audit

_QUOTES = '“”"「」『』 　'
_PROOF = r"\s*[，,；;（(]?\s*核实\s*[：:]\s*(?P<how>[^，,；;]+?)\s*[，,；;]\s*(?P<by>[^，,；;）)]+?)[）)]?\s*$"
_CORRECTION = re.compile(r"^(?P<wrong>.+?)\s*(?:应为|改为|正确(?:的)?是|->|→)\s*[：:]?\s*(?P<right>.+?)" + _PROOF, re.DOTALL)
_SUPPLEMENT = re.compile(r"^(?P<right>.+?)" + _PROOF, re.DOTALL)


@dataclass(frozen=True)
class Mending:
    """What is put right: the words that were published (empty for a supplement), what holds, and how that was verified by whom."""

    wrong: str
    right: str
    verified_how: str
    verified_by: str


def read_mending(kind: NoticeKind, told: str) -> Mending | None:
    """“今晚22:00前” 应为 “明日10:00前” 核实：值班记录，周队; None where a part is missing."""
    found = (_CORRECTION if kind is NoticeKind.CORRECTION else _SUPPLEMENT).match(told.strip())
    if found is None:
        return None
    parts = {name: (value or "").strip(_QUOTES) for name, value in found.groupdict().items()}
    return Mending(parts.get("wrong", ""), parts["right"], parts["how"], parts["by"])


async def open_notice(
    session: AsyncSession, case: Case, kind: NoticeKind, mending: Mending, staff: StaffMember, now: datetime, desk: Desk
) -> Case:
    """Open the case of a correction or supplement, in the hands of the person who asks for it, with what is known as verified facts.

    Raises:
        Refused: the case published nothing, the wrong words do not stand in what it published, or the person may not.
    """
    await require(session, staff, Act.SUBMIT)
    publication, version = await _mended(session, case, mending)
    event = _event(await event_of(session, case), await told_event_id(session, case), kind, case, version.level, now)
    session.add(event)
    await session.flush()
    new, _ = await open_case(session, event, now, first=True)
    await session.flush()
    new.notice, new.follows = kind, publication.id
    new.state, new.owner_id, new.claimed_at = CaseState.CLAIMED, staff.id, now
    _put_facts(session, new, kind, mending, publication, version, staff, now)
    await _start(session, case, new, kind, staff, now)
    await announce(session, new, event, now, desk, at_once=True)
    return new


async def mark_corrected(session: AsyncSession, case: Case, publication: Publication, now: datetime, desk: Desk) -> None:
    """A correction is out: mark the old publication, say so in its case, and let its text be nobody's example any more."""
    followed = await followed_case(session, case)
    if followed is None or case.notice is None:
        return
    key = "notice.step_mended" if case.notice is NoticeKind.CORRECTION else "notice.step_added_to"
    add_step(session, followed, say(key, number=case.number, link=publication.link), now)
    if case.notice is NoticeKind.CORRECTION:
        old = await session.get_one(Publication, case.follows)
        old.corrected_by = publication.id
        await _withdraw_past_case(session, followed, old)
        await audit.append(session, "system", "publication.corrected", subject(followed), at=now, by=case.number)
    await session.flush()
    await refresh(session, followed, now, desk, by_people=True)


async def _mended(session: AsyncSession, case: Case, mending: Mending) -> tuple[Publication, ReplyVersion]:
    """The newest publication of the case that holds the wrong words."""
    query = select(Publication, ReplyVersion).join(ReplyVersion, col(ReplyVersion.id) == Publication.version_id)
    out = query.where(Publication.case_id == case.id, Publication.state == PublicationState.PUBLISHED)
    found = (await session.exec(out.order_by(col(Publication.id).desc()))).all()
    if not found:
        raise Refused(say("notice.nothing_out", number=case.number))
    holding = [(publication, version) for publication, version in found if mending.wrong in version.text]
    if not holding:
        raise Refused(say("notice.not_in_text", number=case.number, wrong=mending.wrong))
    return holding[0]


def _event(old: Event, posts_of: int, kind: NoticeKind, case: Case, answered_at_level: int, now: datetime) -> Event:
    """An event without posts of its own: they are told under the old one, so it counts nowhere as a matter of its own.

    It is as grave as the matter is or was when it was answered: what took two to publish takes two to put right.
    """
    return Event(
        headline=say("notice.headline", kind=kind.value, number=case.number, headline=old.headline), line=old.line, place=old.place,
        district=old.district, level=graver(old.level, answered_at_level),
        points=old.points, factors=list(old.factors), state=EventState.MERGED, merged_into=posts_of,
        first_posted_at=now, last_posted_at=now,
    )  # fmt: skip


def _put_facts(
    session: AsyncSession, new: Case, kind: NoticeKind, mending: Mending, publication: Publication, version: ReplyVersion,
    staff: StaffMember, now: datetime,
) -> None:  # fmt: skip
    names, record = words("notice.facts"), say("notice.by_record", link=publication.link)
    at = publication.published_at or publication.requested_at
    told_at = say("notice.told_at", month=at.month, day=at.day, at=f"{at:%H:%M}")
    facts = [("told_at", told_at, record, say("casework.machine")), ("right", mending.right, mending.verified_how, mending.verified_by)]
    if kind is NoticeKind.CORRECTION:
        facts.insert(1, ("wrong", mending.wrong, record, say("casework.machine")))
    for ordinal, (name, value, how, by) in enumerate(facts, 1):
        session.add(
            FactSlot(
                case_id=new.id or 0, ordinal=ordinal, name=names[name], value=value, verified_how=how, verified_by=by,
                filled_by=staff.id, filled_at=now,
            )
        )  # fmt: skip


async def _start(session: AsyncSession, case: Case, new: Case, kind: NoticeKind, staff: StaffMember, now: datetime) -> None:
    add_step(session, case, say("notice.step_opened", kind=kind.value, new=new.number), now, staff.name)
    add_step(session, new, say("casework.step_claimed"), now, staff.name)
    await audit.append(session, staff.name, "notice.opened", subject(new), at=now, kind=kind.name.lower(), follows=case.number)
    await session.flush()
    if kind is NoticeKind.CORRECTION:
        await deadlines.start(session, new, Clock(DeadlineKind.CLARIFY, now, now + CLARIFY_WITHIN, CLARIFICATION_LAW, "notice"), now)


async def _withdraw_past_case(session: AsyncSession, case: Case, publication: Publication) -> None:
    version = await session.get_one(ReplyVersion, publication.version_id)
    key = past_case_key(case, version)
    for learnt in (await session.exec(select(PastCase).where(PastCase.key == key))).all():
        learnt.usable = False


def past_case_key(case: Case, version: ReplyVersion) -> str:
    """The key under which a published version is remembered as a past case."""
    return f"case:{case.number}:{version.number}"
