"""委托、确认委托、撤销委托: who signs while an approver is away. One person names the deputy, another one confirms it."""

from datetime import datetime, timedelta

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.delegation import Delegation, standing_mandates
from casework.delivery import enqueue
from casework.errors import Refused
from casework.message import Button, Card, CardKind, Row
from casework.permission import Act, require
from casework.routing import active_groups, place_of, refuges
from casework.staff import Role, StaffMember, members_with
from language.periods import clock_phrase
from prompts import say, words
from storage import audit

LONGEST = timedelta(days=30)
"""A longer absence asks for a new approver in the settings. Product default."""
MAY_DEPUTISE = (Role.DUTY, Role.DRAFTER)


async def name_deputy(
    session: AsyncSession, principal: StaffMember, deputy: StaffMember, duration: timedelta, staff: StaffMember, now: datetime
) -> str:
    """委托: name who signs for an approver from now on; it holds once somebody else has confirmed it, who is told.

    Args:
        principal: the approver who is away: the person who asks, or, where an admin asks, anybody who may approve.

    Returns:
        The sentence for the person.

    Raises:
        Refused: the person may not, either of the two is not eligible, the time is too long, or such a mandate stands.
    """
    await _require_namer(session, principal, staff)
    _require_eligible(principal, deputy)
    if not timedelta() < duration <= LONGEST:
        raise Refused(say("approval.mandate_how_long", days=LONGEST.days))
    for standing in await standing_mandates(session, now):
        if (standing.principal_id, standing.deputy_id) == (principal.id, deputy.id):
            raise Refused(say("approval.mandate_stands", id=standing.id, until=clock_phrase(standing.ends_at, now)))
    mandate = Delegation(
        principal_id=principal.id or 0, deputy_id=deputy.id or 0, starts_at=now, ends_at=now + duration,
        named_by=staff.id or 0, named_at=now,
    )  # fmt: skip
    session.add(mandate)
    await session.flush()
    await audit.append(
        session, staff.name, "delegation.named", _subject(mandate), at=now, principal=principal.name, deputy=deputy.name,
        until=mandate.ends_at.isoformat(),
    )  # fmt: skip
    sentence = say("approval.mandate_named", **await _told(session, mandate, now))
    able = [member.name for member in await _confirmers(session, mandate)]
    confirm = Button(words("approval.buttons")["confirm"], say("approval.confirm_command", id=mandate.id))
    await _tell(session, mandate, sentence, now, "named", mentions=tuple(able), buttons=((confirm,),))
    return sentence + (say("casework.can_ask", names=say("casework.comma").join(able)) if able else say("approval.nobody_confirms"))


async def confirm(session: AsyncSession, number: int, staff: StaffMember, now: datetime) -> str:
    """确认委托: let a mandate hold. Returns the sentence for the person.

    Raises:
        Refused: no such mandate waits, or the person named it, is the deputy, or is neither admin nor approver.
    """
    mandate = await _standing(session, number, now)
    await require(session, staff, Act.CONFIRM_DEPUTY)
    told = await _told(session, mandate, now)
    if mandate.confirmed_at is not None:
        raise Refused(say("approval.mandate_confirmed_already", **told))
    if staff.id in (mandate.named_by, mandate.deputy_id):
        able = say("casework.comma").join(member.name for member in await _confirmers(session, mandate))
        raise Refused(say("approval.mandate_takes_two", names=able or say("casework.nobody"), **told))
    mandate.confirmed_by, mandate.confirmed_at = staff.id, now
    await session.flush()
    await audit.append(session, staff.name, "delegation.confirmed", _subject(mandate), at=now)
    sentence = say("approval.mandate_holds", by=staff.name, **told)
    await _tell(session, mandate, sentence, now, "confirmed", mentions=(told["deputy"], told["principal"]))
    return sentence


