"""Answering questions of staff: the words of at most three clauses as they stand, or a plain refusal."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from knowledge_base.region import NATIONAL, Region
from prompts import say
from retrieval.bridging import Bridge, bridges, weigh
from retrieval.doubt import asks_for_local_rule, asks_for_other_place, is_carried, names_place_beyond, telling_words
from retrieval.evidence import Answer, CaseHit, ClauseHit, Quote
from retrieval.need import Need, asked_for
from retrieval.quoting import best_span
from retrieval.shortcut import Mention, matching_title, mentioned

MOST_CLAUSES = 3
LOOKED_AT = 8
NEAR_THE_BEST = 0.7
"""A further clause is added only with at least this share of the best one's score …"""
NEAR_IF_NEEDED = 0.5
"""… or this share, if it gives the kind of answer that is asked for."""
SIMILAR_CASES = 2


class Searchable(Protocol):
    """What answering needs of a library."""

    def search_clauses(self, query: str, *, region: Region, on: date, limit: int = 10) -> list[ClauseHit]: ...
    def search_cases(self, query: str, *, limit: int = 5) -> list[CaseHit]: ...
    def clauses_named(self, query: str, *, region: Region, on: date) -> list[ClauseHit]: ...
    def titles_in_force(self, *, region: Region, on: date) -> frozenset[str]: ...
    def is_local(self, hit: ClauseHit) -> bool: ...
    def rarity(self, word: str) -> float: ...


def compose(library: Searchable, question: str, *, region: Region, on: date) -> Answer:
    """An answer word for word, or a refusal when the evidence is thin."""
    mention = mentioned(question)
    if mention is not None and (refusal := _refuse_unknown(library, question, mention, region=region, on=on)):
        return refusal
    beyond = names_place_beyond(question, region)
    if beyond is not None:
        return _refused(library, question, "refused_elsewhere", place=beyond.city or beyond.province)
    if asks_for_other_place(question) or (asks_for_local_rule(question) and region == NATIONAL):
        return _refused(library, question, "refused")
    need, found = asked_for(question), bridges(question)
    hits = library.clauses_named(question, region=region, on=on) or _carrying(library, question, need, found, region=region, on=on)
    return _answered(question, hits, need, found) if hits else _refused(library, question, "refused")


def _carrying(
    library: Searchable, question: str, need: Need | None, found: tuple[Bridge, ...], *, region: Region, on: date
) -> list[ClauseHit]:
    """The clauses that carry an answer, best first: they speak of what is asked, and those that give the kind of answer come first."""
    query = f"{question} {need.official}" if need else question
    hits = library.search_clauses(query, region=region, on=on, limit=LOOKED_AT)
    hits = [hit for hit in hits if is_carried(question, hit, found, library.rarity)]
    if asks_for_local_rule(question):
        hits = [hit for hit in hits if library.is_local(hit)]
    needed = {hit.key for hit in hits if need is not None and need.is_met_by(hit.text)}
    if need is not None and need.is_number:
        hits = [hit for hit in hits if hit.key in needed]
    near = [hit for hit in hits if hit.score >= (NEAR_IF_NEEDED if hit.key in needed else NEAR_THE_BEST) * hits[0].score]
    return sorted(near, key=lambda hit: hit.key not in needed)[:MOST_CLAUSES]


def _answered(question: str, hits: Sequence[ClauseHit], need: Need | None, found: tuple[Bridge, ...]) -> Answer:
    weights = weigh(question, found)
    quotes = tuple(Quote(hit, best_span(hit.text, weights, need)) for hit in hits[:MOST_CLAUSES])
    return Answer(False, "\n".join(_line(quote) for quote in quotes), quotes)


def _line(quote: Quote) -> str:
    hit = quote.clause
    words = "".join(line.strip() for line in quote.text.splitlines())
    return say("knowledge.answer_line", title=hit.short_title, article=hit.article, dated=dated(hit), quote=words)


def dated(hit: ClauseHit) -> str:
    """Which version a clause is of, as people read it."""
    if hit.effective_on:
        return say("knowledge.dated_effective", day=hit.effective_on.isoformat())
    return say("knowledge.dated_version", day=hit.version_date.isoformat()) if hit.version_date else say("knowledge.dated_unknown")


def _refuse_unknown(library: Searchable, question: str, mention: Mention, *, region: Region, on: date) -> Answer | None:
    """A refusal when the question names a document or an article that is not there."""
    title = matching_title(mention.title, library.titles_in_force(region=region, on=on))
    if title is None:
        return _refused(library, question, "refused_unknown_document", title=mention.title)
    if mention.article and not library.clauses_named(question, region=region, on=on):
        return _refused(library, question, "refused_unknown_article", title=title, article=mention.article)
    return None


def _refused(library: Searchable, question: str, sentence: str, **fields: object) -> Answer:
    words = " ".join(telling_words(question)[:2]) or question[:6]
    cases = tuple(library.search_cases(question, limit=SIMILAR_CASES))
    return Answer(True, say(f"knowledge.{sentence}", words=words, **fields), similar_cases=cases)
