"""What a reply may quote: for each ask the clause that bears on it, and past cases for the way of working."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from casework.desk import Desk
from casework.drafting.ask import kind_of, topic_of_ask, wants_penalty
from casework.drafting.matter import Matter
from casework.drafting.topic import Topic, topic_of
from language.segmentation import words as segmented
from prompts import say
from retrieval.evidence import CaseHit, ClauseHit, Quote

if TYPE_CHECKING:
    from retrieval.library import Library

MOST_CLAUSES = 3
"""A reply quotes one clause as a rule and never more than three (REPLIES 原则 7)."""

SEARCHED = 30
LONGEST_QUOTE = 90
SHORTEST_QUOTE = 8
SIMILAR_CASES = 5
"""Past cases that are searched for; only those about the same concrete matter are kept."""
CASE_NAME_LENGTH = 40
RANK_DISCOUNT = 0.3
OTHER_KIND_WEIGHT = 0.5
TOLD_WEIGHT = 0.5
"""A character that the clause shares with what is asked, against one of the law's own terms for it."""
LEAST_BEARING = 4.0
"""Length of shared official terms below which a clause is not quoted: better none than a wrong one."""

_SENTENCE = re.compile(r"[^。；;\n]+[。；;]?")
_OWN = "本(?:法|条例|办法|规定|规范|细则|标准|通告)"
_NO_RULE = re.compile(
    rf"^[（(][一二三四五六七八九十]+[)）]|[：:]$|{_OWN}(?:所称|适用)|(?:适用|制定|依照){_OWN}[。；]?$|是指|下列|的合同。?$"
)
"""Items of a list without their head, heads without their items, definitions, what a law is for and where it holds: no rule."""
_HEAD = re.compile(r"[^。；;：:\n]*(?:不得|禁止|严禁|应当|提交|具备|符合)[^。；;：:\n]*[：:]")
_TOGETHER = re.compile("提交|具备|符合")
_ITEM = re.compile(r"\s*([（(][一二三四五六七八九十]+[)）][^。；;\n]+)[。；;]?")


@dataclass(frozen=True)
class Evidence:
    """What was found, in the order of the asks.

    Attributes:
        by_ask: the quote that bears on an ask; asks without one are left out.
        general: a quote that bears on the matter, for the frames that cite one; None where nothing was found.
        cases: past cases about the same concrete matter, best first; often none.
    """

    by_ask: dict[str, Quote] = field(default_factory=dict)
    general: Quote | None = None
    cases: tuple[CaseHit, ...] = ()

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """All quotes, each clause's once, the general one first."""
        found = [*([self.general] if self.general else []), *self.by_ask.values()]
        return tuple({(quote.clause.key, quote.text): quote for quote in found}.values())

    def to_json(self) -> list[dict[str, Any]]:
        """For storing in a draft row."""
        return [*(_quote_row(quote) for quote in self.quotes), *(_case_row(case) for case in self.cases)]


def find_evidence(matter: Matter, library: "Library", desk: Desk, on: date) -> Evidence:
    """Search for what bears on the matter and its asks. Blocks for some milliseconds: call it in a thread.

    Args:
        on: the day of drafting; clauses not in force then are not found.
    """
    topic = topic_of(f"{matter.headline}\n{matter.told}", matter.line)
    shelf = _Shelf(library, desk, on)
    general = shelf.quote(topic, matter.headline, _content(matter.headline, *matter.asks))
    by_ask: dict[str, Quote] = {}
    for ask in matter.asks:
        quote = _quote_for(ask, matter, topic, general, shelf) if kind_of(ask).law else None
        if quote and _room_for(quote, [*by_ask.values(), *([general] if general else [])]):
            by_ask[ask] = quote
    return Evidence(by_ask, general, _similar_cases(matter, topic, library))


def best_span(text: str, terms: Iterable[str], longest: int = LONGEST_QUOTE) -> str:
    """The sentence of a clause that holds most of the terms; word for word, and where it is too long cut at a comma.

    Returns:
        An exact span of `text`, empty when no sentence holds a term.
    """
    terms = tuple(terms)
    sentences = [sentence for found in _SENTENCE.finditer(text) if not _NO_RULE.search(sentence := found[0].strip())]
    rules = [*sentences, *_listed(text, longest)]
    scored = [(sum(term in rule for term in terms), -place, rule) for place, rule in enumerate(rules)]
    count, _, sentence = max(scored, default=(0, 0, ""))
    if not count:
        return ""
    return _shorten(sentence, terms, longest)


def _listed(text: str, longest: int) -> Iterator[str]:
    """The lists of a clause, from the head to each item: without its head (严禁下列行为：) an item would say the opposite.

    Where all items are asked for together (提交下列材料：), only the whole list.
    """
    for head in _HEAD.finditer(text):
        spans, end = [], head.end()
        while item := _ITEM.match(text, end):
            spans.append(text[head.start() : item.end(1)])
            end = item.end()
        yield from (span for span in (spans[-1:] if _TOGETHER.search(head[0]) else spans) if len(span) <= longest)


