"""The embedded embedder: hashed character n-grams, weighted by how rare they are. Needs no download and no model."""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from language.normalising import normalise

BUCKETS = 1 << 16
_SIZES = (1, 2, 3)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_RARITY = Path(__file__).parent / "weights" / "ngram_rarity.npz"
_BATCH = 2_000


class HashedEmbedder:
    """Vectors of unit length from signed hashing of character n-grams; alike texts share n-grams. The port is `retrieval.model.Embedder`.

    Args:
        dimensions: length of a vector.
    """

    def __init__(self, dimensions: int = 256) -> None:
        self.dimensions = dimensions
        self.identity = f"hashed-ngrams/{dimensions}/{_weights_version()}"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row per text, shape (len(texts), dimensions); a text without letters gives zeros."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), _BATCH):
            self._embed_into(vectors[start : start + _BATCH], texts[start : start + _BATCH])
        return vectors

    def _embed_into(self, vectors: NDArray[np.float32], texts: Sequence[str]) -> None:
        pairs, counts = np.unique(_grams(texts), return_counts=True)
        text, bucket = pairs // BUCKETS, pairs % BUCKETS
        mixed = bucket.astype(np.uint64) * _MIX
        column = (mixed >> np.uint64(40)) % np.uint64(self.dimensions)
        sign = np.where(mixed >> np.uint64(63), np.float32(1), np.float32(-1))
        np.add.at(vectors, (text, column.astype(np.int64)), sign * np.sqrt(counts).astype(np.float32) * _rarity()[bucket])
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        np.divide(vectors, lengths, out=vectors, where=lengths > 0)


def rarity_of(texts: Sequence[str]) -> NDArray[np.uint8]:
    """For each bucket of n-grams how rare it is among `texts` (inverse document frequency), in sixteenths."""
    seen = np.zeros(BUCKETS)
    for start in range(0, len(texts), _BATCH):
        seen += np.bincount(np.unique(_grams(texts[start : start + _BATCH])) % BUCKETS, minlength=BUCKETS)
    return np.clip(np.round(16 * np.log(1 + (len(texts) - seen + 0.5) / (seen + 0.5))), 0, 255).astype(np.uint8)


def _grams(texts: Sequence[str]) -> NDArray[np.int64]:
    """All n-grams as text number times BUCKETS plus bucket, for all sizes; none crosses what is no letter or digit."""
    plain = [normalise(text).text for text in texts]
    codes = np.frombuffer("\n".join(plain).encode("utf-32-le"), np.uint32).astype(np.uint64)
    owner = np.repeat(np.arange(len(plain)), [len(text) + 1 for text in plain])[: len(codes)]
    letters = _letters(codes)
    found = []
    for size in _SIZES:
        whole, mixed = np.ones(max(0, len(codes) - size + 1), bool), np.zeros(max(0, len(codes) - size + 1), np.uint64)
        for offset in range(size):
            whole &= letters[offset : offset + len(whole)]
            mixed = (mixed + codes[offset : offset + len(whole)] + np.uint64(size)) * _MIX
        bucket = (mixed >> np.uint64(48)).astype(np.int64)
        found.append((owner[: len(whole)].astype(np.int64) * BUCKETS + bucket)[whole])
    return np.concatenate(found)


def _letters(codes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    chinese = (codes >= 0x4E00) & (codes <= 0x9FFF)
    latin = (codes >= ord("a")) & (codes <= ord("z"))
    return chinese | latin | ((codes >= ord("0")) & (codes <= ord("9")))


@cache
def _rarity() -> Any:
    with np.load(_RARITY) as stored:
        return stored["rarity_in_sixteenths"].astype(np.float32) / 16


@cache
def _weights_version() -> str:
    return hashlib.sha256(_RARITY.read_bytes()).hexdigest()[:12]
