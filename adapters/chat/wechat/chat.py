"""The WeChat chat: alerts out as text, commands and questions in, never an approval."""

import asyncio
import importlib
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from adapters.chat.turns import Turns
from adapters.chat.wechat.arrivals import AFTER_MENTION, typed
from adapters.chat.wechat.rendering import render
from adapters.chat.wechat.timing import Timing
from casework.chat import ChatCapabilities, CommandHandler, Incoming
from casework.errors import ChatError
from casework.message import Card, CardKind
from prompts import say

if TYPE_CHECKING:
    from adapters.chat.wechat.addresses import Addresses
    from adapters.chat.wechat.link import Link

log = logging.getLogger("wensheng.wechat")

STOP_SECONDS = 5.0
TEXT = 6
"""wechaty's number of a text message: MessageType.MESSAGE_TYPE_TEXT."""


class WeChatChat:
    """StaffChat on WeChat through a wechaty gateway.

    `chat` is the topic of a group and `user` the remark that the bot's account gave a person, because WeChat's ids change at each login.
    Names prove less than ids, and a forwarded text looks like a typed one: hence no approvals here.

    Args:
        token: the gateway's token.
        endpoint: `host:port` of the gateway.
        tls: encrypt the line. The gateway is not proved to be who it says: use it inside a trusted network only.

    Raises:
        ChatError: `endpoint` is no `host:port`.
    """

    platform = "wechat"
    capabilities = ChatCapabilities(buttons=False, edits=False, approvals=False, domestic=True)

    _link: "Link"
    _addresses: "Addresses"
    _keeping: "asyncio.Task[None]"

    def __init__(self, token: str, endpoint: str, *, tls: bool = False, timing: Timing | None = None) -> None:
        host, _, port = endpoint.rpartition(":")
        if not host or not port.isdigit():
            raise ChatError(say("wechat.endpoint", endpoint=endpoint), permanent=True)
        self._token, self._endpoint, self._tls = token.strip(), endpoint, tls
        self._timing = timing or Timing()
        self._speaking = asyncio.Lock()
        self._quiet_until = 0.0

    async def __aenter__(self) -> "WeChatChat":
        """Load wechaty and begin to connect.

        Raises:
            ChatError: the extra `wechat` is not installed.
        """
        try:
            addresses = await asyncio.to_thread(importlib.import_module, "adapters.chat.wechat.addresses")
        except ModuleNotFoundError as error:
            raise ChatError(say("wechat.missing"), permanent=True) from error
        self._link = addresses.Link(self._token, self._endpoint, tls=self._tls, timing=self._timing)
        self._addresses = addresses.Addresses(self._link)
        self._keeping = asyncio.create_task(self._link.keep_up())
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._keeping.cancel()
        await asyncio.wait({self._keeping}, timeout=STOP_SECONDS)

    async def send(self, chat: str, card: Card, key: str) -> str:
        """See StaffChat. A long card goes out as several messages; the reference is that of the first."""
        _ = self._link.account
        room = await self._addresses.room(chat)
        called = await self._addresses.members(room, card.mentions) if card.mentions else {}
        return await self._put_out(room, render(card), called)

    async def edit(self, chat: str, reference: str, card: Card) -> None:
        """Does nothing: WeChat cannot change what was sent, and `capabilities.edits` says so. What must be seen is sent as a new card."""

    async def incoming(self, handler: CommandHandler) -> None:
        """See StaffChat. What people say while the line is down is lost; the gateway does not repeat it.

        Raises:
            ChatError: the gateway does not know the token; a person must act.
        """
        async with Turns() as turns:
            while not self._keeping.done() and (message := await self._link.messages.get()):
                turns.start(self._serve(message, handler, turns))
        await self._keeping
        assert self._link.refusal, "nothing else ends the link"
        raise self._link.refusal

    async def _serve(self, message: Any, handler: CommandHandler, turns: Turns) -> None:
        await turns.take(message.from_id, lambda: self._converse(message, handler))

    async def _converse(self, message: Any, handler: CommandHandler) -> None:
        try:
            incoming = await self._read(message)
            if not incoming:
                return
            response = await handler(incoming)
            if response:
                cards = response.cards or ((Card(CardKind.NOTICE, head=response.brief),) if response.brief else ())
                await self._reply(message, cards)
        except ChatError as error:
            log.warning("conversation_failed %s", error)

    async def _read(self, message: Any) -> Incoming | None:
        """Who said what, where. A person without a remark is nobody."""
        if message.type != TEXT:
            return None
        log.info("heard room=%s contact=%s", message.room_id, message.from_id)
        user = await self._addresses.remark(message.from_id)
        if not user:
            log.info("without_remark contact=%s", message.from_id)
            return None
        account = self._link.account
        chat = await self._addresses.topic(message.room_id) if message.room_id else user
        text, mentioned = typed(message.text, await self._addresses.name(account), mentioned=account in message.mention_ids)
        return Incoming(
            self.platform,
            chat,
            user,
            text=text or say("wechat.only_mentioned"),
            private=not message.room_id,
            mentioned=mentioned,
            event_id=message.id,
        )

    async def _reply(self, message: Any, cards: Sequence[Card]) -> None:
        for card in cards:
            await self._put_out(message.room_id or message.from_id, render(card), {})

    async def _put_out(self, conversation: str, texts: Sequence[str], called: dict[str, str]) -> str:
        references: list[str] = []
        for text in texts:
            try:
                references.append(await self._say(conversation, text, {} if references else called))
            except ChatError as error:
                raise ChatError(say("wechat.uncertain"), uncertain=True) if references else error from error
        return references[0]

    async def _say(self, conversation: str, text: str, called: dict[str, str]) -> str:
        calls = "".join(f"@{name}{AFTER_MENTION}" for name in called.values())
        async with self._speaking:
            await asyncio.sleep(self._quiet_until - self._now())
            self._quiet_until = self._now() + self._timing.between
            sending = self._link.gateway.message_send_text(conversation, calls + text, list(called))
            return str(await self._link.call(sending, sending=True))

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
