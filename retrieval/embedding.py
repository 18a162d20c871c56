"""The embedded embedder: a sum of trained vectors, one for each frequent character n-gram. Card: docs/models/embedding.md."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.ngrams import BUCKETS, bags_of

WEIGHTS = Path(__file__).parent / "weights" / "embedding.npz"
_BATCH = 1_000

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class NgramWeights:
    """What training found, as it is shipped: eight bits a number.

    Attributes:
        buckets: buckets of n-grams that have a vector, rising.
        vectors: their vectors, shape (len(buckets), dimensions), in steps of `scale`.
        scale: size of a step, one for each bucket.
        asking: what a bucket counts in a question, against 1.0 in a text that is found.
        leaning: added to every question: where texts that answer lie.
    """

    buckets: NDArray[np.uint32]
    vectors: NDArray[np.int8]
    scale: Vectors
    asking: Vectors
    leaning: Vectors

    @classmethod
    def load(cls, file: Path) -> "NgramWeights":
        with np.load(file) as stored:
            return cls(*(stored[field.name] for field in fields(cls)))

    def save(self, file: Path) -> None:
        np.savez_compressed(file, **{field.name: getattr(self, field.name) for field in fields(self)})

    @cached_property
    def expanded(self) -> Vectors:
        """The vectors in full."""
        return self.vectors * self.scale[:, None]

    @cached_property
    def row_of(self) -> NDArray[np.int32]:
        """For each bucket the row of its vector, -1 where it has none."""
        rows = np.full(BUCKETS, -1, np.int32)
        rows[self.buckets] = np.arange(len(self.buckets))
        return rows

    @cached_property
    def fingerprint(self) -> str:
        """Other weights have another."""
        digest = hashlib.sha256()
        for field in fields(self):
            digest.update(np.ascontiguousarray(getattr(self, field.name)).tobytes())
        return digest.hexdigest()[:12]


class HashedEmbedder:
    """Texts and questions as vectors; the product of a question's and a text's is high where the text answers.

    The port is `retrieval.model.Embedder`. A text's n-grams count by the square root of how often they occur.

    Args:
        weights: None are the shipped ones.
    """

    def __init__(self, weights: NgramWeights | None = None) -> None:
        self._weights = weights or _shipped()
        self.dimensions = self._weights.vectors.shape[1]
        self.identity = f"trained-ngrams/{self.dimensions}/{self._weights.fingerprint}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row of unit length per text, shape (len(texts), dimensions); a text without known letters gives zeros."""
        return self._embedded(texts, None)

    def embed_question(self, question: str) -> Vectors:
        """The vector of a question, shape (dimensions,): of unit length, moved to where answers lie."""
        vector: Vectors = self._embedded([question], self._weights.asking)[0]
        return vector + self._weights.leaning if vector.any() else vector

    def _embedded(self, texts: Sequence[str], asking: Vectors | None) -> Vectors:
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), _BATCH):
            self._sum_into(vectors[start : start + _BATCH], texts[start : start + _BATCH], asking)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        np.divide(vectors, lengths, out=vectors, where=lengths > 0)
        return vectors

    def _sum_into(self, vectors: Vectors, texts: Sequence[str], asking: Vectors | None) -> None:
        bags = bags_of(texts)
        rows, known = self._weights.row_of[bags.bucket], self._weights.expanded
        counts = np.sqrt(bags.times[rows >= 0]).astype(np.float32)
        texts_of, rows = bags.text[rows >= 0], rows[rows >= 0]
        if asking is not None:
            counts *= asking[rows]
        bounds = np.searchsorted(texts_of, np.arange(len(texts) + 1))
        for number, (start, end) in enumerate(pairwise(bounds)):
            np.matmul(counts[start:end], known[rows[start:end]], out=vectors[number])


@cache
def _shipped() -> NgramWeights:
    return NgramWeights.load(WEIGHTS)
