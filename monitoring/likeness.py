"""How likely posts speak of one concrete matter, by their names, their troubles, their wording and the days between them.

One matter means the same place or organisation *and* the same trouble there. So what two posts share as names and what they share as
troubles count apart and together: a shared name alone, or a shared trouble alone, is not enough. A new post is held against all
candidates at once: their arrays are laid end to end and each comparison is one numpy call over all of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from language.script import to_simplified
from monitoring.lines import OTHER
from monitoring.matter import Matter
from monitoring.wording import BREAK, Wording

Numbers = NDArray[np.float64]

COMMON = 1.5
"""A pair of characters less rare than this lends nothing to a shared run."""
RARE_NAME = 8.0
"""From this rarity on a shared run of characters is taken for a name; two pairs of characters reach it that nearly no other post holds."""
LENGTH_SHARE = 0.75
"""To this power the lengths of two texts divide what they share: at 1 (the cosine) two long letters about one matter look unlike."""
HARDLY = 0.2
"""Two names that share a smaller part of their letters are two, and not one garbled."""
EXCHANGED = 0.46
"""Headlines so much the same but for the names are one letter about two things, never one matter; from 0.5 on 0 of 12 were."""
_EXCHANGED_AT_MOST = -2.0
_MOST_RARITY, _SUREST = 40.0, 30.0
_FILE = Path(__file__).parent / "weights" / "likeness.npz"

_WORDING_SHARE, _SAME_PLACE, _SAME_LINE, _OTHER_LINE, _SAME_HOURS = 0.3, -0.5, 2.5, -2.0, 2.5
_OTHER_PLACE, _OTHER_PLACE_AT_MOST = -6.0, -2.0
_HOURS_APART = 12.0
"""At one known place the wording counts less, line and nearness in time decide; at two, nothing but a repetition is one matter."""

FEATURES = (
    "cover", "shared_run", "shared_beside", "days", "other_district", "other_number", "troubles", "troubles_in_body", "wording",
    "other_name", "spoken_names", "name_letters", "named", "exchanged", "cosine", "length",
)  # fmt: skip
PRODUCTS = (
    ("name_letters", "troubles"), ("name_letters", "wording"), ("troubles", "wording"), ("spoken_names", "troubles"),
    ("spoken_names", "wording"), ("named", "troubles"), ("named", "wording"), ("exchanged", "wording"),
)  # fmt: skip
"""Names, troubles and wording count most where they come together."""


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
    matter: Matter = field(default_factory=Matter)

    @cached_property
    def frame(self) -> NDArray[np.float32]:
        """How rare each pair of the headline is that belongs to no name; 0 for those that do."""
        return np.where(np.isin(self.wording.head, self.matter.names), np.float32(0), self.wording.head_rarity)


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


@dataclass(frozen=True, eq=False)
class LikenessModel:
    """A logistic regression over FEATURES and PRODUCTS.

    Attributes:
        weights: one for each of FEATURES, then of PRODUCTS.
        trouble_numbers: of the kinds of trouble whose rarity is known, ascending.
        trouble_rarity: the logarithm of all posts by those that tell of it.
    """

    weights: Numbers
    offset: float
    trouble_numbers: NDArray[np.uint32]
    trouble_rarity: Numbers

    def scores(self, found: Numbers) -> Numbers:
        """The log-odds of one matter for each row of `features`."""
        scores = self.offset + with_products(found) @ self.weights
        is_exchanged = found[:, FEATURES.index("exchanged")] >= EXCHANGED
        return np.where(is_exchanged, np.minimum(scores, _EXCHANGED_AT_MOST), scores)

    @cached_property
    def _middle(self) -> float:
        return float(np.median(self.trouble_rarity))

    def rarity_of(self, troubles: NDArray[np.uint32]) -> Numbers:
        """How much kinds of trouble weigh; one that a department has added, as much as the middle one."""
        if not len(self.trouble_numbers):
            return np.ones(len(troubles))
        places = np.minimum(np.searchsorted(self.trouble_numbers, troubles), len(self.trouble_numbers) - 1)
        known = self.trouble_numbers[places] == troubles
        return np.where(known, self.trouble_rarity[places], self._middle)

    def save(self, path: Path = _FILE) -> None:
        """Store the model without pickle."""
        np.savez_compressed(
            path,
            weights=self.weights.astype(np.float32),
            offset=np.float64(self.offset),
            trouble_numbers=self.trouble_numbers,
            trouble_rarity=self.trouble_rarity.astype(np.float32),
        )

    @staticmethod
    def load(path: Path = _FILE) -> "LikenessModel":
        """The model that `save` wrote."""
        with np.load(path) as stored:
            return LikenessModel(
                stored["weights"].astype(float), float(stored["offset"]), stored["trouble_numbers"], stored["trouble_rarity"].astype(float)
            )


@cache
def load_likeness() -> LikenessModel:
    """The model that comes with the program, read once."""
    return LikenessModel.load()


def compare(new: Voice, olds: Sequence[Voice], model: LikenessModel | None = None) -> list[Resemblance]:
    """Hold a post against those that are remembered, all at once."""
    if not olds:
        return []
    model = model or load_likeness()
    found, cosines = features(new, olds, model)
    runs = found[:, FEATURES.index("shared_run")]
    return [
        _judged(new, old, score, run, cosine)
        for old, score, run, cosine in zip(olds, model.scores(found).tolist(), runs.tolist(), cosines.tolist(), strict=True)
    ]


@lru_cache(1 << 14)
def is_same_place(one: str | None, other: str | None) -> bool | None:
    """Whether two known places are one, or one lies in the other; None where either is unknown."""
    if not one or not other:
        return None
    first, second = ("".join(to_simplified(place).split()) for place in (one, other))
    return first in second or second in first


def with_products(found: Numbers) -> Numbers:
    """The features with their products."""
    pairs = [found[:, FEATURES.index(one)] * found[:, FEATURES.index(other)] for one, other in PRODUCTS]
    return np.column_stack([found, *pairs])


def features(new: Voice, olds: Sequence[Voice], model: LikenessModel) -> tuple[Numbers, Numbers]:
    """The numbers that are weighed: one row for each remembered post, the columns as in FEATURES; and the cosines of the wording."""
    words = _Meeting(new.wording.grams, [old.wording.grams for old in olds])
    shared = words.products(new.wording.strengths, np.concatenate([old.wording.strengths for old in olds]))
    lengths = new.wording.length * np.array([old.wording.length for old in olds])
    cover, run, beside = _headlines(new, olds, words)
    named, other_name = _names(new, olds, words)
    troubles, in_body = _troubles(new.matter, [old.matter for old in olds], model)
    cosines, letters = shared / np.maximum(lengths, 1e-9), _letters(new.matter, olds)
    hours = np.array([abs((new.posted_at - old.posted_at).total_seconds()) for old in olds]) / 3600
    found = np.column_stack([
        cover, run, beside, np.log1p(hours / 24),
        [bool(new.districts and old.districts and not new.districts & old.districts) for old in olds],
        [_numbers_differ(new.matter, old.matter) for old in olds],
        troubles, in_body, shared / np.maximum(lengths, 1e-9) ** LENGTH_SHARE,
        other_name, _spoken(new.matter, olds), letters, named, _exchanged(new, olds, letters), cosines,
            [math.log1p(min(len(new.wording.grams), len(old.wording.grams))) for old in olds],
    ])  # fmt: skip
    return found, cosines


class _Meeting:
    """What one ascending array of numbers shares with each of many, laid end to end."""

    def __init__(self, mine: NDArray[np.uint32], theirs: Sequence[NDArray[np.uint32]]) -> None:
        self._count, self._mine = len(theirs), mine
        owners = np.repeat(np.arange(self._count), [len(each) for each in theirs])
        places, self._hit = find(np.concatenate(theirs), mine)
        self._owners, self._places = owners[self._hit], places[self._hit]

    def products(self, mine: NDArray[np.floating], theirs: NDArray[np.floating]) -> Numbers:
        """For each of the many, the sum of the products of what belongs to the shared numbers; `theirs` end to end."""
        return _added_up(self._owners, mine[self._places] * theirs[self._hit], self._count)

    def sums(self, mine: NDArray[np.floating]) -> Numbers:
        """For each of the many, the sum of what belongs to the shared numbers."""
        return _added_up(self._owners, mine[self._places], self._count)

    def held(self, asked: NDArray[np.uint32]) -> NDArray[np.bool_]:
        """For each of the many, a row: which of these numbers, all of them in `mine` but BREAK, it shares."""
        table = np.zeros((self._count, len(self._mine) + 1), bool)
        table[self._owners, self._places] = True
        places, is_mine = find(asked, self._mine)
        return table[:, np.where(is_mine, places, len(self._mine))]


def _added_up(owners: NDArray[np.intp], values: NDArray[np.floating], count: int) -> Numbers:
    """For each of so many owners, the sum of its values."""
    return np.bincount(owners, values, count).astype(float)


def find(asked: NDArray[np.uint32], ascending: NDArray[np.uint32]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where each number stands in an ascending array, and whether it does."""
    if not len(ascending):
        return np.zeros(len(asked), np.intp), np.zeros(len(asked), bool)
    places = np.minimum(np.searchsorted(ascending, asked), len(ascending) - 1)
    return places, ascending[places] == asked


