"""Remembered posts laid end to end, so that a new one is held against all of them by one numpy call each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitoring.lines import OTHER
from monitoring.matter import Matter
from monitoring.wording import Wording

Numbers = NDArray[np.float64]


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


class Row:
    """The arrays of many owners laid end to end.

    Attributes:
        sizes: how long each owner's array is.
        owners: whose each entry is.
    """

    def __init__(self, all_: NDArray[Any], sizes: NDArray[np.intp]) -> None:
        self.all, self.sizes = all_, sizes

    @cached_property
    def owners(self) -> NDArray[np.intp]:
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    @staticmethod
    def of(arrays: Sequence[NDArray[Any]]) -> "Row":
        """One array for each owner."""
        return Row(np.concatenate(arrays), np.array([len(array) for array in arrays]))


@dataclass(frozen=True, eq=False)
class Rank:
    """Remembered posts in a row: what of them is compared."""

    grams: Row
    heads: Row
    head_sets: Row
    names: Row
    troubles: Row
    spoken: Row
    letters: Row
    strengths: NDArray[np.float32]
    head_rarity: NDArray[np.float32]
    frames: NDArray[np.float32]
    name_rarity: NDArray[np.float32]
    in_all: Numbers
    in_body: Numbers
    length: Numbers
    head_weight: Numbers


@lru_cache(1 << 10)
def lay_out(voices: tuple[Voice, ...]) -> Rank:
    """Posts in a row, each compared part end to end; kept, since the posts of an event are asked for again and again."""
    wordings, matters = [voice.wording for voice in voices], [voice.matter for voice in voices]
    return Rank(
        grams=Row.of([each.grams for each in wordings]),
        heads=Row.of([each.head for each in wordings]),
        head_sets=Row.of([each.head_set for each in wordings]),
        names=Row.of([each.names for each in matters]),
        troubles=Row.of([each.troubles for each in matters]),
        spoken=Row.of([each.spoken for each in matters]),
        letters=Row.of([each.letters for each in matters]),
        strengths=np.concatenate([each.strengths for each in wordings]),
        head_rarity=np.concatenate([each.head_rarity for each in wordings]),
        frames=np.concatenate([voice.frame for voice in voices]),
        name_rarity=np.concatenate([each.name_rarity for each in matters]),
        in_all=np.concatenate([each.in_all for each in matters]),
        in_body=np.concatenate([each.in_body for each in matters]),
        length=np.array([each.length for each in wordings]),
        head_weight=np.array([float(each.head_rarity.sum()) for each in wordings]),
    )


def join(ranks: Sequence[Rank]) -> Rank:
    """Several rows as one."""
    if len(ranks) == 1:
        return ranks[0]
    parts = {name: [getattr(rank, name) for rank in ranks] for name in Rank.__dataclass_fields__}
    return Rank(**{name: _laid_on(each) for name, each in parts.items()})


def _laid_on(parts: Sequence[Any]) -> Any:
    if isinstance(parts[0], Row):
        return Row(np.concatenate([part.all for part in parts]), np.concatenate([part.sizes for part in parts]))
    return np.concatenate(parts)


class Meeting:
    """What one ascending array of numbers shares with each of many, laid end to end."""

    def __init__(self, mine: NDArray[np.uint32], theirs: Row) -> None:
        self._count, self._mine = len(theirs.sizes), mine
        places, self._hit = find(theirs.all, mine)
        self._owners, self._places = theirs.owners[self._hit], places[self._hit]

    def products(self, mine: NDArray[np.floating], theirs: NDArray[np.floating]) -> Numbers:
        """For each of the many, the sum of the products of what belongs to the shared numbers; `theirs` end to end."""
        return add_up(self._owners, mine[self._places] * theirs[self._hit], self._count)

    def sums(self, mine: NDArray[np.floating]) -> Numbers:
        """For each of the many, the sum of what belongs to the shared numbers."""
        return add_up(self._owners, mine[self._places], self._count)

    def held(self, asked: NDArray[np.uint32]) -> NDArray[np.bool_]:
        """For each of the many, a row: which of these numbers, all of them in `mine` but BREAK, it shares."""
        table = np.zeros((self._count, len(self._mine) + 1), bool)
        table[self._owners, self._places] = True
        places, is_mine = find(asked, self._mine)
        return table[:, np.where(is_mine, places, len(self._mine))]


def add_up(owners: NDArray[np.intp], values: NDArray[np.floating], count: int) -> Numbers:
    """For each of so many owners, the sum of its values."""
    return np.bincount(owners, values, count).astype(float)


def find(asked: NDArray[np.uint32], ascending: NDArray[np.uint32]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where each number stands in an ascending array, and whether it does."""
    if not len(ascending):
        return np.zeros(len(asked), np.intp), np.zeros(len(asked), bool)
    places = np.minimum(np.searchsorted(ascending, asked), len(ascending) - 1)
    return places, ascending[places] == asked
