"""收录: a post that a person forwards or pastes is taken in like any other, as content and never as an order."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.sources.forwarded import forwarded_post
from bot.commands.grammar import Verb
from bot.commands.handling import QuickHandler
from bot.commands.order import Order, done
from bot.house import House
from casework.case import case_of_event
from casework.chat import Incoming, Response
from casework.errors import Refused
from casework.intake import Received, receive
from casework.judging import take_in_missed
from casework.message import Button, Card, CardKind
from casework.situation import event_of
from casework.staff import StaffMember
from monitoring.corrections import CorrectionRefused
from monitoring.item import Item
from monitoring.lines import LEVEL_NAMES
from monitoring.polling import forwarding_source
from prompts import say
from storage import audit


async def paste(session: AsyncSession, order: Order) -> Response:
    """收录 TEXT."""
    if not order.command.rest:
        raise Refused(say("commands.take_in_what"))
    return await _take_in(session, order.house, order.command.rest, "", order.staff, order.now)


async def take_in(session: AsyncSession, house: House, incoming: Incoming, staff: StaffMember, now: datetime) -> Response:
    """A message that a person forwarded."""
    return await _take_in(session, house, incoming.forwarded_post, incoming.forwarded_from, staff, now)


async def missed(session: AsyncSession, order: Order) -> Response:
    """漏报 128: that post is ours after all."""
    number = order.command.rest
    if not (number.isdecimal() and len(number) <= LONGEST_ITEM_NUMBER):
        raise Refused(say("tuning.missed_which"))
    item = await session.get(Item, int(number))
    if item is None:
        raise Refused(say("tuning.missed_unknown", number=number))
    try:
        case = await take_in_missed(session, item, order.staff, order.now, order.house.desk)
    except CorrectionRefused as refusal:
        raise Refused(say("tuning.missed_ours", number=number, line=item.line)) from refusal
    level = LEVEL_NAMES[(await event_of(session, case)).level]
    return done(order, say("tuning.missed_noted", number=case.number, level=level))


async def _take_in(session: AsyncSession, house: House, text: str, origin: str, staff: StaffMember, now: datetime) -> Response:
    source = await forwarding_source(session, say("commands.forwarded_source"), now)
    received = await receive(session, forwarded_post(text, origin, now), source, now, house.desk)
    await audit.append(
        session, staff.name, "item.forwarded", f"item:{received.observation.item.id}", at=now, new=received.observation.is_new
    )
    sentence = await _sentence(session, received)
    if not received.observation.item.relevance.is_ours:
        return Response(sentence, (_not_ours(sentence, received.observation.item),))
    return Response(sentence, (Card(CardKind.NOTICE, sentence, case_number=received.case.number if received.case else ""),))


def _not_ours(sentence: str, item: Item) -> Card:
    """The card that leaves the last word to the person who sent the post."""
    button = Button(say("tuning.missed_button"), f"{Verb.MISSED.value} {item.id}")
    return Card(CardKind.NOTICE, sentence, buttons=((button,),), hint=say("tuning.missed_hint", number=item.id))


async def _sentence(session: AsyncSession, received: Received) -> str:
    observation, event = received.observation, received.observation.event
    case = received.case or (await case_of_event(session, event.id) if event and event.id else None)
    if not observation.is_new:
        return say("commands.taken_in_before", case=f"（{case.number}）" if case else "")
    if case is None or event is None:
        return say("commands.taken_in_no_alert", why="；".join(observation.item.reasons[:2]))
    return say("commands.taken_in_case", number=case.number, level=LEVEL_NAMES[event.level], headline=event.headline)


LONGEST_ITEM_NUMBER = 15

TAKING_IN: Mapping[Verb, QuickHandler] = {Verb.TAKE_IN: paste, Verb.MISSED: missed}
