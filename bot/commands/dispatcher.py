"""Everything that people do in any chat comes through here: who are they, what do they want, may they, and what came of it."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.abroad import masked
from bot.commands.approving import APPROVING
from bot.commands.deputising import DEPUTISING
from bot.commands.drafting import DRAFTING, DRAFTING_SLOWLY
from bot.commands.filing import FILING, FILING_SLOWLY
from bot.commands.grammar import Command, Verb, parse
from bot.commands.handling import HANDLING
from bot.commands.looking import LOOKING
from bot.commands.order import Order, refused
from bot.commands.publishing import PUBLISHING, PUBLISHING_SLOWLY
from bot.commands.revising import REVISING, REVISING_SLOWLY
from bot.commands.shelving import SHELVING, take_document
from bot.commands.taking_in import TAKING_IN, take_in
from bot.commands.tiering import TIERING
from bot.commands.tuning import TUNING_SLOWLY
from bot.conversation.question import looks_like_question
from bot.conversation.talk import Talk
from bot.house import House
from casework import button, questioning
from casework.case import Case, case_by_number
from casework.chat import Incoming, Response, StaffChat
from casework.errors import Refused
from casework.inbox import is_first
from casework.message import Card
from casework.routing import group_of
from casework.staff import StaffMember, member_of
from language.masking import mask_personal_data
from prompts import say
from storage.errors import StorageError

log = logging.getLogger("wensheng.dispatcher")

QUICK = {
    **HANDLING, **DRAFTING, **REVISING, **APPROVING, **DEPUTISING, **FILING, **PUBLISHING, **LOOKING, **TAKING_IN, **TIERING, **SHELVING,
}  # fmt: skip
"""Done in the transaction that admitted the order."""
SLOW = {**FILING_SLOWLY, **DRAFTING_SLOWLY, **REVISING_SLOWLY, **PUBLISHING_SLOWLY, **TUNING_SLOWLY}
"""They search, write or send: they open transactions of their own, before and after."""
NEEDS_STABLE_IDENTITY = (
    Verb.APPROVE, Verb.SEND_BACK, Verb.WITHDRAW, Verb.NAME_DEPUTY, Verb.CONFIRM_DEPUTY, Verb.END_MANDATE, Verb.LOWER, Verb.PUBLISH,
    Verb.APPROVE_DOCUMENT, Verb.WITHDRAW_DOCUMENT, Verb.DOSSIER,
)  # fmt: skip


class Dispatcher:
    """Handles what comes in from the chats.

    Args:
        chats: the connected platforms, for what each of them can do.
    """

    def __init__(self, house: House, chats: Mapping[str, StaffChat]) -> None:
        self._house, self._chats, self._talk = house, chats, Talk(house, chats)

    async def handle(self, incoming: Incoming) -> Response | None:
        """What the person gets back; None for strangers, unknown chats, repeated events and talk that is not meant for the bot."""
        try:
            response = await self._handle(incoming)
            return await self._fit_for(incoming, response) if response else None
        except Refused as refusal:
            return refused(incoming, str(refusal))
        except StorageError as fault:
            log.exception("command_not_stored platform=%s", incoming.platform)
            return refused(incoming, str(fault))
        finally:
            self._house.stirred.set()

    async def _handle(self, incoming: Incoming) -> Response | None:
        async with self._house.database.transaction() as session:
            now = self._house.clock.now()
            staff = await _admitted(session, incoming, now)
            if staff is None:
                return None
            if incoming.forwarded_post:
                return await take_in(session, self._house, incoming, staff, now)
            text, standing = await _ordered_text(session, incoming, staff, now)
            if standing is not None:
                return refused(incoming, standing)
            command = parse(text)
            if command is not None:
                order = await self._order(session, command, staff, incoming, now)
                if command.verb in QUICK:
                    response = await QUICK[command.verb](session, order)
                    await button.record_outcome(session, incoming.token, response.brief)
                    return response
            elif asked := await self._fact(session, incoming, text, staff, now):
                return Response(cards=(asked,))
        if incoming.file_name:
            return await take_document(self._house, incoming, staff, now)
        if command is None:
            return await self._talk.answer(replace(incoming, text=text), staff, now)
        return await SLOW[command.verb](order)

    async def _fact(self, session: AsyncSession, incoming: Incoming, text: str, staff: StaffMember, now: datetime) -> Card | None:
        """What is said to the bot, and asks nothing, may answer its question for an open fact."""
        spoken_to = (incoming.private or incoming.mentioned) and text.strip() and not incoming.file_name
        if not spoken_to or looks_like_question(text):
            return None
        return await questioning.answer(session, questioning.Place(incoming.platform, incoming.chat, staff), text, now)

    async def _fit_for(self, incoming: Incoming, response: Response) -> Response:
        """The response for exactly this chat: masked where its platform is abroad, with a token on every button."""
        if not self._chats[incoming.platform].capabilities.domestic:
            response = Response(mask_personal_data(response.brief).text, tuple(masked(card) for card in response.cards))
        if not any(card.buttons for card in response.cards):
            return response
        async with self._house.database.transaction() as session:
            return replace(response, cards=tuple([await self._issued(session, incoming, card) for card in response.cards]))

    async def _issued(self, session: AsyncSession, incoming: Incoming, card: Card) -> Card:
        case = await case_by_number(session, card.case_number) if card.case_number else None
        now = self._house.clock.now()
        return await button.issue(session, card, incoming.platform, incoming.chat, case.id if case else None, now)

    async def _order(self, session: AsyncSession, command: Command, staff: StaffMember, incoming: Incoming, now: datetime) -> Order:
        if command.verb in NEEDS_STABLE_IDENTITY and not self._chats[incoming.platform].capabilities.approvals:
            raise Refused(say("commands.not_here", verb=command.verb.value, url=self._house.public_url))
        about: Case | None = None
        if command.number:
            about = await case_by_number(session, command.number)
            if about is None:
                raise Refused(say("casework.no_such_case", number=command.number))
        return Order(command, staff, incoming, now, self._house, about)


async def _admitted(session: AsyncSession, incoming: Incoming, now: datetime) -> StaffMember | None:
    """The staff member, if the person and the chat are on the lists and the event is new."""
    staff = await member_of(session, incoming.platform, incoming.user)
    group = None if incoming.private else await group_of(session, incoming.platform, incoming.chat)
    if staff is None or not (incoming.private or (group and group.active)):
        log.info("not_admitted platform=%s known_person=%s", incoming.platform, staff is not None)
        return None
    return staff if await is_first(session, incoming.platform, incoming.event_id, now) else None


async def _ordered_text(session: AsyncSession, incoming: Incoming, staff: StaffMember, now: datetime) -> tuple[str, str | None]:
    """The text of the order, and for a button that was used before the answer that stands."""
    if not incoming.token:
        return incoming.text, None
    redeemed = await button.redeem(session, incoming.token, incoming.platform, incoming.chat, staff, now)
    return redeemed.command, redeemed.standing
