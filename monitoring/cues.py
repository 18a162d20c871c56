"""The lists of words that intent, attitude and grave factors go by, and whether a word is meant as a fact."""

import re
from collections.abc import Iterable, Iterator, Mapping

from monitoring.lexicon import BUILT_IN, WordLists, read_toml, word_lists
from monitoring.reading import Reading, Span

_LOOK_BACK = 12
"""Characters before a word within which a negation or a doubt reaches it."""


_NOT = tuple("不没未别勿无")


class Cues(Mapping[str, frozenset[str]]):
    """The word lists of `lexicons/cues.toml` by name, with the questions that are asked of them."""

    def __init__(self, lists: WordLists) -> None:
        self._lists = dict(lists)
        self._feared = _any_of(self["negation"] | self["fear"])
        self._vague = _any_of(self["vague"])
        self._condition = _any_of(self["condition"])
        self._unreal_after = _any_of(self["hypothesis_after"])

    def __getitem__(self, name: str) -> frozenset[str]:
        return self._lists[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lists)

    def __len__(self) -> int:
        return len(self._lists)

    def stated(self, reading: Reading, name: str) -> Iterator[Span]:
        """Each place where a word of the list `name` is stated as a fact: neither denied nor feared nor supposed in its clause."""
        return (span for span in reading.spans(self[name]) if self.is_fact(reading, span.start, span.end))

    def first_stated(self, reading: Reading, name: str) -> Span | None:
        """The first of `stated`."""
        return next(self.stated(reading, name), None)

    def is_fact(self, reading: Reading, start: int, end: int) -> bool:
        """Whether what stands at `start` is told as a fact that has come about."""
        return self.is_real(reading, start, end) and not self._vague.search(_shortly_before(reading, start))

    def is_real(self, reading: Reading, start: int, end: int) -> bool:
        """Whether what stands at `start` is neither denied nor feared nor put as a condition; a danger that exists is real."""
        before = _shortly_before(reading, start)
        after = reading.text[end : max(reading.clause_at(start).end, end) + _LOOK_BACK]
        if before[-1:] in _NOT or self._feared.search(before) or self._unreal_after.search(after):
            return False
        return not self._condition.search(reading.text[reading.sentence_at(start).start : start])


def load_cues(official: Iterable[str] = ()) -> Cues:
    """The built-in lists; `official` are further names of the department. Raises PolicyError."""
    path = BUILT_IN / "cues.toml"
    lists = dict(word_lists(read_toml(path), path))
    lists["official"] |= {name.lower() for name in official}
    return Cues(lists)


def _shortly_before(reading: Reading, start: int) -> str:
    return reading.text[max(reading.clause_at(start).start, start - _LOOK_BACK) : start]


def near(reading: Reading, left: Span, words: frozenset[str], reach: int) -> bool:
    """Whether one of `words` begins at most `reach` characters before or after `left`."""
    return any(left.start - reach <= start <= left.end + reach for _, start in reading.starts(words))


def _any_of(words: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
