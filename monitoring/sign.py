"""What a post shows, before a policy says what it weighs."""

from dataclasses import dataclass

from monitoring.reading import Reading, Span

_QUOTE_CHARACTERS = 24


@dataclass(frozen=True)
class Sign:
    """One circumstance found in a post.

    Attributes:
        name: a factor's name of the grading policy.
        value: how much of it (people, times, likes); 1 where it is just there.
        span: the original's own words around it; empty where a count beside the text shows it.
        start: where it stands in the matching text; 0 where nothing in the text shows it.
    """

    name: str
    value: float = 1
    span: str = ""
    start: int = 0


def sign_at(name: str, reading: Reading, span: Span, value: float = 1) -> Sign:
    """A sign with the clause that shows it, shortened around the word."""
    clause = reading.clause_at(span.start)
    start = max(clause.start, min(span.start - _QUOTE_CHARACTERS // 3, clause.end - _QUOTE_CHARACTERS))
    end = min(max(clause.end, span.end), max(start + _QUOTE_CHARACTERS, span.end))
    return Sign(name, value, reading.normal.quote(start, end).strip(" ，,。；;！!？?\n：:…"), span.start)
