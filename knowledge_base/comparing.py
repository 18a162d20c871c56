"""What changed between two versions, clause by clause: added, removed, renumbered, changed with the changed words."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise

from language.segmentation import words

LEAST_ALIKE = 0.5
"""From this share of common pairs of characters (Dice) on, two clauses are one that was changed."""
_SAME_NUMBER = 0.1
_COMMON_PAIR = 40
"""Pairs of characters that so many clauses hold tell nothing apart."""
_CANDIDATES = 6
_MOST_WORDS = 3_000
"""Longer clauses (annexes) are compared line by line: comparing words costs the product of their numbers."""


class ChangeKind(StrEnum):
    """What became of a clause."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENUMBERED = "renumbered"
    SAME = "same"


class PieceKind(StrEnum):
    """Whether words stand in both versions, in the older or in the newer one."""

    KEPT = "kept"
    CUT = "cut"
    PUT = "put"


@dataclass(frozen=True)
class Piece:
    """Some words of a changed clause."""

    kind: PieceKind
    text: str


@dataclass(frozen=True)
class ComparedClause:
    """A clause as it is compared."""

    article: str
    text: str


@dataclass(frozen=True)
class ClauseChange:
    """What became of one clause. `old` is None for an added, `new` for a removed one; `pieces` are those of a changed one."""

    kind: ChangeKind
    old: ComparedClause | None
    new: ComparedClause | None
    pieces: tuple[Piece, ...] = ()


def compare(old: Sequence[ComparedClause], new: Sequence[ComparedClause]) -> list[ClauseChange]:
    """All clauses of both versions in the order of the newer one; a removed one stands where it stood."""
    pairs = _pairs(old, new)
    partner = {there: here for here, there in pairs.items()}
    changes: list[ClauseChange] = []
    told = 0
    for number, clause in enumerate(new):
        here = partner.get(number)
        if here is not None:
            changes += [ClauseChange(ChangeKind.REMOVED, gone, None) for gone in _gone(old, pairs, told, here)]
            told = max(told, here + 1)
        changes.append(_change(old[here] if here is not None else None, clause))
    return changes + [ClauseChange(ChangeKind.REMOVED, gone, None) for gone in _gone(old, pairs, told, len(old))]


def pieces_of(old: str, new: str) -> tuple[Piece, ...]:
    """Two texts as pieces: those kept and put are the newer text, those kept and cut the older one."""
    before, after = _units(old), _units(new)
    found: list[Piece] = []
    for tag, start, end, begin, stop in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece(PieceKind.KEPT, "".join(before[start:end])))
        else:
            cut, put = "".join(before[start:end]), "".join(after[begin:stop])
            found += [Piece(kind, text) for kind, text in ((PieceKind.CUT, cut), (PieceKind.PUT, put)) if text]
    return tuple(found)


def _change(old: ComparedClause | None, new: ComparedClause) -> ClauseChange:
    if old is None:
        return ClauseChange(ChangeKind.ADDED, None, new)
    if _bare(old.text) != _bare(new.text):
        return ClauseChange(ChangeKind.CHANGED, old, new, pieces_of(old.text, new.text))
    return ClauseChange(ChangeKind.SAME if old.article == new.article else ChangeKind.RENUMBERED, old, new)


def _gone(old: Sequence[ComparedClause], pairs: dict[int, int], start: int, end: int) -> Iterator[ComparedClause]:
    return (old[number] for number in range(start, end) if number not in pairs)


def _pairs(old: Sequence[ComparedClause], new: Sequence[ComparedClause]) -> dict[int, int]:
    """Which clause of the older version is which of the newer one: equal texts first, then the most alike."""
    pairs = _equal_pairs(old, new)
    taken = set(pairs.values())
    grams = {number: _grams(clause.text) for number, clause in enumerate(new) if number not in taken}
    holding: dict[str, list[int]] = defaultdict(list)
    for number, some in grams.items():
        for gram in some:
            holding[gram].append(number)
    numbers = {new[number].article: number for number in grams}
    ranked = []
    for here, clause in enumerate(old):
        if here not in pairs:
            mine = _grams(clause.text)
            for there in _candidates(mine, holding, numbers.get(clause.article)):
                alike = 2 * len(mine & grams[there]) / max(1, len(mine) + len(grams[there]))
                if alike >= LEAST_ALIKE:
                    ranked.append((-alike - _SAME_NUMBER * (clause.article == new[there].article), here, there))
    for _, here, there in sorted(ranked):
        if here not in pairs and there not in taken:
            pairs[here] = there
            taken.add(there)
    return pairs


def _equal_pairs(old: Sequence[ComparedClause], new: Sequence[ComparedClause]) -> dict[int, int]:
    """Clauses with the same words; of several such the one with the same number, else the next in order."""
    places: dict[str, list[int]] = defaultdict(list)
    for number, clause in enumerate(new):
        places[_bare(clause.text)].append(number)
    pairs: dict[int, int] = {}
    for here, clause in enumerate(old):
        free = places.get(_bare(clause.text), [])
        if free:
            pairs[here] = next((there for there in free if new[there].article == clause.article), free[0])
            free.remove(pairs[here])
    return pairs


def _candidates(grams: set[str], holding: dict[str, list[int]], same_number: int | None) -> set[int]:
    common = Counter(there for gram in grams if len(holding.get(gram, ())) <= _COMMON_PAIR for there in holding.get(gram, ()))
    found = {there for there, _ in common.most_common(_CANDIDATES)}
    return found | {same_number} if same_number is not None else found


def _grams(text: str) -> set[str]:
    return {first + second for first, second in pairwise(_bare(text))}


def _units(text: str) -> list[str]:
    cut = words(text)
    return cut if len(cut) <= _MOST_WORDS else text.splitlines(keepends=True)


def _bare(text: str) -> str:
    return "".join(text.split())
