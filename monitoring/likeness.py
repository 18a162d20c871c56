"""How likely two posts speak of one concrete matter, by their wording and the days between them.

One matter means the same place or organisation *and* the same trouble there. So the rare run of characters that two posts share
(nearly always a name) and what they share beside it count apart: a shared name alone, or a shared trouble alone, is not enough.
"""

import math
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from language.script import to_simplified
from monitoring.lines import OTHER
from monitoring.wording import BREAK, Wording

COMMON = 1.5
"""A pair of characters less rare than this lends nothing to a shared run."""


@dataclass(frozen=True, eq=False)
class Voice:
    """One post as an event remembers it.

    Attributes:
        districts: those that it names.
        place: only one that the department's gazetteer knows; other names of places count by their rarity.
        line: its business line.
        is_alarming: whether it has a level; praise or a question at a place draws no later complaint there to itself.
    """

    wording: Wording
    posted_at: datetime
    districts: frozenset[str] = frozenset()
    place: str | None = None
    line: str = OTHER
    is_alarming: bool = True


@dataclass(frozen=True)
class Resemblance:
    """What two posts have in common.

    Attributes:
        likelihood: 0 to 1, that they speak of one matter.
        shares_name: whether they name one known place, or share a rare run of characters and no known place speaks against it.
        hours: between them.
        cosine: 0 to 1, likeness of the wording alone.
    """

    likelihood: float
    shares_name: bool
    hours: float
    cosine: float


FEATURES = ("cosine", "cover", "shared_name", "shared_trouble", "days", "other_district", "length")
WEIGHTS = np.array([12.0, 6.0, 0.14, 0.19, -0.30, -2.4, 0.9])
OFFSET = -11.8
"""Logistic regression over pairs of posts that staff could mistake for one matter, fitted on citizens' messages of half a year, rounded."""
RARE_NAME = 8.0
"""From this rarity on a shared run of characters is taken for a name; two pairs of characters reach it that nearly no other post holds."""

_WORDING_SHARE, _SAME_PLACE, _SAME_LINE, _OTHER_LINE, _SAME_HOURS = 0.3, -0.5, 2.5, -2.0, 2.5
_OTHER_PLACE, _OTHER_PLACE_AT_MOST = -6.0, -2.0
_HOURS_APART = 12.0
"""At one known place the wording counts less, line and nearness in time decide; at two, nothing but a repetition is one matter."""


def compare(new: Voice, old: Voice) -> Resemblance:
    """Hold a post against one that is remembered."""
    found = features(new, old)
    score = OFFSET + float(WEIGHTS @ found)
    hours = abs((new.posted_at - old.posted_at).total_seconds()) / 3600
    same_place = is_same_place(new.place, old.place)
    may_draw = old.is_alarming or not new.is_alarming
    if same_place is False or (same_place and may_draw):
        score = _at_known_places(score, new, old, hours, same_place=same_place)
    shares_name = may_draw and (same_place or (same_place is None and found[FEATURES.index("shared_name")] >= RARE_NAME))
    return Resemblance(1 / (1 + math.exp(-score)), bool(shares_name), hours, float(found[0]))


def is_same_place(one: str | None, other: str | None) -> bool | None:
    """Whether two known places are one, or one lies in the other; None where either is unknown."""
    if not one or not other:
        return None
    first, second = ("".join(to_simplified(place).split()) for place in (one, other))
    return first in second or second in first


def _at_known_places(score: float, one: Voice, other: Voice, hours: float, *, same_place: bool) -> float:
    score = max(-8.0, min(8.0, score))
    if not same_place:
        return min(score + _OTHER_PLACE, _OTHER_PLACE_AT_MOST)
    told = OTHER not in (one.line, other.line)
    line = (_SAME_LINE if one.line == other.line else _OTHER_LINE) if told else 0.0
    return _WORDING_SHARE * score + _SAME_PLACE + line + _SAME_HOURS * math.exp(-hours / _HOURS_APART)


def features(one: Voice, other: Voice) -> NDArray[np.float64]:
    """The numbers that are weighed, in the order of FEATURES."""
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
