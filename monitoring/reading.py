"""One post made ready for judgement: its matching form, its headline, the words found in it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from language.normalising import Normal, normalise
from monitoring.negativity import features
from monitoring.rule import Hits

Judged = TypeVar("Judged")

LONGEST_READ = 4000
"""Characters of a post that are read; what stands later decides nothing."""

_BRACKETED = re.compile(r"\s*【([^】\n]{2,80})】")
_CLAUSE = re.compile(r"[^，,。；;！!？?\n：:…]+[，,。；;！!？?\n：:…]*")
_SENTENCE = re.compile(r"[^。；;！!？?\n…]+[。；;！!？?\n…]*")
_OPENING_CHARACTERS = 40


class Span(NamedTuple):
    """A stretch of the matching text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Reading:
    """A post as the judgements see it.

    Attributes:
        normal: title, line break and body in matching form.
        hits: the lexicon's words in it.
        title_length: length of the title with its line break, 0 without a title.
    """

    normal: Normal
    hits: Hits
    title_length: int = 0
    _judged: dict[Callable[["Reading"], Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def text(self) -> str:
        """The matching form alone."""
        return self.normal.text

    def once(self, judge: Callable[["Reading"], Judged]) -> Judged:
        """What `judge` makes of this post, judged once however many ask."""
        if judge not in self._judged:
            self._judged[judge] = judge(self)
        found: Judged = self._judged[judge]
        return found

    @cached_property
    def ngrams(self) -> NDArray[np.uint32]:
        """What the linear models judge by, hashed once for all of them."""
        return features(self.text)

    @cached_property
    def head_end(self) -> int:
        """Where the headline ends: the title, else the first 【…】, else the opening words."""
        if self.title_length:
            return self.title_length
        bracketed = _BRACKETED.match(self.text)
        return bracketed.end() if bracketed else min(_OPENING_CHARACTERS, len(self.text))

    @cached_property
    def headline(self) -> Span | None:
        """The title or the leading 【…】 without its brackets; None where the post has neither."""
        if self.title_length:
            return Span(0, self.title_length - 1, self.text[: self.title_length - 1])
        bracketed = _BRACKETED.match(self.text)
        return Span(*bracketed.span(1), bracketed[1]) if bracketed else None

    @cached_property
    def clauses(self) -> tuple[Span, ...]:
        """The text cut at every punctuation mark."""
        return tuple(Span(match.start(), match.end(), match.group()) for match in _CLAUSE.finditer(self.text))

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """The text cut at full stops, semicolons, exclamation and question marks."""
        return tuple(Span(match.start(), match.end(), match.group()) for match in _SENTENCE.finditer(self.text))

    @cached_property
    def found(self) -> frozenset[str]:
        """The words of `hits`; a set meets a set faster than a table."""
        return frozenset(self.hits)

    def starts(self, words: frozenset[str]) -> Sequence[tuple[str, int]]:
        """Each occurrence of one of `words`, in order: the word and where it begins."""
        if words.isdisjoint(self.found):
            return ()
        return sorted(((word, start) for word in words & self.found for start in self.hits[word]), key=lambda pair: (pair[1], pair[0]))

    def spans(self, words: frozenset[str]) -> list[Span]:
        """Each occurrence of one of `words`, in order."""
        return [Span(start, start + len(word), word) for word, start in self.starts(words)]

    def marked(self, mark: str, offset: int) -> "Reading":
        """The same reading with something found by other means, as if the word `mark` stood at `offset`."""
        return replace(self, hits={**self.hits, mark: (offset,)})

    def clause_at(self, offset: int) -> Span:
        """The clause that holds the character at `offset`."""
        return next((clause for clause in self.clauses if clause.start <= offset < clause.end), Span(offset, offset, ""))

    def sentence_at(self, offset: int) -> Span:
        """The sentence that holds the character at `offset`."""
        return next((sentence for sentence in self.sentences if sentence.start <= offset < sentence.end), Span(offset, offset, ""))

    @cached_property
    def head_hits(self) -> Hits:
        """The words found in the headline."""
        return {word: starts for word, starts in self.hits.items() if starts[0] < self.head_end}


def read_post(title: str, text: str, find: Callable[[str], Hits]) -> Reading:
    """Make a post ready. `find` is the lexicon's search."""
    whole = f"{title.strip()}\n{text}" if title.strip() else text
    normal = normalise(whole[:LONGEST_READ])
    title_length = normal.text.find("\n") + 1 if title.strip() else 0
    return Reading(normal, find(normal.text), title_length)
