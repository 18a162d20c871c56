"""The Telegram chat: one bot, long polling, its own loop."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from telegram import BotCommand, LinkPreviewOptions, ReplyParameters, Update
from telegram.constants import CallbackQueryLimit, ParseMode
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from adapters.chat.telegram.arrivals import PLATFORM, Arrival, migration, read
from adapters.chat.telegram.faults import is_unchanged, moved, seconds_asked_for, translate
from adapters.chat.telegram.rendering import keyboard, render
from adapters.chat.turns import Turns
from casework.chat import ChatCapabilities, CommandHandler, Response
from casework.message import Card, CardKind
from prompts import say, words

log = logging.getLogger("wensheng.telegram")

API_URL = "https://api.telegram.org"
GROUP_CARDS_PER_MINUTE = 10
"""Half of what Telegram allows a group (20), because the library's limiter lets twice its rate through at the start."""
ANSWER_RETRIES = 2
"""How often an answer to a person is tried again when Telegram asks to wait. Cards of the outbox are tried again by the outbox."""
MAX_BRIEF = int(CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH)
GLANCE = 20
"""Characters that can be read while a pop-up line fades; a longer one waits for a tap."""
FAREWELL_SECONDS = 2.0
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True)
class Timing:
    """How patient the adapter is, in seconds. `answer_within`: a pressed button gets its answer by then, whatever the handler does."""

    poll: int = 30
    first_pause: float = 1.0
    longest_pause: float = 60.0
    answer_within: float = 5.0


