"""From lay words to official terms: 摆摊 finds 占道经营. A readable lexicon, `bridging.toml`."""

import math
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from language.normalising import normalise
from retrieval.lexical import LexicalIndex
from retrieval.terms import terms

BRIDGED_SHARE = 0.5
"""Weight of all official terms together, as a share of that of the query's own. 0.3 to 1.0 differ little on the open complaints."""
PRESENT_SHARE = 0.6
"""From this share of its terms on, an official phrase counts as standing in a clause."""
SHORTEST_PHRASE = 3
LONGEST_QUESTION = 60
"""A longer text tells a department its matter; a shorter one may ask about anything."""
TELLING_SHARE = 0.25
"""From this share of a question on its one lay word is what it is about."""


@dataclass(frozen=True)
class Bridge:
    """Official phrases, separated by blanks, and the lay words of a text that stand for them."""

    official: str
    lay_words: tuple[str, ...]

    def phrase_in(self, held: Collection[str]) -> str | None:
        """The official phrase that stands, nearly word for word, in a clause with these terms; None where none does."""
        for phrase, wanted in _phrases(self.official):
            if sum(term in held for term in wanted) >= PRESENT_SHARE * len(wanted):
                return phrase
        return None


def bridges(text: str) -> tuple[Bridge, ...]:
    """The official phrases that a text calls for, each with the lay words in it that did, in the order of the lexicon."""
    plain = normalise(text).text
    found = ((official, tuple(word for word in words if word in plain)) for official, words in lexicon())
    return tuple(Bridge(official, words) for official, words in found if words)


def relied_on(text: str, found: Sequence[Bridge]) -> float:
    """How far the lay words of a text say what it is about, 0 to 1.

    One word in passing does not (宅基地 in a question of inheritance): its official phrases are those of another field.
    """
    plain = normalise(text).text
    words = {word for bridge in found for word in bridge.lay_words}
    told = [word for word in words if not any(word in other for other in words - {word})]
    if len(told) != 1 or len(plain) > LONGEST_QUESTION:
        return float(bool(told))
    letters = plain.count(told[0]) * len(told[0])
    return min(1.0, letters / (TELLING_SHARE * sum(map(str.isalnum, plain))))


def weigh(query: str, found: Iterable[Bridge] = (), *, single_characters: float = 1.0, relied: float = 1.0) -> dict[str, float]:
    """The terms of a query with their weights.

    Args:
        found: bridges whose official phrases are searched for beside the query's own words.
        single_characters: weight of a single Chinese character against a pair.
        relied: how far the official phrases are relied on, 0 to 1.
    """
    weights = {term: count * (single_characters if len(term) == 1 else 1.0) for term, count in Counter(terms(query)).items()}
    official = Counter(term for bridge in found for term in terms(bridge.official))
    share = relied * BRIDGED_SHARE * sum(weights.values()) / (official.total() or 1)
    for term, count in official.items():
        weights[term] = weights.get(term, 0.0) + share * count
    return {term: weight for term, weight in weights.items() if weight > 0}


def rarely(weights: Mapping[str, float], index: LexicalIndex) -> dict[str, float]:
    """The weights of terms by how rare each is in an index, once more than the index itself does: names of places and roads lead."""
    rows = index.count()
    return {term: weight * math.log(1 + (rows + 0.5) / (index.frequency(term) + 0.5)) for term, weight in weights.items()}


@cache
def lexicon() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Official phrases with their lay words, from `bridging.toml`."""
    themes = tomllib.loads(Path(__file__).with_name("bridging.toml").read_text(encoding="utf-8"))
    return tuple((official, tuple(map(str.lower, words))) for theme in themes.values() for official, words in theme.items())


@cache
def _phrases(official: str) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((phrase, frozenset(terms(phrase))) for phrase in official.split() if len(phrase) >= SHORTEST_PHRASE)
