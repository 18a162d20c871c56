"""When there is nothing to rest an answer on: pure tests of a question against what was found."""

import re
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path

from knowledge_base.region import Region, places_named
from language.segmentation import words
from retrieval.bridging import Bridge
from retrieval.evidence import ClauseHit
from retrieval.terms import terms

ENOUGH_SHARE = 0.55
"""Share of what a question tells that a clause must hold."""
ENOUGH_BRIDGED_SHARE = 0.2
"""The same where an official phrase for one of its lay words stands in the clause."""
_OTHER_PLACE = re.compile(r"隔壁(?:市|省|区|县|城市)|邻市|邻省|外地|(?:别的|其他|其它|兄弟)(?:省|市|城市|地方|地区)")
_ASKING = re.compile(r"罚|多少|怎么|能不能|几点")
"""Words that end one thought and begin the question; without a break they stick to what stands before them (牵绳罚多少)."""
_HERE = re.compile(r"[我本](?:市|省|区|县|镇|街道|地)|当地")


def names_place_beyond(question: str, region: Region) -> Region | None:
    """A place that a question names and that does not lie within the region of the question; None where it names none."""
    return next((place for place in sorted(places_named(question), key=str) if not _within(place, region)), None)


def asks_for_other_place(question: str) -> bool:
    """Whether a question asks how it is elsewhere (隔壁市, 外地)."""
    return _OTHER_PLACE.search(question) is not None


def asks_for_local_rule(question: str) -> bool:
    """Whether a question asks for a rule of one's own place (我市, 本区, 当地)."""
    return _HERE.search(question) is not None


def is_carried(question: str, hit: ClauseHit, bridges: Collection[Bridge], rarity: Callable[[str], float]) -> bool:
    """Whether a clause speaks of what is asked.

    Most of what the question tells must stand in the clause, in its own words or as the official phrase for them; rare words
    count more. Where such a phrase does stand there, less is enough, for lay words are rare in rules.

    Args:
        rarity: how rare a word is among all clauses, 0 or more.
    """
    text = f"{hit.title} {hit.text}"
    held = set(terms(text))
    lay_words = [word for bridge in bridges if bridge.phrase_in(held) for word in bridge.lay_words if word not in _empty_words()]
    weights = {word: rarity(word) for word in telling_words(question)}
    told = sum(weight * _held(word, text, held, lay_words) for word, weight in weights.items())
    return told > 0 and told >= (ENOUGH_BRIDGED_SHARE if lay_words else ENOUGH_SHARE) * sum(weights.values())


def pairs_of(word: str) -> list[str]:
    """The terms of a word that are more than one character."""
    return [term for term in terms(word) if len(term) > 1]


def telling_words(question: str) -> list[str]:
    """The words of a question that say what it is about."""
    return [word for word in dict.fromkeys(words(_ASKING.sub(r" \g<0> ", question))) if len(word) > 1 and word not in _empty_words()]


@cache
def _empty_words() -> frozenset[str]:
    """Words of questions that do not say what they are about, from `empty_words.txt`."""
    return frozenset(Path(__file__).with_name("empty_words.txt").read_text(encoding="utf-8").split())


def _held(word: str, text: str, held: set[str], lay_words: Collection[str]) -> float:
    """How much of a word stands in a text, by its pairs of characters; a word that a lay word holds, or holds, stands there wholly."""
    if word in text or any(word in lay or lay in word for lay in lay_words):
        return 1.0
    pairs = pairs_of(word)
    return sum(pair in held for pair in pairs) / len(pairs) if pairs else 0.0


def _within(place: Region, region: Region) -> bool:
    return place.province == region.province and (place.city is None or region.city is None or place.city == region.city)