def _headlines(new: Voice, olds: Sequence[Voice], words: _Meeting) -> tuple[Numbers, Numbers, Numbers]:
    """How much of one headline the other post holds; the rarest unbroken run that is shared; and what is shared beside it."""
    count, head, rare = len(olds), new.wording.head, new.wording.head_rarity
    mine = _Stretches.of_rows(words.held(head), np.maximum(rare - COMMON, 0))
    heads, rarities = np.concatenate([old.wording.head for old in olds]), np.concatenate([old.wording.head_rarity for old in olds])
    owners = np.repeat(np.arange(count), [len(old.wording.head) for old in olds])
    in_new = find(heads, new.wording.grams)[1]
    theirs = _Stretches(in_new & (heads != BREAK), np.maximum(rarities - COMMON, 0), owners, count)
    whole = np.array([float(old.wording.head_rarity.sum()) for old in olds])
    cover = np.maximum(
        (words.held(head) * rare).sum(1) / max(float(rare.sum()), 1e-9),
        _added_up(owners, rarities * in_new, count) / np.maximum(whole, 1e-9),
    )
    run, beside = np.minimum(mine.largest, theirs.largest), np.minimum(mine.rest, theirs.rest)
    return cover, run, beside


def _names(new: Voice, olds: Sequence[Voice], words: _Meeting) -> tuple[Numbers, Numbers]:
    """How much of one headline's names the other post holds, and the largest name of either that the other does not hold."""
    count, names = len(olds), new.matter.names
    held, real = words.held(names), names != BREAK
    theirs = np.concatenate([old.matter.names for old in olds])
    rarities = np.concatenate([old.matter.name_rarity for old in olds])
    owners = np.repeat(np.arange(count), [len(old.matter.names) for old in olds])
    in_new = find(theirs, new.wording.grams)[1]
    foreign = _Stretches(~in_new & (theirs != BREAK), rarities, owners, count, np.cumsum(theirs == BREAK))
    own = _Stretches.of_rows(~held & real, new.matter.name_rarity, np.cumsum(~real))
    mine_shared, theirs_shared = (held * new.matter.name_rarity).sum(1), _added_up(owners, rarities * in_new, count)
    mine_all, theirs_all = float(new.matter.name_rarity.sum()), _added_up(owners, rarities, count)
    named = np.maximum(mine_shared / (mine_all + 1), theirs_shared / (theirs_all + 1))
    return named, np.sqrt(np.minimum(np.maximum(own.largest, foreign.largest), _MOST_RARITY))


