"""A language model behind any OpenAI-compatible address (DeepSeek, Qwen, a local vLLM or Ollama), through LangChain. Extra `models`."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from adapters.models.langchain_model import LangChainModel, Record
from retrieval.errors import ModelUnavailable

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

TEMPERATURE = 0.2


class OpenAICompatibleModel(LangChainModel):
    """A model of a server.

    Args:
        name: the model's name as the server knows it.
        base_url: address of the API, with its version (`https://…/v1`).
        api_key: may be empty for a server of one's own.
        domestic: whether the server stands in mainland China or is one's own (PIPL 第三十六条).
        timeout_seconds: for one request; while the answer streams, for the next piece of it.
        record: told of every request.
    """

    def __init__(
        self,
        name: str,
        *,
        base_url: str,
        api_key: str = "",
        domestic: bool = False,
        timeout_seconds: float = 60,
        record: Record | None = None,
    ) -> None:
        super().__init__(name, self._open, domestic=domestic, record=record)
        self._base_url, self._api_key, self._timeout_seconds = base_url, api_key, timeout_seconds

    @contextlib.asynccontextmanager
    async def _open(self) -> "AsyncIterator[BaseChatModel]":
        async with await asyncio.to_thread(_new_client) as client:
            yield await asyncio.to_thread(self._chat_over, client)

    def _chat_over(self, client: Any) -> "BaseChatModel":
        from langchain_openai import ChatOpenAI

        return ChatOpenAI(
            model=self.name, base_url=self._base_url, api_key=self._api_key or "none", timeout=self._timeout_seconds,
            http_async_client=client, max_retries=0, temperature=TEMPERATURE, stream_usage=True,
            extra_body={"response_format": {"type": "json_object"}},  # named otherwise, the client loses what a stream says that it cost
        )  # fmt: skip


def _new_client() -> Any:
    """An HTTP client of the kind that the openai library speaks through; in a thread, since its import takes a second or two."""
    try:
        from openai import DefaultAsyncHttpxClient
    except ImportError as error:
        raise ModelUnavailable("the extra `models` is not installed") from error
    return DefaultAsyncHttpxClient()
