"""Picking the words of a clause that answer: whole sentences, exactly as they stand."""

import re
from collections.abc import Iterator, Mapping

from language.script import to_simplified
from retrieval.need import Need
from retrieval.terms import terms

SHORTEST_QUOTE = 8
LONGEST_QUOTE = 160
_SENTENCE = re.compile(r"[^。！？\n]*[。！？]?[”』）]?")
_PART = re.compile(r"[^；：]*[；：]?")
_NEED_BONUS = 0.6
"""How much a span gains that holds what was asked for (a sum, a term), as a share of the weight of the question."""
_HEAD_ALONE = 0.6
"""A span that ends where a list begins (下列材料：) is worth so much of one that goes on."""
_LENGTH_THAT_COSTS_AS_MUCH = 400
"""A span of so many characters is worth half of a short one with the same words."""


def best_span(text: str, weights: Mapping[str, float], need: Need | None = None) -> str:
    """The span of a clause that fits a question best: a sentence, or neighbours while they fit into LONGEST_QUOTE.

    Args:
        text: the clause; it is given whole where it has no shorter span of SHORTEST_QUOTE characters.
        weights: terms of the question with their weights.
        need: the kind of answer that is asked for.
    """
    total = sum(weights.values()) or 1.0
    return max(_spans(text), key=lambda span: _worth(span, weights, total, need), default=text.strip())


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence of a text, without the blanks around it. The items of a list are sentences.

    A sentence longer than LONGEST_QUOTE is given in its parts, which end at a semicolon or colon.
    """
    found = []
    for start, end in _pieces(_SENTENCE, text, 0, len(text)):
        found += [(start, end)] if end - start <= LONGEST_QUOTE else _pieces(_PART, text, start, end)
    return found


def _pieces(pattern: re.Pattern[str], text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the matches of a pattern, blanks at both ends left out; what is only blanks is no piece."""
    found = []
    for match in pattern.finditer(text, start, end):
        piece = match.group()
        if piece.strip():
            found.append((match.end() - len(piece.lstrip()), match.start() + len(piece.rstrip())))
    return found


def _spans(text: str) -> Iterator[str]:
    """All runs of neighbouring sentences within the limits; a sentence too long for them stands alone."""
    pieces = sentences(text)
    for first, (start, _) in enumerate(pieces):
        for _, end in pieces[first:]:
            if end > pieces[first][1] and end - start > LONGEST_QUOTE:
                break
            if end - start >= SHORTEST_QUOTE:
                yield text[start:end]


def _worth(span: str, weights: Mapping[str, float], total: float, need: Need | None) -> float:
    held = set(terms(span))
    share = sum(weight for term, weight in weights.items() if term in held) / total
    whole = _HEAD_ALONE if span.endswith(("：", ":")) else 1.0
    bonus = _NEED_BONUS if need is not None and need.is_met_by(to_simplified(span)) else 0.0
    return whole * (share + bonus) / (1.0 + len(span) / _LENGTH_THAT_COSTS_AS_MUCH)
