"""What the gateway's errors mean to the outbox. It reports nearly everything as UNKNOWN, so that the text must tell."""

from adapters.chat.wechat.compatibility import GRPCError, ProtocolError, Status, StreamTerminatedError
from casework.errors import ChatError
from prompts import say

RETRY_SECONDS = 15.0
"""When to try again while the gateway is down or nobody is logged in."""

LINK_ERRORS = (GRPCError, ProtocolError, StreamTerminatedError, OSError, TimeoutError)
"""All that a call over the link can raise."""

LOGGED_OUT = ("not logged in", "not login", "logged out", "login first")
GONE = ("not found", "no such", "not exist", "not in room", "no room", "not a member", "load(")


def is_refused_token(error: BaseException) -> bool:
    """Whether the gateway does not know the token."""
    return isinstance(error, GRPCError) and error.status in (Status.UNAUTHENTICATED, Status.PERMISSION_DENIED)


def translate(error: BaseException, *, sending: bool = False) -> ChatError:
    """The outbox's view of an error.

    Args:
        sending: the call was one that puts a message out, so that silence leaves open whether it stands there.
    """
    match error:
        case GRPCError():
            return _answered(error)
        case TimeoutError() | StreamTerminatedError() | ProtocolError() if sending:
            return ChatError(say("wechat.uncertain"), uncertain=True)
        case TimeoutError():
            return ChatError(say("wechat.no_answer"), retry_after_seconds=RETRY_SECONDS)
        case _:
            return unreachable(type(error).__name__)


def unreachable(reason: str) -> ChatError:
    """The gateway cannot be reached."""
    return ChatError(say("wechat.unreachable", reason=reason), retry_after_seconds=RETRY_SECONDS)


def logged_out() -> ChatError:
    """The gateway runs, and no account is logged in there."""
    return ChatError(say("wechat.logged_out"), retry_after_seconds=RETRY_SECONDS)


def bad_token() -> ChatError:
    """The gateway does not know the token."""
    return ChatError(say("wechat.token"), permanent=True)


def _answered(error: GRPCError) -> ChatError:
    reason = (error.message or error.status.name).splitlines()[0]
    if is_refused_token(error):
        return bad_token()
    if error.status is Status.UNAVAILABLE:
        return unreachable(reason)
    if error.status is Status.RESOURCE_EXHAUSTED:
        return ChatError(say("wechat.too_big"), permanent=True)
    if any(words in reason.lower() for words in LOGGED_OUT):
        return logged_out()
    permanent = any(words in reason.lower() for words in GONE)
    return ChatError(say("wechat.refused", reason=reason), permanent=permanent, retry_after_seconds=None if permanent else RETRY_SECONDS)
