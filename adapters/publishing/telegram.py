"""Publishing in a Telegram channel, by a bot that may post there.

The Bot API cannot read what stands in a channel, and knows no idempotency keys: after a silence a person looks.
"""

import asyncio
import logging
from datetime import datetime
from types import TracebackType

from telegram import Bot, LinkPreviewOptions, Message
from telegram.constants import MessageLimit
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from adapters.chat.telegram.faults import NEVER_SENT, seconds_asked_for
from casework.approval import ApprovedReply
from casework.errors import PublishError
from prompts import say

API_URL = "https://api.telegram.org"
TIMEOUT_SECONDS = 20.0
LONGEST_UNITS = int(MessageLimit.MAX_TEXT_LENGTH)
"""In UTF-16 units."""
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_CHANNEL_ID_PREFIX = "-100"


class TelegramPublisher:
    """Posts to one channel. An async context manager.

    Args:
        token: the bot's, from @BotFather; the bot is an administrator of the channel who may post messages.
        channel: `@name`, or the number of a private channel.
        base_url: root of the Bot API server.
    """

    name = "telegram"
    finds = False

    def __init__(self, token: str, channel: str, *, base_url: str = API_URL, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._channel, self._timeout_seconds = channel, timeout_seconds
        self._request = HTTPXRequest(read_timeout=timeout_seconds, write_timeout=timeout_seconds, connect_timeout=timeout_seconds)
        self._bot = Bot(token.strip(), base_url=f"{base_url.rstrip('/')}/bot", request=self._request)

    async def __aenter__(self) -> "TelegramPublisher":
        """Opens without asking Telegram anything: it may be out of reach."""
        logging.getLogger("httpx").setLevel(logging.WARNING)  # its INFO lines show addresses, and these hold the token
        await self._request.initialize()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._request.shutdown()

    async def publish(self, reply: ApprovedReply, key: str) -> str:
        """See ReplyPublisher."""
        del key
        length = len(reply.text.encode("utf-16-le")) // 2
        if length > LONGEST_UNITS:
            raise PublishError(say("publishing.telegram_too_long", length=length, longest=LONGEST_UNITS))
        try:
            async with asyncio.timeout(2 * self._timeout_seconds):
                return _link(await self._bot.send_message(self._channel, reply.text, link_preview_options=NO_PREVIEW))
        except TelegramError as error:
            raise _translated(error) from error
        except (TimeoutError, KeyError, TypeError, ValueError) as error:  # the last three: unreadable
            raise PublishError(say("publishing.telegram_silent"), uncertain=True) from error

    async def find(self, text: str, key: str, since: datetime) -> str | None:
        """Never told: see the module."""
        raise PublishError(say("publishing.telegram_silent"), uncertain=True)


def _link(message: Message) -> str:
    """Where a message of a channel stands, for everybody or for its members."""
    if message.chat.username:
        return f"https://t.me/{message.chat.username}/{message.message_id}"
    return f"https://t.me/c/{str(message.chat.id).removeprefix(_CHANNEL_ID_PREFIX)}/{message.message_id}"


def _translated(error: TelegramError) -> PublishError:
    if isinstance(error, RetryAfter):
        return PublishError(say("publishing.telegram_wait", seconds=round(seconds_asked_for(error))))
    if isinstance(error, Forbidden | BadRequest | InvalidToken | ChatMigrated):
        return PublishError(say("publishing.telegram_refused", reason=error.message[:80]))
    if isinstance(error.__cause__, NEVER_SENT):
        return PublishError(say("publishing.telegram_unreachable"))
    return PublishError(say("publishing.telegram_silent"), uncertain=True)
