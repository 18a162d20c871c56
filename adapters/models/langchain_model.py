"""Any chat model of LangChain behind the port `retrieval.model.LanguageModel`: JSON out, one more try, every request accounted for."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from adapters.models.vendor_faults import vendor_faults
from retrieval.errors import ModelUnavailable
from retrieval.model import Heard
from retrieval.model_use import ModelUse, UseOutcome

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

log = logging.getLogger("wensheng.models")

ATTEMPTS = 2
"""The first try and one more: for an answer that is no JSON of the shape asked for, or a server that stumbled."""
PAUSE_SECONDS = 0.5
"""Before the second try, where the server does not say how long to wait."""
LONGEST_PAUSE_SECONDS = 5.0
"""A server that asks for a longer wait is left alone; the caller is told when to come back."""
LONGEST_ANSWER = 60_000
"""Characters; a model that talks on beyond is talking rubbish."""
PASSING_STATUSES = (408, 409, 425, 429, 500, 502, 503, 504)

Record = Callable[[ModelUse], Awaitable[None]]
Opened = Callable[[], AbstractAsyncContextManager["BaseChatModel"]]


class LangChainModel:
    """One chat model that answers in JSON. It is given no tools; what a post says in its prompt can make it write, never act.

    Args:
        name: the model's name as staff see it.
        opened: makes the chat model for one answer and closes what it holds; its import takes seconds, so it is awaited.
        domestic: whether it stands in mainland China or is one's own (PIPL 第三十六条).
        record: told of every request, whatever came of it.
    """

    def __init__(self, name: str, opened: Opened, *, domestic: bool = False, record: Record | None = None) -> None:
        self.name, self.domestic = name, domestic
        self._opened, self._record = opened, record

    async def complete(self, system: str, user: str, schema: dict[str, Any], heard: Heard | None = None) -> dict[str, Any]:
        """The model's answer as a JSON object with the fields that `schema` requires.

        Args:
            heard: listens while the model speaks; without one the answer comes in one piece.

        Raises:
            ModelUnavailable: down, refused or slow; or stumbled twice; or twice no such object.
        """
        wording = f"{system}\n\nJSON 的结构：\n{json.dumps(schema, ensure_ascii=False)}"
        try:
            async with self._opened() as chat:
                return await self._patiently(chat, [("system", wording), ("human", user)], schema, heard)
        except vendor_faults() as error:  # while opening or closing: an address that is none
            raise ModelUnavailable(f"{self.name}: {type(error).__name__}") from error

    async def _patiently(self, chat: "BaseChatModel", messages: Any, schema: dict[str, Any], heard: Heard | None) -> dict[str, Any]:
        """The answer, with as many requests as it may take."""
        left = ATTEMPTS
        while True:
            left -= 1
            try:
                return await self._answer(chat, messages, schema, heard)
            except _Stumble as stumble:
                if not left or stumble.pause_seconds > LONGEST_PAUSE_SECONDS:
                    raise stumble.told(self.name) from stumble
                await asyncio.sleep(stumble.pause_seconds)

    async def _answer(self, chat: "BaseChatModel", messages: Any, schema: dict[str, Any], heard: Heard | None) -> dict[str, Any]:
        """One request, accounted for."""
        started, said = asyncio.get_running_loop().time(), _Said()
        outcome = UseOutcome.FAILED
        try:
            async for piece in _pieces(chat, messages, heard):
                said.take(piece)
                if heard is not None:
                    heard(said.text)
            answer = _object(said.text)
            if answer is None or not all(name in answer for name in schema.get("required", ())):
                outcome = UseOutcome.RUBBISH
                raise _Stumble(f"no usable JSON in {ATTEMPTS} answers", 0.0)
            outcome = UseOutcome.ANSWERED
            return answer
        except asyncio.CancelledError:
            outcome = UseOutcome.TOO_SLOW
            raise
        except vendor_faults() as error:
            raise _translated(self.name, error) from error
        finally:
            await self._account(outcome, asyncio.get_running_loop().time() - started, said)

    async def _account(self, outcome: UseOutcome, seconds: float, said: "_Said") -> None:
        log.info("model_asked model=%s outcome=%s seconds=%.1f in=%s out=%s", self.name, outcome, seconds, said.tokens_in, said.tokens_out)
        if self._record is not None:
            await self._record(ModelUse(self.name, outcome, seconds, said.tokens_in, said.tokens_out))


class _Stumble(Exception):
    """A request that failed in a way that a second one may not."""

    def __init__(self, message: str, pause_seconds: float = PAUSE_SECONDS) -> None:
        super().__init__(message)
        self.pause_seconds = pause_seconds

    def told(self, name: str) -> ModelUnavailable:
        longer = self.pause_seconds if self.pause_seconds > LONGEST_PAUSE_SECONDS else None
        return ModelUnavailable(f"{name}: {self}", retry_after_seconds=longer)


class _Said:
    """What a model has said so far, and what it says that it counted."""

    def __init__(self) -> None:
        self.text = ""
        self.tokens_in: int | None = None
        self.tokens_out: int | None = None

    def take(self, piece: "AIMessage") -> None:
        self.text += str(piece.text)
        if piece.usage_metadata:
            self.tokens_in, self.tokens_out = piece.usage_metadata["input_tokens"], piece.usage_metadata["output_tokens"]
        if len(self.text) > LONGEST_ANSWER:
            raise _Stumble("talks without end", 0.0)


async def _pieces(chat: "BaseChatModel", messages: Any, heard: Heard | None) -> "AsyncIterator[AIMessage]":
    """The answer in one piece, or as it is said where somebody listens."""
    if heard is None:
        yield await chat.ainvoke(messages)
        return
    async for piece in chat.astream(messages):
        yield piece


def _translated(name: str, error: Exception) -> Exception:
    """A vendor's error as what it means: try once more, or give up."""
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
    if status in PASSING_STATUSES:
        return _Stumble(f"HTTP {status}", _pause(getattr(response, "headers", {})))
    if status is not None or "timeout" in type(error).__name__.lower():
        return ModelUnavailable(f"{name}: {f'HTTP {status}' if status else type(error).__name__}")
    return _Stumble(type(error).__name__)


def _object(text: str) -> dict[str, Any] | None:
    """The JSON object in an answer, also where it stands in a code fence."""
    start, end = text.find("{"), text.rfind("}")
    try:
        found = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _pause(headers: Mapping[str, str]) -> float:
    """How long a server asks to wait, from now: seconds, or a date beside the server's own date."""
    asked = headers.get("retry-after", "")
    try:
        return max(0.0, float(asked))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(asked) - parsedate_to_datetime(headers.get("date", ""))).total_seconds())
    except (TypeError, ValueError):
        return PAUSE_SECONDS