class _Stretches:
    """The worth of stretches of marked places, for each of many owners.

    Args:
        parts: places with one number belong to one stretch; without, unbroken runs of marked places do.
    """

    def __init__(
        self,
        marked: NDArray[np.bool_],
        worth: NDArray[np.floating],
        owners: NDArray[np.intp],
        count: int,
        parts: NDArray[np.intp] | None = None,
    ) -> None:
        parts = np.cumsum(~marked) if parts is None else parts
        self.largest, self._whole = np.zeros(count), np.zeros(count)
        if not marked.any():
            return
        of, part, value = owners[marked], parts[marked], worth[marked]
        starts = np.flatnonzero(np.concatenate(([True], (np.diff(part) != 0) | (np.diff(of) != 0))))
        sums = np.add.reduceat(value.astype(float), starts)
        np.maximum.at(self.largest, of[starts], sums)
        self._whole = _added_up(of, value, count)

    @staticmethod
    def of_rows(marked: NDArray[np.bool_], worth: NDArray[np.floating], parts: NDArray[np.intp] | None = None) -> "_Stretches":
        """The stretches of a table, one row for each owner."""
        count, width = marked.shape
        all_parts = np.tile(parts, count) if parts is not None else None
        return _Stretches(marked.ravel(), np.tile(worth, count), np.repeat(np.arange(count), width), count, all_parts)

    @property
    def rest(self) -> Numbers:
        """What lies beside the largest stretch."""
        return self._whole - self.largest


