"""A chat platform in memory that keeps state: what stands in each chat, in which order, and how often it was sent."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from casework.chat import ChatCapabilities, CommandHandler, Incoming, Response
from casework.errors import ChatError
from casework.message import Card

EVERYTHING = ChatCapabilities(buttons=True, edits=True, approvals=True, domestic=True, deduplicates=True)


@dataclass
class Shown:
    """One message as it stands in a chat. `faces` are all cards that it has shown, the present one last; `key` is "" for a reply."""

    reference: str
    chat: str
    key: str
    faces: list[Card]

    @property
    def card(self) -> Card:
        return self.faces[-1]


@dataclass
class RecordingChat:
    """StaffChat without a network.

    Attributes:
        chats: where the bot is a member; sending elsewhere fails for good.
        messages: everything that stands, oldest first.
        faults: errors that the next calls of `send` and `edit` raise, one each.
        briefs: one-line answers to presses and typed lines, in order.
    """

    chats: tuple[str, ...] = ("duty",)
    platform: str = "recording"
    capabilities: ChatCapabilities = EVERYTHING
    messages: list[Shown] = field(default_factory=list)
    faults: deque[ChatError] = field(default_factory=deque)
    briefs: list[str] = field(default_factory=list)
    _acts: "asyncio.Queue[tuple[Incoming, asyncio.Future[Response | None]]]" = field(default_factory=asyncio.Queue)

    async def __aenter__(self) -> "RecordingChat":
        return self

    async def __aexit__(self, *exc: object) -> None:
        return None

    async def send(self, chat: str, card: Card, key: str) -> str:
        self._meet(chat)
        if self.capabilities.deduplicates and (known := self._by_key(key)):
            return known.reference
        return self._show(chat, card, key).reference

    async def edit(self, chat: str, reference: str, card: Card) -> None:
        self._meet(chat)
        shown = next((m for m in self.messages if m.reference == reference and m.chat == chat), None)
        if shown is None:
            raise ChatError(f"没有这条消息：{reference}", permanent=True)
        if shown.card != card:
            shown.faces.append(card)

    async def incoming(self, handler: CommandHandler) -> None:
        while True:
            act, answered = await self._acts.get()
            response = await handler(act)
            self._reply(act.chat, response)
            answered.set_result(response)

    async def type(self, user: str, text: str, chat: str | None = None, *, mentioned: bool = False) -> Response | None:
        """A person types a line; returns when the handler has answered."""
        return await self._act(Incoming(self.platform, chat or self.chats[0], user, text=text, mentioned=mentioned))

    async def press(self, user: str, token: str, chat: str | None = None) -> Response | None:
        """A person presses a button; returns when the handler has answered."""
        return await self._act(Incoming(self.platform, chat or self.chats[0], user, token=token))

    def texts(self, chat: str | None = None) -> list[str]:
        """What a person reads in a chat now, oldest first."""
        return [m.card.as_text() for m in self.messages if m.chat == (chat or self.chats[0])]

    def _meet(self, chat: str) -> None:
        if self.faults:
            raise self.faults.popleft()
        if chat not in self.chats:
            raise ChatError(f"机器人不在「{chat}」里。请把机器人拉进群后重试。", permanent=True)

    def _by_key(self, key: str) -> Shown | None:
        return next((m for m in self.messages if m.key == key), None)

    def _show(self, chat: str, card: Card, key: str) -> Shown:
        shown = Shown(f"m{len(self.messages) + 1}", chat, key, [card])
        self.messages.append(shown)
        return shown

    async def _act(self, act: Incoming) -> Response | None:
        answered: asyncio.Future[Response | None] = asyncio.get_running_loop().create_future()
        await self._acts.put((act, answered))
        return await answered

    def _reply(self, chat: str, response: Response | None) -> None:
        if response is None:
            return
        if response.brief:
            self.briefs.append(response.brief)
        for card in response.cards:
            self._show(chat, card, "")
