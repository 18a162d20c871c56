"""When there is nothing to rest an answer on: pure tests of a question against what was found."""

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path

from knowledge_base.region import Region, places_named
from language.segmentation import words
from retrieval.bridging import Bridge
from retrieval.evidence import ClauseHit
from retrieval.terms import terms

ENOUGH_SHARE = 0.5
"""Share of the question's own words that a clause must hold where no lay word bridges to it."""
_HERE = re.compile(r"[我本](?:市|省|区|县|镇|街道|地)|当地")


def names_place_beyond(question: str, region: Region) -> Region | None:
    """A place that a question names and that does not lie within the region of the question; None where it names none."""
    return next((place for place in sorted(places_named(question), key=str) if not _within(place, region)), None)


def asks_for_local_rule(question: str) -> bool:
    """Whether a question asks for a rule of one's own place (我市, 本区, 当地)."""
    return _HERE.search(question) is not None


def is_carried(question: str, hit: ClauseHit, bridges: Collection[Bridge]) -> bool:
    """Whether a clause speaks of what is asked: an official phrase for a lay word stands in it, or most words of the question do."""
    text = f"{hit.title} {hit.text}"
    held = set(terms(text))
    return any(bridge.phrase_in(held) for bridge in bridges) or own_share(question, text) >= ENOUGH_SHARE


def own_share(question: str, text: str) -> float:
    """Which share of the telling words of a question stands in a text; a word counts by the pairs of characters that do. 0.0 for none."""
    telling, held = telling_words(question), set(terms(text))
    if not telling:
        return 0.0
    return sum(_held(word, text, held) for word in telling) / len(telling)


def telling_words(question: str) -> list[str]:
    """The words of a question that say what it is about."""
    return [word for word in dict.fromkeys(words(question)) if len(word) > 1 and word not in _empty_words()]


@cache
def _empty_words() -> frozenset[str]:
    """Words of questions that do not say what they are about, from `empty_words.txt`."""
    return frozenset(Path(__file__).with_name("empty_words.txt").read_text(encoding="utf-8").split())


def _held(word: str, text: str, held: set[str]) -> float:
    pairs = [term for term in terms(word) if len(term) > 1]
    return 1.0 if word in text else sum(pair in held for pair in pairs) / len(pairs) if pairs else 0.0


def _within(place: Region, region: Region) -> bool:
    return place.province == region.province and (place.city is None or region.city is None or place.city == region.city)
