"""Character n-grams of texts as numbers: what the embedded embedder sees of them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from language.normalising import normalise

BUCKET_BITS = 20
BUCKETS = 1 << BUCKET_BITS
_SIZES = (1, 2, 3)
_MIX = np.uint64(0x9E3779B97F4A7C15)


class Bags(NamedTuple):
    """The n-grams of several texts: for each text and bucket that occurs, in order of text and bucket, how often."""

    text: NDArray[np.int64]
    bucket: NDArray[np.int64]
    times: NDArray[np.int64]


def bags_of(texts: Sequence[str]) -> Bags:
    """The bags of n-grams of 1 to 3 characters, each hashed to a bucket; none crosses what is no letter or digit."""
    plain = [normalise(text).text for text in texts]
    codes = np.frombuffer("\n".join(plain).encode("utf-32-le"), np.uint32).astype(np.uint64)
    owner = np.repeat(np.arange(len(plain)), [len(text) + 1 for text in plain])[: len(codes)]
    letters = _letters(codes)
    found = np.concatenate([_hashed(codes, owner, letters, size) for size in _SIZES])
    numbers, counts = np.unique(found, return_counts=True)
    return Bags(numbers >> BUCKET_BITS, numbers & (BUCKETS - 1), counts)


def _hashed(codes: NDArray[np.uint64], owner: NDArray[np.int64], letters: NDArray[np.bool_], size: int) -> NDArray[np.int64]:
    """All n-grams of one size as text number times BUCKETS plus bucket."""
    starts = max(0, len(codes) - size + 1)
    whole, mixed = np.ones(starts, bool), np.zeros(starts, np.uint64)
    for offset in range(size):
        whole &= letters[offset : offset + starts]
        mixed = (mixed + codes[offset : offset + starts] + np.uint64(size)) * _MIX
    bucket = (mixed >> np.uint64(64 - BUCKET_BITS)).astype(np.int64)
    return (owner[:starts] * BUCKETS + bucket)[whole]


def _letters(codes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    chinese = (codes >= 0x4E00) & (codes <= 0x9FFF)
    latin = (codes >= ord("a")) & (codes <= ord("z"))
    return chinese | latin | ((codes >= ord("0")) & (codes <= ord("9")))
