"""Stands in for langchain-huggingface where the extra is not installed: the part of 1.2.3's `HuggingFaceEmbeddings` that we call."""

from typing import Any

import sentence_transformers
from langchain_core.embeddings import Embeddings
from pydantic import BaseModel, ConfigDict, Field


class HuggingFaceEmbeddings(BaseModel, Embeddings):
    """Same fields, same refusal of unknown ones, same calls below."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=(), populate_by_name=True)

    model_name: str = Field(alias="model")
    cache_folder: str | None = None
    model_kwargs: dict[str, Any] = Field(default_factory=dict)
    encode_kwargs: dict[str, Any] = Field(default_factory=dict)
    query_encode_kwargs: dict[str, Any] = Field(default_factory=dict)

    def model_post_init(self, _: Any) -> None:
        self._client = sentence_transformers.SentenceTransformer(self.model_name, cache_folder=self.cache_folder, **self.model_kwargs)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        plain = [text.replace("\n", " ") for text in texts]
        vectors: list[list[float]] = self._client.encode(plain, show_progress_bar=False, **self.encode_kwargs).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]
