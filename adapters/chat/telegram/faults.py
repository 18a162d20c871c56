"""What Telegram's errors mean to the outbox: wait, look for yourself, go elsewhere, or call a person."""

from datetime import timedelta

import httpx
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from casework.errors import ChatError
from prompts import say

RETRY_SECONDS = 10.0
"""When to try again after Telegram could not be reached or was in trouble."""

NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
"""Failures before a byte of the request was on its way."""

SENTENCES = (
    ("kicked", "telegram.removed"),
    ("not a member", "telegram.removed"),
    ("blocked by the user", "telegram.blocked"),
    ("can't initiate", "telegram.blocked"),
    ("not enough rights", "telegram.no_right"),
    ("have no rights", "telegram.no_right"),
    ("chat_write_forbidden", "telegram.no_right"),
    ("chat not found", "telegram.unknown_chat"),
    ("message to edit not found", "telegram.message_gone"),
    ("message can't be edited", "telegram.message_gone"),
)
"""Refusals are told apart by their text alone: https://core.telegram.org/bots/api#making-requests, read 2025-11."""


def is_unchanged(error: TelegramError) -> bool:
    """Whether an edit was refused only because the message already shows just that."""
    return isinstance(error, BadRequest) and "message is not modified" in error.message.lower()


def translate(error: TelegramError, *, repeatable: bool = False) -> ChatError:
    """The outbox's view of an error.

    Args:
        repeatable: doing the same again does no harm (an edit), so that an unknown outcome is a reason to retry.
    """
    if isinstance(error, RetryAfter):
        seconds = seconds_asked_for(error)
        return ChatError(say("telegram.slow_down", seconds=round(seconds)), retry_after_seconds=seconds)
    if isinstance(error, ChatMigrated):
        return moved(str(error.new_chat_id))
    if isinstance(error, InvalidToken):
        return ChatError(say("telegram.token", reason=error.message), permanent=True)
    if isinstance(error, Forbidden | BadRequest):
        return ChatError(_refusal(error.message), permanent=True)
    return _lost(error, repeatable)


def moved(chat: str) -> ChatError:
    """The group has a new id."""
    return ChatError(say("telegram.moved", chat=chat), moved_to=chat)


def seconds_asked_for(error: RetryAfter) -> float:
    """How long Telegram asks to wait. The library gives a number or a timedelta, by an environment variable."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _refusal(reason: str) -> str:
    key = next((key for words, key in SENTENCES if words in reason.lower()), "telegram.refused")
    return say(key, reason=reason)


def _lost(error: TelegramError, repeatable: bool) -> ChatError:
    cause = error.__cause__
    if not isinstance(cause, httpx.HTTPError):
        return ChatError(say("telegram.troubled", reason=error.message), retry_after_seconds=RETRY_SECONDS)
    if repeatable or isinstance(cause, NEVER_SENT):
        return ChatError(say("telegram.unreachable", reason=type(cause).__name__), retry_after_seconds=RETRY_SECONDS)
    return ChatError(say("telegram.uncertain"), uncertain=True)