async def end(session: AsyncSession, number: int, staff: StaffMember, now: datetime) -> str:
    """撤销委托: end a mandate at once; what was signed by it stands. Returns the sentence for the person.

    Raises:
        Refused: no such mandate stands, or the person is neither one of the two, nor who named it, nor admin or approver.
    """
    mandate = await _standing(session, number, now)
    if staff.id not in (mandate.principal_id, mandate.deputy_id, mandate.named_by):
        await require(session, staff, Act.CONFIRM_DEPUTY)
    mandate.ended_by, mandate.ended_at = staff.id, now
    await session.flush()
    await audit.append(session, staff.name, "delegation.ended", _subject(mandate), at=now)
    told = await _told(session, mandate, now)
    sentence = say("approval.mandate_ended", by=staff.name, **told)
    await _tell(session, mandate, sentence, now, "ended", mentions=(told["deputy"], told["principal"]))
    return sentence


async def mandates_card(session: AsyncSession, now: datetime) -> Card:
    """The mandates that stand or wait, each with the button to confirm or to end it."""
    mandates = await standing_mandates(session, now)
    rows, buttons = [], []
    for mandate in mandates:
        told = await _told(session, mandate, now)
        waits = mandate.confirmed_at is None
        rows.append(Row(f"{mandate.id}", say("approval.mandate_waits" if waits else "approval.mandate_row", **told)))
        if waits:
            buttons.append(Button(words("approval.buttons")["confirm"], say("approval.confirm_command", id=mandate.id)))
        buttons.append(Button(say("approval.end_button", id=mandate.id), say("approval.end_command", id=mandate.id)))
    head = say("approval.mandates_head", count=len(mandates)) if mandates else say("approval.mandates_none")
    return Card(CardKind.NOTICE, head, rows=tuple(rows), buttons=tuple((button,) for button in buttons), hint=say("approval.mandates_hint"))


async def _require_namer(session: AsyncSession, principal: StaffMember, staff: StaffMember) -> None:
    """An approver names a deputy of their own, an admin one for somebody who is away already."""
    if staff.id != principal.id:
        await require(session, staff, Act.NAME_DEPUTY)
    if not principal.has(Role.APPROVER):
        able = say("casework.comma").join(member.name for member in await members_with(session, Role.APPROVER))
        raise Refused(say("approval.mandate_of_no_approver", name=principal.name, names=able or say("casework.nobody")))


def _require_eligible(principal: StaffMember, deputy: StaffMember) -> None:
    if deputy.id == principal.id:
        raise Refused(say("approval.deputy_is_oneself"))
    if deputy.has(Role.APPROVER):
        raise Refused(say("approval.deputy_may_anyway", name=deputy.name))
    if not deputy.has(*MAY_DEPUTISE):
        raise Refused(say("approval.deputy_not_eligible", name=deputy.name))


async def _standing(session: AsyncSession, number: int, now: datetime) -> Delegation:
    for mandate in await standing_mandates(session, now):
        if mandate.id == number:
            return mandate
    raise Refused(say("approval.no_such_mandate", id=number))


async def _confirmers(session: AsyncSession, mandate: Delegation) -> list[StaffMember]:
    able = [member for role in (Role.ADMIN, Role.APPROVER) for member in await members_with(session, role)]
    return list({member.id: member for member in able if member.id not in (mandate.named_by, mandate.deputy_id)}.values())


async def _told(session: AsyncSession, mandate: Delegation, now: datetime) -> dict[str, str]:
    names = dict((await session.exec(select(StaffMember.id, StaffMember.name))).all())
    return {
        "id": str(mandate.id), "principal": names[mandate.principal_id], "deputy": names[mandate.deputy_id],
        "until": clock_phrase(mandate.ends_at, now), "named_by": names[mandate.named_by],
        "confirmed_by": names[mandate.confirmed_by] if mandate.confirmed_by else "",
    }  # fmt: skip


async def _tell(
    session: AsyncSession, mandate: Delegation, text: str, now: datetime, occasion: str, *, mentions: tuple[str, ...],
    buttons: tuple[tuple[Button, ...], ...] = (),
) -> None:  # fmt: skip
    card = Card(CardKind.NOTICE, text, buttons=buttons, mentions=mentions)
    for group in refuges(await active_groups(session)):
        place = place_of(group)
        await enqueue(session, card, place, now, key=f"delegation:{mandate.id}:{occasion}:{':'.join(place)}", rings=True)


def _subject(mandate: Delegation) -> str:
    return f"delegation:{mandate.id}"
