"""The place a post is about: the most precise words to which someone can be sent, exactly as they were written."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from language.normalising import normalise
from monitoring.gazetteer import COMMUNITY, DISTRICT, ROAD, STREET, Gazetteer, KnownPlace, districts_of
from monitoring.lexicon import BUILT_IN, Lexicon, read_toml, word_lists
from monitoring.place_grammar import CROSSING, TAIL, Atom, PlaceGrammar
from monitoring.reading import Reading

LONGEST_PLACE = 40
READ = 1500
"""Characters in which a place is looked for."""
_RANKS = {DISTRICT: 1.5, STREET: 2.5, COMMUNITY: 3.5, ROAD: 7.0}
_RANK_OF_OTHER_KINDS = 8.0
_REGION_RANK = 0.5
_PRECISE = 3.8
"""From a named street or estate on someone can be sent there."""
_PER_TAIL, _PER_NAME, _IN_HEAD = 0.4, 0.2, 0.6
_HIDDEN_CITY = re.compile(r"[a-z]市")
"""How open data hides the name of its own city."""


@dataclass(frozen=True)
class PlaceFound:
    """Where a post is about.

    Attributes:
        place: the original's words.
        districts: by the gazetteer; several where the place's name is in several and the post does not say which.
        offset: where the place begins in the matching text, if it is precise enough to send someone to.
    """

    place: str | None = None
    districts: tuple[str, ...] = ()
    offset: int | None = None

    @property
    def district(self) -> str | None:
        return self.districts[0] if len(self.districts) == 1 else None


@dataclass
class _Chain:
    """Names and house numbers written one directly after the other."""

    start: int
    end: int
    rank: float
    names: int = 1
    tails: int = 0

    def worth(self, head_end: int) -> float:
        """The more precise first, then the more told of it, and what the headline tells."""
        return self.rank + _PER_NAME * (self.names - 1) + _PER_TAIL * self.tails + _IN_HEAD * (self.start < head_end)


class PlaceFinder:
    """Finds the place of a post.

    Args:
        known: the places of the department.
        whole: names that alone are too wide to send anyone to (the province, the city).
    """

    def __init__(self, known: Iterable[KnownPlace] = (), whole: Iterable[str] = ()) -> None:
        path = BUILT_IN / "places.toml"
        content = read_toml(path)
        lists = word_lists(content["words"], path)
        regions = lists["regions"] | {normalise(name).text for name in whole if name}
        self._known = Gazetteer(known)
        self._regions = Lexicon(tuple(sorted(regions)))
        self._grammar = PlaceGrammar(content, lists, not_names=regions)

    def find(self, reading: Reading) -> PlaceFound:
        """The place of a post: a known one or, by the grammar, an unknown one; the more precise first, the earlier of equals."""
        text = reading.text[:READ]
        mentions = self._known.mentions(text)
        known = [Atom(found.start, found.end, _RANKS.get(found.kind, _RANK_OF_OTHER_KINDS)) for found in mentions]
        regions = [Atom(at, at + len(name), _REGION_RANK) for name, starts in self._regions.find(text).items() for at in starts]
        chains = list(_chained(text, sorted([*known, *regions, *self._grammar.atoms(text)], key=lambda atom: (atom.start, -atom.end))))
        districts = districts_of(mentions)
        if not chains:
            return PlaceFound(districts=districts)
        best = max(chains, key=lambda chain: (chain.worth(reading.head_end), -chain.start))
        if _HIDDEN_CITY.fullmatch(text[best.start : best.end]):
            return PlaceFound(districts=districts)
        place = reading.normal.quote(best.start, best.end).strip()
        return PlaceFound(place, districts, best.start if best.rank >= _PRECISE else None)


def _chained(text: str, atoms: Iterable[Atom]) -> Iterator[_Chain]:
    """The names joined with those that follow directly, and with the crossing street and the house number after them."""
    chain: _Chain | None = None
    for atom in atoms:
        if chain and atom.start <= chain.end and atom.end - chain.start <= LONGEST_PLACE:
            chain.rank = max(chain.rank, atom.rank)
            if atom.end > chain.end:
                chain.end, chain.names = atom.end, chain.names + 1
                _follow(text, chain)
            continue
        if chain:
            yield chain
        chain = _Chain(atom.start, atom.end, atom.rank)
        _follow(text, chain)
    if chain:
        yield chain


def _follow(text: str, chain: _Chain) -> None:
    """Take in the crossing street and what tells where exactly."""
    if crossing := CROSSING.match(text, chain.end):
        chain.end, chain.tails = crossing.end(), chain.tails + 1
    while (tail := TAIL.match(text, chain.end)) and tail.end() - chain.start <= LONGEST_PLACE:
        chain.end, chain.tails = tail.end(), chain.tails + 1