class TelegramChat:
    """StaffChat on Telegram.

    Args:
        token: the bot's token, from @BotFather.
        base_url: root of the Bot API server; another one than Telegram's only for an own server.
        pages_url: address of the web staff room as staff can open it; empty leaves links into it out.
    """

    platform = PLATFORM
    capabilities = ChatCapabilities(buttons=True, edits=True, approvals=True, domestic=False)

    def __init__(self, token: str, *, base_url: str = API_URL, pages_url: str = "", timing: Timing | None = None) -> None:
        self._pages_url, self._timing = pages_url, timing or Timing()
        self._requests = (HTTPXRequest(connection_pool_size=16, pool_timeout=10.0, read_timeout=15.0), HTTPXRequest())
        self._bot = ExtBot(
            token.strip(),
            base_url=f"{base_url.rstrip('/')}/bot",
            request=self._requests[0],
            get_updates_request=self._requests[1],
            rate_limiter=AIORateLimiter(group_max_rate=GROUP_CARDS_PER_MINUTE),
        )
        self._introduced = False
        self._offset = 0
        self._moved: dict[str, str] = {}
        self._pause, self._trouble = 0.0, ""

    async def name(self) -> str:
        """The bot's username, asked of Telegram. Raises ChatError where the token is wrong or Telegram out of reach."""
        try:
            return (await self._bot.get_me()).username or ""
        except TelegramError as error:
            raise translate(error, repeatable=True) from error

    async def __aenter__(self) -> "TelegramChat":
        """Open without asking Telegram anything: it may be out of reach for hours. `incoming` makes the acquaintance."""
        logging.getLogger("httpx").setLevel(logging.WARNING)  # its INFO lines show addresses, and these hold the token
        await asyncio.gather(*(request.initialize() for request in self._requests))
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(request.shutdown() for request in self._requests))

    async def send(self, chat: str, card: Card, key: str) -> str:
        """See StaffChat. Waits its turn where the group has had ten cards within a minute."""
        if chat in self._moved:
            raise moved(self._moved[chat])
        try:
            return await self._post(chat, card)
        except TelegramError as error:
            raise translate(error) from error

    async def edit(self, chat: str, reference: str, card: Card) -> None:
        """See StaffChat."""
        try:
            await self._bot.edit_message_text(
                render(card, self._pages_url),
                chat_id=chat,
                message_id=int(reference),
                parse_mode=ParseMode.HTML,
                reply_markup=keyboard(card),
                link_preview_options=NO_PREVIEW,
            )
        except TelegramError as error:
            if not is_unchanged(error):
                raise translate(error, repeatable=True) from error

    async def incoming(self, handler: CommandHandler) -> None:
        """See StaffChat. What arrived is acknowledged to Telegram by the next request, so that a killed process gets it again.

        Raises:
            ChatError: Telegram does not know the token; a person must act.
        """
        try:
            async with Turns() as turns:
                while True:
                    for update in await self._updates():
                        self._take_up(update, handler, turns)
        finally:
            await self._acknowledge()

    async def _updates(self) -> Sequence[Update]:
        try:
            await self._introduce()
            updates = await self._bot.get_updates(
                offset=self._offset, timeout=self._timing.poll, allowed_updates=["message", "callback_query"]
            )
        except InvalidToken as error:
            raise translate(error) from error
        except TelegramError as error:
            await self._back_off(error)
            return ()
        self._pause, self._trouble = 0.0, ""
        if updates:
            self._offset = updates[-1].update_id + 1
        return updates

    async def _introduce(self) -> None:
        if self._introduced:
            return
        await self._bot.get_me()
        await self._bot.delete_webhook()
        await self._bot.set_my_commands([BotCommand(name, meaning) for name, meaning in words("telegram.menu").items()])
        self._introduced = True
        log.info("connected bot=%s", self._bot.id)

    async def _back_off(self, error: TelegramError) -> None:
        fault = translate(error, repeatable=True)
        sentence = say("telegram.second_listener") if isinstance(error, Conflict) else str(fault)
        if sentence != self._trouble:
            log.error("listening_disturbed %s", sentence)
        self._trouble = sentence
        self._pause = min(max(self._timing.first_pause, 2 * self._pause), self._timing.longest_pause)
        await asyncio.sleep(seconds_asked_for(error) if isinstance(error, RetryAfter) else self._pause)

    async def _acknowledge(self) -> None:
        with contextlib.suppress(TelegramError, TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                if self._offset:
                    await self._bot.get_updates(offset=self._offset, timeout=0, limit=1)

    def _take_up(self, update: Update, handler: CommandHandler, turns: Turns) -> None:
        if change := migration(update):
            self._moved.update([change])
            log.warning("group_moved chat=%s to=%s", *change)
        elif arrival := read(update, self._bot.bot):
            log.info("heard chat=%s user=%s", arrival.incoming.chat, arrival.incoming.user)
            asked = turns.take(arrival.incoming.user, lambda: handler(arrival.incoming))
            turns.start(self._answer(arrival, asked))

    async def _answer(self, arrival: Arrival, asked: "asyncio.Task[Response | None]") -> None:
        popped = await self._answer_press(arrival.press, asked) if arrival.press else False
        response = await asked or Response()
        unseen = not popped if arrival.press else not response.cards
        notice = (Card(CardKind.NOTICE, head=response.brief),) if response.brief and unseen else ()
        await self._reply(arrival, (*notice, *response.cards))

    async def _answer_press(self, press: str, asked: "asyncio.Task[Response | None]") -> bool:
        """Answer within the time that Telegram gives. Returns whether the person has seen the handler's own word."""
        await asyncio.wait({asked}, timeout=self._timing.answer_within)
        if not asked.done():
            await self._pop_up(press, say("telegram.working"))
            return False
        return await self._pop_up(press, (asked.result() or Response()).brief)

    async def _pop_up(self, press: str, brief: str) -> bool:
        """Answer a pressed button; an empty brief only ends its waiting. False where Telegram takes the answer no more."""
        try:
            await self._bot.answer_callback_query(press, text=brief[:MAX_BRIEF] or None, show_alert=len(brief) > GLANCE)
        except TelegramError as error:
            log.warning("pop_up_failed press=%s %s", press, translate(error, repeatable=True))
            return False
        return True

    async def _reply(self, arrival: Arrival, cards: Sequence[Card]) -> None:
        for card in cards:
            try:
                await self._post(arrival.incoming.chat, card, arrival)
            except TelegramError as error:
                log.warning("reply_failed chat=%s %s", arrival.incoming.chat, translate(error))

    async def _post(self, chat: str, card: Card, arrival: Arrival | None = None) -> str:
        to = ReplyParameters(arrival.message_id, allow_sending_without_reply=True) if arrival and arrival.message_id else None
        message = await self._bot.send_message(
            chat_id=chat,
            text=render(card, self._pages_url),
            parse_mode=ParseMode.HTML,
            reply_markup=keyboard(card),
            reply_parameters=to,
            message_thread_id=arrival.thread_id if arrival else None,
            link_preview_options=NO_PREVIEW,
            rate_limit_args=ANSWER_RETRIES if arrival else None,
        )
        return str(message.message_id)


async def bot_name(token: str, api_url: str = "") -> str:
    """The username of a bot, for a check before anything runs. Raises ChatError where the token is wrong or Telegram out of reach."""
    async with TelegramChat(token, base_url=api_url or API_URL) as chat:
        return await chat.name()