def _troubles(new: Matter, olds: Sequence[Matter], model: LikenessModel) -> tuple[Numbers, Numbers]:
    """How alike the troubles are, of the whole posts and of the bodies: cosines."""
    meeting = _Meeting(new.troubles, [old.troubles for old in olds])
    owners = np.repeat(np.arange(len(olds)), [len(old.troubles) for old in olds])
    mine, theirs = model.rarity_of(new.troubles), model.rarity_of(np.concatenate([old.troubles for old in olds]))

    def alike(own: Numbers, others: Numbers) -> Numbers:
        lengths = np.sqrt(own @ own) * np.sqrt(_added_up(owners, others * others, len(olds)))
        cosines: Numbers = meeting.products(own, others) / np.maximum(lengths, 1e-9)
        return cosines

    whole = alike(new.in_all * mine, np.concatenate([old.in_all for old in olds]) * theirs)
    return whole, alike(new.in_body * mine, np.concatenate([old.in_body for old in olds]) * theirs)


def _spoken(new: Matter, olds: Sequence[Voice]) -> Numbers:
    """How rare all names are together that both openings hold."""
    shared: Numbers = np.log1p(_Meeting(new.spoken, [old.matter.spoken for old in olds]).sums(new.spoken_rarity))
    return shared


def _letters(new: Matter, olds: Sequence[Voice]) -> Numbers:
    """The share of the letters in the names of the shorter headline that are in those of the other, in whatever order."""
    shared = _Meeting(new.letters, [old.matter.letters for old in olds]).sums(np.ones(len(new.letters)))
    fewest = np.array([min(len(new.letters), len(old.matter.letters)) for old in olds])
    share: Numbers = shared / np.maximum(fewest, 1)
    return share


def _exchanged(new: Voice, olds: Sequence[Voice], letters: Numbers) -> Numbers:
    """Where two headlines name things that have hardly a letter in common: how much of all else in them is the same.

    One sentence about two names tells of two matters, however alike the texts are.
    """
    count = len(olds)
    mine = _Meeting(new.wording.head_set, [old.wording.head_set for old in olds]).held(new.wording.head) @ new.frame
    heads, frames = np.concatenate([old.wording.head for old in olds]), np.concatenate([old.frame for old in olds])
    owners = np.repeat(np.arange(count), [len(old.wording.head) for old in olds])
    theirs = _added_up(owners, frames * find(heads, new.wording.head_set)[1], count)
    same = np.minimum(mine / max(float(new.frame.sum()), 1e-9), theirs / np.maximum(_added_up(owners, frames, count), 1e-9))
    named = np.array([bool(len(new.matter.letters) and len(old.matter.letters)) for old in olds])
    return np.where(named & (letters < HARDLY), same, 0.0)


def _numbers_differ(one: Matter, other: Matter) -> bool:
    """Whether both headlines number things of a kind (号线, 期, 栋) and no number is the same."""
    return any(not numbers & other.numbers[kind] for kind, numbers in one.numbers.items() if kind in other.numbers)


def _judged(new: Voice, old: Voice, score: float, run: float, cosine: float) -> Resemblance:
    hours = abs((new.posted_at - old.posted_at).total_seconds()) / 3600
    same_place = is_same_place(new.place, old.place)
    may_draw = old.is_alarming or not new.is_alarming
    if same_place is False or (same_place and may_draw):
        score = _at_known_places(score, new, old, hours, same_place=same_place)
    shares_name = may_draw and (same_place or (same_place is None and run >= RARE_NAME))
    return Resemblance(1 / (1 + math.exp(-max(-_SUREST, min(_SUREST, score)))), bool(shares_name), hours, cosine)


def _at_known_places(score: float, one: Voice, other: Voice, hours: float, *, same_place: bool) -> float:
    score = max(-8.0, min(8.0, score))
    if not same_place:
        return min(score + _OTHER_PLACE, _OTHER_PLACE_AT_MOST)
    told = OTHER not in (one.line, other.line)
    line = (_SAME_LINE if one.line == other.line else _OTHER_LINE) if told else 0.0
    return _WORDING_SHARE * score + _SAME_PLACE + line + _SAME_HOURS * math.exp(-hours / _HOURS_APART)
