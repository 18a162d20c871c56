"""Whether a word is an everyday one: what is left of a headline without everyday words is, nearly always, a name.

The table is counted once over general posts (see `weights/rarity.md`) and holds one bit for each hashed word.
"""

import zlib
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TABLE_BITS = 20
FEWEST_POSTS = 15
"""A word that so many of the general posts hold is an everyday word; between 3 and 25 the choice matters little."""
_FILE = Path(__file__).parent / "weights" / "common_words.npz"


@lru_cache(1 << 16)
def is_common(word: str) -> bool:
    """Whether a word, in matching form, is an everyday one."""
    return bool(_table()[_bucket(word)])


def count(posts: Iterable[Iterable[str]]) -> NDArray[np.bool_]:
    """Make the table from the words of many posts."""
    seen = Counter(word for words in posts for word in set(words))
    table = np.zeros(1 << TABLE_BITS, bool)
    table[[_bucket(word) for word, number in seen.items() if number >= FEWEST_POSTS]] = True
    return table


def save(table: NDArray[np.bool_], path: Path = _FILE) -> None:
    """Store a table, one bit for each bucket."""
    np.savez_compressed(path, bits=np.packbits(table))


def _bucket(word: str) -> int:
    return zlib.crc32(word.encode()) >> (32 - TABLE_BITS)


@cache
def _table() -> NDArray[np.bool_]:
    with np.load(_FILE) as stored:
        return np.unpackbits(stored["bits"]).astype(bool)
