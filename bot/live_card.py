"""One message in a chat that is edited in place while what it says grows."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Self

from casework.chat import StaffChat
from casework.errors import ChatError
from casework.message import Card

log = logging.getLogger("wensheng.live_card")

EDIT_EVERY_SECONDS = 4.0
"""Telegram's limit for a group is 20 messages and edits a minute, and cards of the outbox need room beside these."""


class LiveCard:
    """A message that follows a growing text. An async context manager.

    Edits go out one at a time, at most every `every_seconds`; what grows in between is skipped, and an edit that fails is let go.
    Where the platform cannot edit, only `finish` sends.

    Args:
        place: the platform's id of the chat.
        key: idempotency key of the message.
        fit: makes a card fit for the chat (without personal data, on a platform abroad).
        every_seconds: None is EDIT_EVERY_SECONDS.
    """

    def __init__(
        self, chat: StaffChat, place: str, key: str, *, fit: Callable[[Card], Card] = lambda card: card,
        every_seconds: float | None = None,
    ) -> None:  # fmt: skip
        self._chat, self._place, self._key, self._fit = chat, place, key, fit
        self._every_seconds = EDIT_EVERY_SECONDS if every_seconds is None else every_seconds
        self._newest: Card | None = None
        self._grown, self._done = asyncio.Event(), asyncio.Event()
        self._reference = ""

    async def __aenter__(self) -> Self:
        self._following = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let the edit at hand come to its end."""
        self._done.set()
        self._grown.set()
        await self._following

    def show(self, card: Card) -> None:
        """Let the message say this as soon as it may. Returns at once."""
        if self._chat.capabilities.edits:
            self._newest = card
            self._grown.set()

    async def finish(self, card: Card) -> None:
        """Let the message say this for good. Raises ChatError where it cannot be shown."""
        await self.__aexit__()
        await self._put(card)

    async def _follow(self) -> None:
        while await self._grown.wait() and not self._done.is_set():
            self._grown.clear()
            if self._newest is not None:
                await self._try_to_put(self._newest)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._every_seconds):
                    await self._done.wait()

    async def _try_to_put(self, card: Card) -> None:
        try:
            await self._put(card)
        except ChatError as error:
            log.info("live_card_not_shown platform=%s permanent=%s", self._chat.platform, error.permanent)

    async def _put(self, card: Card) -> None:
        if self._reference:
            await self._chat.edit(self._place, self._reference, self._fit(card))
        else:
            self._reference = await self._chat.send(self._place, self._fit(card), self._key)
