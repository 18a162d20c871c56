"""Picking the words of a clause that answer: whole sentences, exactly as they stand."""

import re
from collections.abc import Collection, Iterator, Mapping

from retrieval.need import Need
from retrieval.terms import terms

SHORTEST_QUOTE = 8
LONGEST_QUOTE = 120
_SENTENCE = re.compile(r"[^。；！？\n]*[。；！？]?[”』）]?\n*")
_NEED_BONUS = 0.6
"""How much a sentence gains that holds what was asked for (a sum, a term), as a share of the weight of the question."""


def best_span(text: str, weights: Mapping[str, float], need: Need | None = None) -> str:
    """The span of a clause that fits a question best: one sentence, or neighbours while they fit into LONGEST_QUOTE.

    Args:
        text: the clause.
        weights: terms of the question with their weights.
        need: what kind of answer is asked for.
    """
    spans = list(_spans(text))
    total = sum(weights.values()) or 1.0
    return max(spans, key=lambda span: _worth(span, weights, total, need), default=text.strip())


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of the sentences of a text, blanks at their ends left out. Items of a list are sentences."""
    found = []
    for match in _SENTENCE.finditer(text):
        piece = match.group()
        if piece.strip():
            start = match.start() + len(piece) - len(piece.lstrip())
            found.append((start, start + len(piece.strip())))
    return found


def _spans(text: str) -> Iterator[str]:
    """All runs of neighbouring sentences within the limits; a sentence too long for them stands alone."""
    pieces = sentences(text)
    for first, (start, _) in enumerate(pieces):
        for last in range(first, len(pieces)):
            span = text[start : pieces[last][1]]
            if last > first and len(span) > LONGEST_QUOTE:
                break
            if len(span) >= SHORTEST_QUOTE:
                yield span


def _worth(span: str, weights: Mapping[str, float], total: float, need: Need | None) -> float:
    held = set(terms(span))
    share = sum(weight for term, weight in weights.items() if term in held) / total
    bonus = _NEED_BONUS if need is not None and need.is_met_by(span) else 0.0
    return (share + bonus) / (1.0 + _length_cost(span))


def _length_cost(span: str) -> float:
    return len(span) / 400


def covered(words: Collection[str], text: str) -> float:
    """Which share of some words stands in a text; 0.0 for no words."""
    return sum(word in text for word in words) / len(words) if words else 0.0
