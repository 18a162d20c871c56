"""Character n-grams as numbers: the features of the linear models, without any dictionary."""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_MULTIPLIERS = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1], dtype=np.uint32)
_LENGTH_SALT = np.array([0x2545F491, 0x6C8E9CF5, 0x1B56C4E9, 0x7FEB352D, 0x846CA68B], dtype=np.uint32)
_STEP, _STEP_SHIFT, _LAST, _LAST_SHIFT = np.uint32(0x01000193), np.uint32(15), np.uint32(0x85EBCA6B), np.uint32(13)


def hashed_ngrams(text: str, sizes: tuple[int, ...], buckets: int) -> NDArray[np.uint32]:
    """The bucket of each character n-gram of `text`, each bucket once, in rising order.

    Args:
        text: taken as it is.
        sizes: lengths of the n-grams, 1 to 5.
        buckets: a power of two.
    """
    codes = np.frombuffer(text.encode("utf-32-le", errors="replace"), dtype=np.uint32)
    fitting = sorted(size for size in sizes if size <= len(codes))
    return distinct(np.concatenate(_hashes(codes, fitting)) & np.uint32(buckets - 1)) if fitting else np.empty(0, dtype=np.uint32)


def ngrams_in_place(text: str, size: int, buckets: int) -> NDArray[np.uint32]:
    """The bucket of the n-gram that begins at each place of `text`; empty where the text is shorter than one."""
    codes = np.frombuffer(text.encode("utf-32-le", errors="replace"), dtype=np.uint32)
    return _hashes(codes, (size,))[0] & np.uint32(buckets - 1) if len(codes) >= size else np.empty(0, dtype=np.uint32)


def distinct(numbers: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Each number once, in rising order: np.unique, whose hashing takes longer than sorting for the few hundred of a post."""
    ordered = np.sort(numbers)
    is_first = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    return ordered[is_first]


def summed(weights: NDArray[np.int8], buckets: NDArray[np.uint32]) -> NDArray[np.int32]:
    """The sum of the rows of a table that belong to these buckets."""
    sums: NDArray[np.int32] = np.einsum("ij->j", weights.take(buckets, axis=0).astype(np.int32))
    return sums


def _hashes(codes: NDArray[np.uint32], sizes: Sequence[int]) -> list[NDArray[np.uint32]]:
    """For each of the rising `sizes`, a multiplicative hash of each window of so many characters, finished by the mixer of MurmurHash3.

    The sizes are the rows of one table, so that numpy is called as often for all of them as for the longest.
    """
    mixed = np.repeat(_LENGTH_SALT[np.array(sizes) - 1, np.newaxis], len(codes), axis=1)
    for place in range(sizes[-1]):
        reaching = mixed[bisect_right(sizes, place) :, : len(codes) - place]
        reaching ^= codes[place:] * _MULTIPLIERS[place]
        reaching *= _STEP
        reaching ^= reaching >> _STEP_SHIFT
    mixed *= _LAST
    mixed ^= mixed >> _LAST_SHIFT
    return [row[: len(codes) - size + 1] for row, size in zip(mixed, sizes, strict=True)]
