"""Words of a text and where they stand."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """Some words and where they stand in the text."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def span_of(match: re.Match[str], group: str | int = 0) -> Span:
    """What a pattern found."""
    return Span(match[group], match.start(group))