def _shorten(sentence: str, terms: tuple[str, ...], longest: int) -> str:
    if len(sentence) <= longest:
        return sentence.rstrip("。；;")
    starts = [0, *(found.end() for found in re.finditer("，", sentence))]
    windows = [sentence[start : start + longest] for start in starts]
    cut = [window[: window.rfind("，")] if len(window) == longest and "，" in window[SHORTEST_QUOTE:] else window for window in windows]
    return max(cut, key=lambda span: (sum(term in span for term in terms), -cut.index(span))).rstrip("。；;，")


@dataclass(frozen=True)
class _Shelf:
    """The library as it holds for one place on one day."""

    library: "Library"
    desk: Desk
    on: date

    def quote(self, topic: Topic, words: str, told: frozenset[str], *, penal: bool = False) -> Quote | None:
        """The clause that bears most on a topic and on what was said of it; None where none bears enough."""
        hits = self._search(words, topic)
        scored = [(_bearing(hit, topic, told, penal) / (1 + rank * RANK_DISCOUNT), hit) for rank, hit in enumerate(hits)]
        for _, hit in sorted(scored, key=lambda entry: entry[0], reverse=True):
            span = best_span(hit.text, (*topic.terms, *(topic.penal if penal else ())))
            if _shared_terms(hit, topic) >= LEAST_BEARING and len(span) >= SHORTEST_QUOTE:
                return Quote(replace(hit, why=_why(span, topic)), span)
        return None

    def _search(self, words: str, topic: Topic) -> list[ClauseHit]:
        if not topic.terms:
            return []
        query = f"{words} {' '.join(topic.terms)}"
        hits = self.library.search_clauses(query, region=self.desk.department.region, on=self.on, limit=SEARCHED)
        return [hit for hit in hits if any(word in hit.title for word in (*topic.titles, *topic.words))]


def _why(span: str, topic: Topic) -> str:
    """Why a clause is quoted, for staff: the matter, and the quote's own words for it; never a word that nobody said."""
    terms = [
        term for term in topic.terms if term in span and not any(term != other and term in other and other in span for other in topic.terms)
    ]
    return say("drafting.clause_why", topic=topic.name, terms="、".join(f"“{term}”" for term in terms)) if terms else topic.name


def _quote_for(ask: str, matter: Matter, topic: Topic, general: Quote | None, shelf: _Shelf) -> Quote | None:
    """The clause for one ask: the matter's own where that bears on it too, another one only for a topic that the citizens surely mean."""
    own, penal = topic_of_ask(ask, matter.told, matter.line, topic), wants_penalty(ask)
    if general and not penal and (own == topic or (own.line == topic.line and _shared_terms(general.clause, own) >= LEAST_BEARING)):
        return general
    if own == topic or penal or _is_meant(own, matter):
        return shelf.quote(own, f"{ask} {matter.headline}", _content(ask), penal=penal)
    return None


def _similar_cases(matter: Matter, topic: Topic, library: "Library") -> tuple[CaseHit, ...]:
    """Past cases about the same concrete matter; words in common are not enough."""
    found = library.search_cases(f"{matter.headline}\n{matter.told}"[:500], limit=SIMILAR_CASES)
    return tuple(case for case in found if topic.words and topic_of(case.question, case.line).name == topic.name)


def _is_meant(topic: Topic, matter: Matter) -> bool:
    return topic.sure_in(matter.told) or topic.named_in(matter.headline) > 0


def _content(*texts: str) -> frozenset[str]:
    """The words of texts by which a clause may be recognised."""
    return frozenset(word for text in texts for word in segmented(text) if len(word) > 1)


def _bearing(hit: ClauseHit, topic: Topic, told: frozenset[str], penal: bool) -> float:
    """How much a clause bears on a topic: the law's terms in it, less when it is of the other kind (duty or penalty), and what was said."""
    fits = penal == ("罚款" in hit.text or "处分" in hit.text)
    shared = sum(len(word) for word in told if word in hit.text)
    return _shared_terms(hit, topic) * (1.0 if fits else OTHER_KIND_WEIGHT) + TOLD_WEIGHT * shared


def _shared_terms(hit: ClauseHit, topic: Topic) -> int:
    """Length of a topic's official terms that stand in a clause."""
    return sum(len(term) for term in topic.terms if term in hit.text)


def _room_for(quote: Quote, taken: Iterable[Quote]) -> bool:
    """Whether one more clause stays within the limit; a clause that is quoted anyway takes no room."""
    keys = {other.clause.key for other in taken}
    return quote.clause.key in keys or len(keys) < MOST_CLAUSES


def _quote_row(quote: Quote) -> dict[str, Any]:
    found = quote.clause
    return {"kind": "clause", "key": found.key, "name": found.name, "quote": quote.text, "text_hash": found.text_hash, "note": found.why}


def _case_row(case: CaseHit) -> dict[str, Any]:
    return {"kind": "case", "key": case.key, "name": case.question[:CASE_NAME_LENGTH], "quote": "", "text_hash": "", "note": case.line}
