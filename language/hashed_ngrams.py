"""Character n-grams as numbers: the features of the linear models, without any dictionary."""

import numpy as np
from numpy.typing import NDArray

_MULTIPLIERS = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1], dtype=np.uint32)
_LENGTH_SALT = np.array([0x2545F491, 0x6C8E9CF5, 0x1B56C4E9, 0x7FEB352D, 0x846CA68B], dtype=np.uint32)


def hashed_ngrams(text: str, sizes: tuple[int, ...], buckets: int) -> NDArray[np.uint32]:
    """The bucket of each character n-gram of `text`, each bucket once, in rising order.

    Args:
        text: taken as it is.
        sizes: lengths of the n-grams, 1 to 5.
        buckets: a power of two.
    """
    codes = np.frombuffer(text.encode("utf-32-le", errors="replace"), dtype=np.uint32)
    parts = [_hashes(codes, size) for size in sizes if len(codes) >= size]
    if not parts:
        return np.empty(0, dtype=np.uint32)
    return np.unique(np.concatenate(parts) & np.uint32(buckets - 1))


def ngrams_in_place(text: str, size: int, buckets: int) -> NDArray[np.uint32]:
    """The bucket of the n-gram that begins at each place of `text`; empty where the text is shorter than one."""
    codes = np.frombuffer(text.encode("utf-32-le", errors="replace"), dtype=np.uint32)
    return _hashes(codes, size) & np.uint32(buckets - 1) if len(codes) >= size else np.empty(0, dtype=np.uint32)


def _hashes(codes: NDArray[np.uint32], size: int) -> NDArray[np.uint32]:
    """A multiplicative hash of each window of `size` characters, finished by the mixer of MurmurHash3."""
    count = len(codes) - size + 1
    mixed = np.full(count, _LENGTH_SALT[size - 1], dtype=np.uint32)
    for place in range(size):
        mixed = (mixed ^ (codes[place : place + count] * _MULTIPLIERS[place])) * np.uint32(0x01000193)
        mixed ^= mixed >> np.uint32(15)
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    return mixed
