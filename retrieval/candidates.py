"""The clauses that may answer a question, each with what speaks for it, likeliest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

from knowledge_base.region import Region
from language.script import to_simplified
from retrieval.bridging import Bridge, bridges, weigh
from retrieval.everyday import rule_words
from retrieval.evidence import CaseHit, ClauseHit
from retrieval.need import asked_for
from retrieval.others import others_matters
from retrieval.subject import Told, focus_of, pairs_of, told_by
from retrieval.weighing import Asked, Signs, likelihood, misses_the_focus, signs_of

LOOKED_AT = 30
FOLLOWED = 6
"""Of so many of the best clauses those that refer to them are weighed as well: a fine names its offence by its article alone."""


class Search(Protocol):
    """One way of searching clauses."""

    def __call__(self, query: str, *, region: Region, on: date, limit: int = 10) -> list[ClauseHit]: ...


class Searchable(Protocol):
    """What answering needs of a library."""

    def search_clauses(self, query: str, *, region: Region, on: date, limit: int = 10) -> list[ClauseHit]: ...
    def search_elsewhere(self, query: str, *, region: Region, on: date, limit: int = 10) -> list[ClauseHit]: ...
    def search_ended(self, query: str, *, region: Region, on: date, limit: int = 10) -> list[ClauseHit]: ...
    def search_cases(self, query: str, *, limit: int = 5, region: Region | None = None) -> list[CaseHit]: ...
    def clauses_named(self, query: str, *, region: Region, on: date) -> list[ClauseHit]: ...
    def titles_in_force(self, *, region: Region, on: date) -> frozenset[str]: ...
    def is_local(self, hit: ClauseHit) -> bool: ...
    def region_of(self, hit: ClauseHit) -> Region: ...
    def rarity(self, word: str) -> float: ...
    def likeness(self, question: str, texts: Sequence[str]) -> list[float]: ...
    def referred(self, hit: ClauseHit) -> str: ...
    def referring(self, hit: ClauseHit) -> list[ClauseHit]: ...
    def beside(self, hit: ClauseHit) -> list[ClauseHit]: ...


@dataclass(frozen=True)
class Candidate:
    """A clause with what speaks for it."""

    hit: ClauseHit
    signs: Signs

    @cached_property
    def likelihood(self) -> float:
        return likelihood(self.signs)

    @property
    def gives_answer(self) -> bool:
        """Whether its words give the kind of answer that is asked for."""
        return bool(self.signs.number_met or self.signs.need_met)


def read(library: Searchable, question: str) -> Asked:
    """What a question asks for and tells.

    Args:
        question: in its matching form.
    """
    need, found, told = asked_for(question), bridges(question), told_by(question, library.rarity)
    pairs = {pair: library.rarity(pair) for each in told for pair in pairs_of(each.word)}
    musts = tuple(matter.word for matter in others_matters(question))
    return Asked(told, found, focus_of(question, told), need, _weights(library, question, told, found), pairs, musts)


def candidates(library: Searchable, question: str, asked: Asked, search: Search, *, region: Region, on: date) -> list[Candidate]:
    """What a search finds for a question, and what refers to the best of it, likeliest first."""
    ranks, hits = _searched(question, asked, search, region=region, on=on)
    referring = [other for hit in hits[:FOLLOWED] for other in library.referring(hit)]
    every = {hit.key: hit for hit in [*hits, *referring]}.values()
    speaking = [hit for hit in every if not misses_the_focus(asked, _whole(library, hit)) and _speaks_of_all(hit, asked)]
    alike = library.likeness(question, [f"{hit.title} {hit.text}" for hit in speaking]) if speaking else []
    found = [
        Candidate(hit, _signs(library, asked, hit, rank=ranks.get(hit.key, 0.0), alike=near))
        for hit, near in zip(speaking, alike, strict=True)
    ]
    return sorted(found, key=lambda each: -each.likelihood)


def _searched(question: str, asked: Asked, search: Search, *, region: Region, on: date) -> tuple[dict[str, float], list[ClauseHit]]:
    """The clauses found by the question's words, and by these with the words in which rules give such an answer; with ranks."""
    words = " ".join([question, *(word for each in asked.told for word in each.also)])
    queries = (words, f"{words} {asked.need.official}") if asked.need else (words,)
    searched = [search(query, region=region, on=on, limit=LOOKED_AT) for query in queries]
    ranks: dict[str, float] = {}
    for hits in searched:
        best = max((hit.score for hit in hits), default=0.0) or 1.0
        for hit in hits:
            ranks[hit.key] = ranks.get(hit.key, 0.0) + hit.score / best / len(searched)
    every = {hit.key: hit for hits in searched for hit in hits}
    return ranks, sorted(every.values(), key=lambda hit: -ranks[hit.key])


def _signs(library: Searchable, asked: Asked, hit: ClauseHit, **found: float) -> Signs:
    return signs_of(
        asked,
        title=to_simplified(hit.title),
        text=to_simplified(hit.text),
        referred=to_simplified(library.referred(hit)),
        local=library.is_local(hit),
        **found,
    )


def _speaks_of_all(hit: ClauseHit, asked: Asked) -> bool:
    """Whether it names every matter of another department that is asked about, as people or as rules call it."""
    return all(any(called in to_simplified(hit.text) for called in (word, *rule_words(word))) for word in asked.musts)


def _whole(library: Searchable, hit: ClauseHit) -> str:
    return to_simplified(f"{hit.title} {hit.text} {library.referred(hit)}")


def _weights(library: Searchable, question: str, told: Iterable[Told], found: tuple[Bridge, ...]) -> dict[str, float]:
    """What each term counts for in picking the words to quote: those of the question and of what rules call them, by rarity."""
    weights = weigh(" ".join([question, *(word for each in told for word in each.also)]), found)
    return {term: weight * library.rarity(term) for term, weight in weights.items()}
