"""Embedders outside, through LangChain: an OpenAI-compatible address, Ollama, or a local folder of sentence-transformers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import SecretStr

from adapters.models.vendor_faults import vendor_faults
from language.masking import mask_personal_data
from retrieval.errors import ModelUnavailable

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

REQUEST_TEXTS = 64
"""So many texts go out in one request."""

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class EmbedderAddress:
    """Which embedder.

    Attributes:
        model: its name as the server knows it; for sentence-transformers the folder.
        dimensions: length of its vectors; must be known beforehand, so that starting needs no server.
        base_url: address of the server, with the version of the API where it has one.
        timeout_seconds: for one request.
    """

    model: str
    dimensions: int
    base_url: str = ""
    api_key: str = ""
    timeout_seconds: float = 30.0


class LangChainEmbedder:
    """Any embedder of LangChain. The port is `retrieval.model.Embedder`. Personal data is masked before a text leaves.

    Args:
        kind: how it is reached; part of the identity, for two kinds may serve one model differently.
        opened: makes the embedder when it is first needed; its import takes seconds.
    """

    def __init__(self, kind: str, address: EmbedderAddress, opened: Callable[[EmbedderAddress], "Embeddings"]) -> None:
        self.dimensions = address.dimensions
        self.identity = f"{kind}/{address.model}/{address.dimensions}"
        self._kind, self._address, self._opened = kind, address, opened

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row of unit length per text. Raises ModelUnavailable."""
        batches = [texts[start : start + REQUEST_TEXTS] for start in range(0, len(texts), REQUEST_TEXTS)]
        parts = [self._asked(batch, lambda outside, masked: outside.embed_documents(masked)) for batch in batches]
        return np.concatenate([np.zeros((0, self.dimensions), np.float32), *parts])

    def embed_question(self, question: str) -> Vectors:
        """The vector of a question. Raises ModelUnavailable."""
        vector: Vectors = self._asked([question], lambda outside, masked: [outside.embed_query(masked[0])])[0]
        return vector

    @cached_property
    def _outside(self) -> "Embeddings":
        try:
            return self._opened(self._address)
        except ImportError as error:
            raise ModelUnavailable(f"{self._kind}: {error.name} is not installed (extra `{self._kind.replace('_', '-')}`)") from error
        except (OSError, ValueError) as error:
            raise ModelUnavailable(f"{self.identity}: {type(error).__name__}") from error

    def _asked(self, texts: Sequence[str], ask: "Callable[[Embeddings, list[str]], list[list[float]]]") -> Vectors:
        outside = self._outside
        try:
            vectors = np.asarray(ask(outside, [mask_personal_data(text).text for text in texts]), np.float32)
        except vendor_faults() as error:
            raise ModelUnavailable(f"{self.identity}: {type(error).__name__}") from error
        if vectors.shape != (len(texts), self.dimensions):
            raise ModelUnavailable(f"{self.identity}: vectors of shape {vectors.shape}, the settings say {self.dimensions}")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
        return unit


def open_ai_compatible(address: EmbedderAddress) -> LangChainEmbedder:
    """Behind an OpenAI-compatible address. Extra `models`."""
    return LangChainEmbedder("openai", address, _open_ai)


def ollama(address: EmbedderAddress) -> LangChainEmbedder:
    """Of an Ollama server. Extra `models`."""
    return LangChainEmbedder("ollama", address, _open_ollama)


def sentence_transformers(address: EmbedderAddress) -> LangChainEmbedder:
    """In a local folder; nothing is fetched. Extra `sentence-transformers`."""
    return LangChainEmbedder("sentence_transformers", address, _open_folder)


def _open_ai(address: EmbedderAddress) -> "Embeddings":
    from langchain_openai import OpenAIEmbeddings
    from openai import DefaultHttpxClient

    return OpenAIEmbeddings(
        model=address.model, openai_api_base=address.base_url, openai_api_key=SecretStr(address.api_key or "none"), max_retries=0,
        request_timeout=address.timeout_seconds, check_embedding_ctx_length=False, http_client=DefaultHttpxClient(limits=_no_leftovers()),
    )  # fmt: skip


def _open_ollama(address: EmbedderAddress) -> "Embeddings":
    from langchain_ollama import OllamaEmbeddings

    client = {"timeout": address.timeout_seconds, "limits": _no_leftovers()}
    return OllamaEmbeddings(model=address.model, base_url=address.base_url or None, client_kwargs=client)


def _open_folder(address: EmbedderAddress) -> "Embeddings":
    from langchain_huggingface import HuggingFaceEmbeddings

    folder: Embeddings = HuggingFaceEmbeddings(model_name=address.model, model_kwargs={"local_files_only": True})
    return folder


def _no_leftovers() -> Any:
    """No connection is kept between two requests: nobody would close it."""
    import httpx

    return httpx.Limits(max_keepalive_connections=0)
