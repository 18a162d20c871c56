"""Embedders for the tests."""

from collections.abc import Sequence
from threading import Event

import numpy as np

from retrieval.embedding import HashedEmbedder, Vectors


class ShortEmbedder(HashedEmbedder):
    """Another embedder: the first numbers of the shipped one's vectors."""

    def __init__(self, dimensions: int = 64) -> None:
        super().__init__()
        self.dimensions, self.identity = dimensions, f"short/{dimensions}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        return HashedEmbedder().embed(texts)[:, : self.dimensions]

    def embed_question(self, question: str) -> Vectors:
        return HashedEmbedder().embed_question(question)[: self.dimensions]


class WaitingEmbedder(ShortEmbedder):
    """Embeds nothing until it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may = Event()

    def embed(self, texts: Sequence[str]) -> Vectors:
        assert self.may.wait(60)
        return super().embed(texts)


class CountingEmbedder:
    """Vectors that say how often a, b and c stand in a text."""

    identity, dimensions = "counts", 3

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.array([[text.count(letter) for letter in "abc"] for text in texts], np.float32).reshape(-1, 3)

    def embed_question(self, question: str) -> Vectors:
        return self.embed([question])[0]
