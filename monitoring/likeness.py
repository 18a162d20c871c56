"""How likely posts speak of one concrete matter, by their names, their troubles, their wording and the days between them.

One matter means the same place or organisation *and* the same trouble there. So what two posts share as names and what they share as
troubles count apart and together: a shared name alone, or a shared trouble alone, is not enough. A new post is held against all
candidates at once: their arrays are laid end to end and each comparison is one numpy call over all of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from language.script import to_simplified
from monitoring.lines import OTHER
from monitoring.matter import Matter
from monitoring.voices import Meeting, Numbers, Rank, Voice, add_up, find, join, lay_out
from monitoring.wording import BREAK

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


def compare(new: Voice, *groups: Sequence[Voice], model: LikenessModel | None = None) -> list[Resemblance]:
    """Hold a post against those that are remembered, all at once.

    Args:
        groups: those of an event, which are laid end to end once and kept.
    """
    olds = [old for group in groups for old in group]
    if not olds:
        return []
    model = model or load_likeness()
    found, cosines = features(new, olds, model, *(lay_out(tuple(group)) for group in groups if group))
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


def features(new: Voice, olds: Sequence[Voice], model: LikenessModel, *gathered: Rank) -> tuple[Numbers, Numbers]:
    """The numbers that are weighed: one row for each remembered post, the columns as in FEATURES; and the cosines of the wording.

    Args:
        gathered: what `olds` are made of, where that is at hand.
    """
    rank = join(gathered or (lay_out(tuple(olds)),))
    words = Meeting(new.wording.grams, rank.grams)
    shared = words.products(new.wording.strengths, rank.strengths)
    lengths = new.wording.length * rank.length
    cover, run, beside = _headlines(new, rank, words)
    named, other_name = _names(new, rank, words)
    troubles, in_body = _troubles(new.matter, rank, model)
    cosines, letters = shared / np.maximum(lengths, 1e-9), _letters(new.matter, rank)
    hours = np.array([abs((new.posted_at - old.posted_at).total_seconds()) for old in olds]) / 3600
    found = np.column_stack([
        cover, run, beside, np.log1p(hours / 24),
        [bool(new.districts and old.districts and not new.districts & old.districts) for old in olds],
        [_numbers_differ(new.matter, old.matter) for old in olds],
        troubles, in_body, shared / np.maximum(lengths, 1e-9) ** LENGTH_SHARE,
        other_name, _spoken(new.matter, rank), letters, named, _exchanged(new, rank, letters), cosines,
        np.log1p(np.minimum(len(new.wording.grams), rank.grams.sizes)),
    ])  # fmt: skip
    return found, cosines


def _headlines(new: Voice, rank: Rank, words: Meeting) -> tuple[Numbers, Numbers, Numbers]:
    """How much of one headline the other post holds; the rarest unbroken run that is shared; and what is shared beside it."""
    head, rare = new.wording.head, new.wording.head_rarity
    held = words.held(head)
    mine = _Stretches.of_rows(held, np.maximum(rare - COMMON, 0))
    heads, rarities, owners, count = rank.heads.all, rank.head_rarity, rank.heads.owners, len(rank.length)
    in_new = find(heads, new.wording.grams)[1]
    theirs = _Stretches(in_new & (heads != BREAK), np.maximum(rarities - COMMON, 0), owners, count)
    cover = np.maximum(
        (held * rare).sum(1) / max(float(rare.sum()), 1e-9),
        add_up(owners, rarities * in_new, count) / np.maximum(rank.head_weight, 1e-9),
    )
    run, beside = np.minimum(mine.largest, theirs.largest), np.minimum(mine.rest, theirs.rest)
    return cover, run, beside


def _names(new: Voice, rank: Rank, words: Meeting) -> tuple[Numbers, Numbers]:
    """How much of one headline's names the other post holds, and the largest name of either that the other does not hold."""
    names, theirs, rarities, owners, count = new.matter.names, rank.names.all, rank.name_rarity, rank.names.owners, len(rank.length)
    held, real = words.held(names), names != BREAK
    in_new = find(theirs, new.wording.grams)[1]
    foreign = _Stretches(~in_new & (theirs != BREAK), rarities, owners, count, np.cumsum(theirs == BREAK))
    own = _Stretches.of_rows(~held & real, new.matter.name_rarity, np.cumsum(~real))
    mine_shared, theirs_shared = (held * new.matter.name_rarity).sum(1), add_up(owners, rarities * in_new, count)
    mine_all, theirs_all = float(new.matter.name_rarity.sum()), add_up(owners, rarities, count)
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
        self._whole = add_up(of, value, count)

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


def _troubles(new: Matter, rank: Rank, model: LikenessModel) -> tuple[Numbers, Numbers]:
    """How alike the troubles are, of the whole posts and of the bodies: cosines."""
    meeting, owners, count = Meeting(new.troubles, rank.troubles), rank.troubles.owners, len(rank.length)
    mine, theirs = model.rarity_of(new.troubles), model.rarity_of(rank.troubles.all)

    def alike(own: Numbers, others: Numbers) -> Numbers:
        lengths = np.sqrt(own @ own) * np.sqrt(add_up(owners, others * others, count))
        cosines: Numbers = meeting.products(own, others) / np.maximum(lengths, 1e-9)
        return cosines

    whole = alike(new.in_all * mine, rank.in_all * theirs)
    return whole, alike(new.in_body * mine, rank.in_body * theirs)


def _spoken(new: Matter, rank: Rank) -> Numbers:
    """How rare all names are together that both openings hold."""
    shared: Numbers = np.log1p(Meeting(new.spoken, rank.spoken).sums(new.spoken_rarity))
    return shared


def _letters(new: Matter, rank: Rank) -> Numbers:
    """The share of the letters in the names of the shorter headline that are in those of the other, in whatever order."""
    shared = Meeting(new.letters, rank.letters).sums(np.ones(len(new.letters)))
    fewest = np.minimum(len(new.letters), rank.letters.sizes)
    share: Numbers = shared / np.maximum(fewest, 1)
    return share


def _exchanged(new: Voice, rank: Rank, letters: Numbers) -> Numbers:
    """Where two headlines name things that have hardly a letter in common: how much of all else in them is the same.

    One sentence about two names tells of two matters, however alike the texts are.
    """
    heads, frames, owners, count = rank.heads.all, rank.frames, rank.heads.owners, len(rank.length)
    hardly = (letters < HARDLY) & (rank.letters.sizes > 0)
    if not len(new.matter.letters) or not hardly.any():
        return np.zeros(count)
    mine = Meeting(new.wording.head_set, rank.head_sets).held(new.wording.head) @ new.frame
    theirs = add_up(owners, frames * find(heads, new.wording.head_set)[1], count)
    same = np.minimum(mine / max(float(new.frame.sum()), 1e-9), theirs / np.maximum(add_up(owners, frames, count), 1e-9))
    return np.where(hardly, same, 0.0)


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
