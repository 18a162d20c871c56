"""误报、漏报、升级、降级: what staff think of an alert. Every judgement is a label for the next training, and names who made it."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from casework import approval, deadlines
from casework.announcing import announce, notify, refresh
from casework.case import Case, CaseState, add_step, subject
from casework.deadline import GRAVE, DeadlineKind
from casework.desk import Desk
from casework.errors import Refused
from casework.escalation import duty_roster
from casework.handling import must_live
from casework.intake import take_up
from casework.message import Button, Card, CardKind
from casework.permission import Act, require
from casework.situation import event_of
from casework.staff import StaffMember
from monitoring.corrections import adopt, label_event, lower_level, raise_by_hand
from monitoring.event import Event, LabelKind, LevelChange
from monitoring.item import Item
from prompts import say, words
from storage import audit

FALSE_ALARMS = (LabelKind.NOT_OURS, LabelKind.NOT_NEW, LabelKind.LEVEL_TOO_HIGH, LabelKind.ADVERTISING)


def false_alarm_question(case: Case) -> Card:
    """The one question that 误报 asks, with its four answers as buttons."""
    kinds = words("casework.false_alarms")
    answers = [
        Button(kinds[kind.value], say("casework.false_alarm_command", number=case.number, kind=kinds[kind.value])) for kind in FALSE_ALARMS
    ]
    return Card(
        CardKind.NOTICE, say("casework.false_alarm_question", number=case.number), buttons=(tuple(answers[:2]), tuple(answers[2:])),
        case_number=case.number, hint=say("casework.false_alarm_hint", number=case.number),
    )  # fmt: skip


def false_alarm_kind(answer: str) -> LabelKind | None:
    """The label behind an answer to the question (与我们无关); None for any other word."""
    return next((kind for kind in FALSE_ALARMS if words("casework.false_alarms")[kind.value] == answer.strip()), None)


async def dismiss(session: AsyncSession, case: Case, staff: StaffMember, kind: LabelKind, now: datetime, desk: Desk) -> str:
    """误报: withdraw the card and keep the judgement as a label. 级别偏高 lowers the level instead.

    Returns:
        The sentence for the person.

    Raises:
        Refused: the case has ended, or the person may not.
    """
    if kind is LabelKind.LEVEL_TOO_HIGH:
        return await lower(session, case, staff, now, desk)
    await require(session, staff, Act.DISMISS)
    must_live(case)
    await _end_as_false_alarm(session, case, staff, kind, now, desk)
    return say("casework.dismissed", number=case.number, kind=words("casework.false_alarms")[kind.value])


async def take_in_missed(session: AsyncSession, item: Item, staff: StaffMember, now: datetime, desk: Desk) -> Case:
    """漏报: a post that the machine passed over is ours after all; a label, and a case of its own or of the event it stands in.

    Raises:
        Refused: the person may not.
        CorrectionRefused: it was judged ours already.
    """
    await require(session, staff, Act.DISMISS)
    event = await adopt(session, item, staff.id or 0, staff.name, now)
    case = await take_up(session, event, now, desk)
    add_step(session, case, say("casework.step_missed"), now, staff.name)
    return case


async def lower(session: AsyncSession, case: Case, staff: StaffMember, now: datetime, desk: Desk) -> str:
    """降级: one level less grave, by a named person; IV becomes a false alarm. Level I or II takes an approver. Raises Refused."""
    event = await event_of(session, case)
    await require(session, staff, Act.LOWER if event.level in GRAVE else Act.DISMISS)
    must_live(case)
    if event.level == 4:
        await _end_as_false_alarm(session, case, staff, LabelKind.LEVEL_TOO_HIGH, now, desk)
        return say("casework.dismissed", number=case.number, kind=words("casework.false_alarms")[LabelKind.LEVEL_TOO_HIGH.value])
    await label_event(session, event, LabelKind.LEVEL_TOO_HIGH, staff.id or 0, staff.name, now)
    reason = say("casework.level_too_high")
    await _follow_level(session, case, event, await lower_level(session, event, event.level + 1, staff.name, reason, now), now, desk)
    await refresh(session, case, now, desk, by_people=True)
    return say("casework.lowered", number=case.number, level=words("alert.levels")[str(event.level)])


async def escalate(session: AsyncSession, case: Case, staff: StaffMember, reason: str, now: datetime, desk: Desk) -> str:
    """升级: one level graver, and the next person on the roster is called, with the reason. Returns the sentence. Raises Refused."""
    await require(session, staff, Act.ESCALATE)
    must_live(case)
    if not reason.strip():
        raise Refused(say("casework.escalate_why", number=case.number))
    event = await event_of(session, case)
    if event.level > 1:
        await _follow_level(session, case, event, await raise_by_hand(session, event, event.level - 1, staff.name, reason, now), now, desk)
        await announce(session, case, event, now, desk, at_once=True)
    called = await _call_leader(session, case, staff, reason, now, desk)
    await audit.append(
        session, staff.name, "case.escalated", subject(case), at=now, level=event.level, called=called, reason_length=len(reason)
    )
    return say("casework.escalated", number=case.number, level=words("alert.levels")[str(event.level)], called=called)


async def _call_leader(session: AsyncSession, case: Case, staff: StaffMember, reason: str, now: datetime, desk: Desk) -> str:
    roster = [person for person in await duty_roster(session) if person.id not in (staff.id, case.owner_id)]
    person = roster[min(case.escalation_step, len(roster) - 1)] if roster else None
    case.escalation_step += 1
    name = f"{person.title} {person.name}".strip() if person else say("casework.nobody")
    text = say("casework.escalated_notice", number=case.number, by=staff.name, name=name, reason=reason)
    await notify(session, case, text, now, desk, key=f"escalated:{now.isoformat()}", mentions=(person.name,) if person else (), always=True)
    return name


async def _follow_level(session: AsyncSession, case: Case, event: Event, change: LevelChange, now: datetime, desk: Desk) -> None:
    """What a level set by a person means for the case: its timeline, its clocks, texts on their way."""
    old, new = (words("alert.levels")[str(level)] for level in (change.from_level, change.to_level))
    add_step(session, case, say("casework.step_level", old=old, new=new, reason=change.reasons[0]), now, change.actor)
    await session.flush()
    await deadlines.keep_clocks(session, case, event, now, now)
    await approval.void_outdated(session, case, event, now, desk)


async def _end_as_false_alarm(session: AsyncSession, case: Case, staff: StaffMember, kind: LabelKind, now: datetime, desk: Desk) -> None:
    event = await event_of(session, case)
    await label_event(session, event, kind, staff.id or 0, staff.name, now)
    case.state, case.closed_at = CaseState.DISMISSED, now
    case.outcome = say("casework.dismissed_outcome", kind=words("casework.false_alarms")[kind.value], name=staff.name)
    add_step(session, case, case.outcome, now, staff.name)
    await audit.append(session, staff.name, "case.dismissed", subject(case), at=now, kind=kind)
    await session.flush()
    await deadlines.drop_all(session, case, now, but=(DeadlineKind.PROMISE,))  # what the public was promised is owed all the same
    await approval.void_all(session, case, staff.name, say("casework.void_dismissed"), now)
    await refresh(session, case, now, desk, by_people=True)
