"""How likely two posts speak of one concrete matter, by their wording and the days between them.

One matter means the same place or organisation *and* the same trouble there. So the rare run of characters that two posts share
(nearly always a name) and what they share beside it count apart: a shared name alone, or a shared trouble alone, is not enough.
"""

import math
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from monitoring.wording import BREAK, Wording

COMMON = 1.5
"""A pair of characters less rare than this lends nothing to a shared run."""


@dataclass(frozen=True, eq=False)
class Voice:
    """One post as an event remembers it: its wording, its districts, its time."""

    wording: Wording
    posted_at: datetime
    districts: frozenset[str] = frozenset()


FEATURES = ("cosine", "cover", "shared_name", "shared_trouble", "days", "other_district", "length")
WEIGHTS = np.array([12.0, 6.0, 0.14, 0.19, -0.30, -2.4, 0.9])
OFFSET = -11.8
"""Logistic regression over pairs of posts that staff could mistake for one matter (`monitoring.likeness_training`), rounded."""


def likeness(one: Voice, other: Voice) -> float:
    """The probability, 0 to 1, that the two posts speak of one matter."""
    return 1 / (1 + math.exp(-(OFFSET + float(WEIGHTS @ features(one, other)))))


def features(one: Voice, other: Voice) -> NDArray[np.float64]:
    """The numbers that `likeness` weighs, in the order of FEATURES."""
    a, b = one.wording, other.wording
    in_b, in_a = b.holds(a.head), a.holds(b.head)
    name, trouble = _runs(a, in_b)
    other_name, other_trouble = _runs(b, in_a)
    return np.array([
        _cosine(a, b),
        max(_cover(a, in_b), _cover(b, in_a)),
        min(name, other_name),
        min(trouble, other_trouble),
        math.log1p(abs((one.posted_at - other.posted_at).total_seconds()) / 86_400),
        float(bool(one.districts and other.districts and not one.districts & other.districts)),
        math.log1p(min(len(a.grams), len(b.grams))),
    ])  # fmt: skip


def _cosine(a: Wording, b: Wording) -> float:
    if not len(b.grams):
        return 0.0
    places = np.minimum(np.searchsorted(b.grams, a.grams), len(b.grams) - 1)
    shared = b.grams[places] == a.grams
    return float(a.weights[shared] @ b.weights[places[shared]])


def _cover(wording: Wording, shared: NDArray[np.bool_]) -> float:
    whole = float(wording.head_rarity.sum())
    return float(wording.head_rarity[shared].sum()) / whole if whole else 0.0


def _runs(wording: Wording, shared: NDArray[np.bool_]) -> tuple[float, float]:
    """The rarest unbroken run of the head that is shared, and what is shared beside it."""
    worth = np.where(shared & (wording.head != BREAK), np.maximum(wording.head_rarity - COMMON, 0), 0)
    starts = np.flatnonzero(np.diff(np.concatenate(([False], shared & (wording.head != BREAK), [False]))))[::2]
    if not len(starts):
        return 0.0, 0.0
    runs = np.add.reduceat(worth, starts)
    return float(runs.max()), float(runs.sum() - runs.max())
