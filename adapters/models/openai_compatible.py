"""A language model behind any OpenAI-compatible address (DeepSeek, Qwen, a local vLLM or Ollama), through LangChain. Extra `models`."""

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from retrieval.errors import ModelUnavailable
from retrieval.model import Heard

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

ATTEMPTS = 2
"""The first try and one more, for an answer that is no JSON of the shape asked for."""

TEMPERATURE = 0.2


class OpenAICompatibleModel:
    """One chat model that answers in JSON. It is given no tools; what a post says in its prompt can make it write, never act.

    Args:
        name: the model's name as the server knows it.
        base_url: address of the API, with its version (`https://…/v1`).
        api_key: may be empty for a server of one's own.
        domestic: whether the server stands in mainland China or is one's own (PIPL 第三十六条).
        timeout_seconds: for one request.
    """

    def __init__(self, name: str, *, base_url: str, api_key: str = "", domestic: bool = False, timeout_seconds: float = 60) -> None:
        self.name, self.domestic = name, domestic
        self._base_url, self._api_key, self._timeout_seconds = base_url, api_key, timeout_seconds

    async def complete(self, system: str, user: str, schema: dict[str, Any], heard: Heard | None = None) -> dict[str, Any]:
        """The model's answer as a JSON object with the fields that `schema` requires.

        Args:
            heard: listens while the model speaks; without one the answer comes in one piece.

        Raises:
            ModelUnavailable: down, refused, slow, or twice no such object.
        """
        wording = f"{system}\n\nJSON 的结构：\n{json.dumps(schema, ensure_ascii=False)}"
        async with await asyncio.to_thread(_new_client) as client:
            chat = await asyncio.to_thread(self._chat_over, client)
            for _ in range(ATTEMPTS):
                answer = _object(await self._said(chat, wording, user, heard))
                if answer is not None and all(name in answer for name in schema.get("required", ())):
                    return answer
        raise ModelUnavailable(f"{self.name}: no usable JSON in {ATTEMPTS} answers")

    async def _said(self, chat: "BaseChatModel", system: str, user: str, heard: Heard | None) -> str:
        import httpx
        from openai import APIStatusError, OpenAIError

        messages = [("system", system), ("human", user)]
        try:
            if heard is None:
                return str((await chat.ainvoke(messages)).text)
            said = ""
            async for piece in chat.astream(messages):
                said += str(piece.text)
                heard(said)
            return said
        except APIStatusError as error:
            seconds = _retry_after(error.response.headers)
            raise ModelUnavailable(f"{self.name}: HTTP {error.status_code}", retry_after_seconds=seconds) from error
        except (OpenAIError, httpx.HTTPError, ValueError) as error:
            raise ModelUnavailable(f"{self.name}: {type(error).__name__}") from error

    def _chat_over(self, client: Any) -> "BaseChatModel":
        from langchain_openai import ChatOpenAI

        return ChatOpenAI(
            model=self.name, base_url=self._base_url, api_key=self._api_key or "none", timeout=self._timeout_seconds,
            http_async_client=client, max_retries=0, temperature=TEMPERATURE,
            model_kwargs={"response_format": {"type": "json_object"}},
        )  # fmt: skip


def _new_client() -> Any:
    """An HTTP client of the kind that the openai library speaks through; in a thread, since its import takes a second or two."""
    try:
        from openai import DefaultAsyncHttpxClient
    except ImportError as error:
        raise ModelUnavailable("the extra `models` is not installed") from error
    return DefaultAsyncHttpxClient()


def _object(text: str) -> dict[str, Any] | None:
    """The JSON object in an answer, also where it stands in a code fence."""
    start, end = text.find("{"), text.rfind("}")
    try:
        found = json.loads(text[start : end + 1])
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    try:
        return float(headers.get("retry-after", ""))
    except ValueError:
        return None
