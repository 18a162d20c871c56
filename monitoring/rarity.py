"""How rare a run of characters is in everyday public posts: the background against which shared wording counts.

The table is counted once over general posts (see `weights/rarity.md`) and holds hashed counts only; what is common in one city
only is recognised where events are looked up, by the number of events that share it.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TABLE_BITS = 18
LOWEST = 0.05
"""Even the commonest run of characters weighs a little."""
COMMON_SHARE = np.exp(-2.0)
"""Occurring in so many posts makes a run of characters worth nothing."""
_STEPS = 24.0
_FILE = Path(__file__).parent / "weights" / "rarity.npz"


def rarity(grams: NDArray[np.uint32]) -> NDArray[np.float32]:
    """For each hashed run of characters: log of (COMMON_SHARE / share of posts that hold it), at least LOWEST."""
    found: NDArray[np.float32] = _table()[grams >> np.uint32(32 - TABLE_BITS)]
    return found


def count(posts: Iterable[NDArray[np.uint32]]) -> NDArray[np.float32]:
    """Make the table from the hashed runs of many posts, each given once per post."""
    seen, total = np.zeros(1 << TABLE_BITS, np.float64), 0
    for grams in posts:
        seen[np.unique(grams >> np.uint32(32 - TABLE_BITS))] += 1
        total += 1
    table: NDArray[np.float32] = np.maximum(np.log(COMMON_SHARE * (total + 1) / (seen + 0.5)), LOWEST).astype(np.float32)
    return table


def save(table: NDArray[np.float32], path: Path = _FILE) -> None:
    """Store a table, in steps of 1/24."""
    np.savez_compressed(path, steps=np.minimum(np.rint(table * _STEPS), 255).astype(np.uint8))


@cache
def _table() -> NDArray[np.float32]:
    with np.load(_FILE) as stored:
        table: NDArray[np.float32] = np.maximum(stored["steps"].astype(np.float32) / np.float32(_STEPS), np.float32(LOWEST))
        return table
