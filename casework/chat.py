"""The port of all chat platforms."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from casework.message import Card


@dataclass(frozen=True)
class Incoming:
    """Something that a person did in a chat. Who, where, what; nothing here is trusted yet.

    Attributes:
        platform: name of the chat platform (`staff_room`, `telegram`, `wechat`).
        chat: the platform's id of the chat.
        user: the platform's id of the person.
        text: what was typed, without the mention of the bot; empty when a button was pressed.
        token: the pressed button's token; empty when text was typed.
        private: whether the chat is between this person and the bot alone.
        mentioned: whether the bot was addressed by name.
        forwarded_post: the text of a post that the person forwarded; content, never a command.
        forwarded_from: where the platform says it came from.
        file_name, file: a document that the person handed in; content, never a command.
        event_id: the platform's id of this very message; the same twice is handled once.
    """

    platform: str
    chat: str
    user: str
    text: str = ""
    token: str = ""
    private: bool = False
    mentioned: bool = False
    forwarded_post: str = ""
    forwarded_from: str = ""
    file_name: str = ""
    file: bytes = b""
    event_id: str = ""


@dataclass(frozen=True)
class Response:
    """What the person gets back at once. `brief` is one line for a pop-up (a pressed button); `cards` go into the chat as replies."""

    brief: str = ""
    cards: tuple[Card, ...] = ()


CommandHandler = Callable[[Incoming], Awaitable[Response | None]]
"""Handles one incoming; None means: stay silent (a stranger, or chatter not meant for the bot). Never raises."""


@dataclass(frozen=True)
class ChatCapabilities:
    """What a platform can do; casework asks for this, never for a platform's name.

    Attributes:
        buttons: it shows buttons that come back as tokens.
        edits: a sent card can be replaced in place.
        approvals: identities are stable enough to approve by.
        domestic: its servers are in mainland China or it is our own (PIPL 第三十六条).
        deduplicates: sending the same key twice shows one message.
    """

    buttons: bool
    edits: bool
    approvals: bool
    domestic: bool
    deduplicates: bool = False


class StaffChat(Protocol):
    """One chat platform. An async context manager: entering connects in the background, leaving stops within ten seconds.

    `send` and `edit` may be called while the link is down; they raise a ChatError with `retry_after_seconds`.
    """

    platform: str
    capabilities: ChatCapabilities

    async def __aenter__(self) -> "StaffChat": ...

    async def __aexit__(self, *exc: object) -> None: ...

    async def send(self, chat: str, card: Card, key: str) -> str:
        """Put a card into a chat.

        Args:
            chat: the platform's id of the chat.
            key: idempotency key; a platform that deduplicates shows one message for one key.

        Returns:
            The platform's reference of the message, for `edit`.

        Raises:
            ChatError: see there.
        """
        ...

    async def edit(self, chat: str, reference: str, card: Card) -> None:
        """Replace a card that was sent. An unchanged card is no error. Raises ChatError."""
        ...

    async def incoming(self, handler: CommandHandler) -> None:
        """Hand everything that people do to `handler`, show its response in the same chat, until cancelled. Survives lost links."""
        ...
