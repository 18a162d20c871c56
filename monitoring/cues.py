"""The lists of words that intent, attitude and grave factors go by, and whether a word is meant as a fact."""

import re
from collections.abc import Iterable, Iterator, Sequence

from monitoring.lexicon import BUILT_IN, WordLists, read_toml, word_lists
from monitoring.reading import Reading, Span

_LOOK_BACK = 12
"""Characters before a word within which a negation or a doubt reaches it."""
_NOT = tuple("不没未别勿无")
_LACKING = re.compile(r"没有?(?:任何)?(?:加?盖|围挡|警示|护栏|救生|执照|办?证|牵|拴|人管|做|装|设)|无[证照人牌]|未经|不[牵拴管]|没人")
"""What is missing denies nothing that came of it (没盖的窨井摔死人)."""
_CAME_ABOUT = re.compile(r"当场|已经?(?!成)|昨|今[天日早晚晨]|刚|前天|上午|下午|凌晨|上周|\d[月日号]|死了|亡|造成|导致了|抢救|送医|不幸")
"""What says in a clause that something has happened: a question that follows does not cancel it."""


class Cues(dict[str, frozenset[str]]):
    """The word lists of `lexicons/cues.toml` by name, with the questions that are asked of them.

    `things` are the things in the department's care by line, by which grave harm is known to be its business.
    """

    def __init__(self, lists: WordLists, things: WordLists | None = None) -> None:
        self.things = dict(things or {})
        super().__init__(dict(lists) | {f"thing {line}": words for line, words in self.things.items()})
        self._held = _Holding(self)
        self._denied = _any_of(self["negation"])
        self._feared = _any_of(self["fear"])
        self._vague = _any_of(self["vague"])
        self._condition = _any_of(self["condition"])
        self._unreal_after = _any_of(self["hypothesis_after"])
        self._asked_after = _any_of(self["asked_after"])

    def held(self, reading: Reading) -> frozenset[str]:
        """The names of the lists of which a word occurs in a post."""
        return reading.once(self._held)

    def occur(self, reading: Reading, *names: str) -> bool:
        """Whether a word of one of these lists occurs."""
        return not self.held(reading).isdisjoint(names)

    def starts(self, reading: Reading, name: str) -> Sequence[tuple[str, int]]:
        """Each occurrence of a word of the list `name`, in order: the word and where it begins."""
        return reading.starts(self[name]) if name in self.held(reading) else ()

    def spans(self, reading: Reading, name: str) -> list[Span]:
        """Each occurrence of a word of the list `name`, in order."""
        return reading.spans(self[name]) if name in self.held(reading) else []

    def stated(self, reading: Reading, name: str) -> Iterator[Span]:
        """Each place where a word of the list `name` is stated as a fact: neither denied nor feared nor supposed in its clause."""
        return (span for span in self.spans(reading, name) if self.is_fact(reading, span.start, span.end))

    def first_stated(self, reading: Reading, name: str) -> Span | None:
        """The first of `stated`."""
        return next(self.stated(reading, name), None)

    def stated_but(self, reading: Reading, name: str, not_name: str) -> Iterator[Span]:
        """The same without those that are part of a phrase of the list `not_name`, which only looks like it (气死了, 心态爆炸)."""
        for span in self.stated(reading, name):
            if not any(phrase.start < span.end and span.start < phrase.end for phrase in self.spans(reading, not_name)):
                yield span

    def is_fact(self, reading: Reading, start: int, end: int) -> bool:
        """Whether what stands at `start` is told as a fact that has come about."""
        return self.is_real(reading, start, end) and not self._vague.search(_shortly_before(reading, start))

    def is_real(self, reading: Reading, start: int, end: int) -> bool:
        """Whether what stands at `start` is neither denied nor feared nor put as a condition; a danger that exists is real."""
        before = _shortly_before(reading, start)
        if before[-1:] in _NOT or self._feared.search(before) or self._denied.search(_LACKING.sub("", before)):
            return False
        if self._condition.search(reading.text[reading.sentence_at(start).start : start]):
            return False
        return not self._is_supposed(reading, start, end)

    def _is_supposed(self, reading: Reading, start: int, end: int) -> bool:
        """Whether what follows makes it a mere danger (的隐患), or asks who answers for it where nothing says that it has come about."""
        clause = reading.clause_at(start)
        if self._unreal_after.search(reading.text[end : max(clause.end, end)]):
            return not _CAME_ABOUT.search(clause.text)
        return bool(self._asked_after.search(reading.text[end : max(clause.end, end) + _LOOK_BACK])) and not _CAME_ABOUT.search(clause.text)


class _Holding:
    """Which lists a post holds a word of: asked of each post for every list, and told by looking up its words once."""

    def __init__(self, lists: WordLists) -> None:
        self._lists_of: dict[str, list[str]] = {}
        for name, words in lists.items():
            for word in words:
                self._lists_of.setdefault(word, []).append(name)

    def __call__(self, reading: Reading) -> frozenset[str]:
        return frozenset(name for word in reading.found & self._lists_of.keys() for name in self._lists_of[word])


def load_cues(official: Iterable[str] = ()) -> Cues:
    """The built-in lists; `official` are further names of the department. Raises PolicyError."""
    path = BUILT_IN / "cues.toml"
    content = read_toml(path)
    things = word_lists(content.pop("things"), path)
    lists = dict(word_lists(content, path))
    lists["official"] |= {name.lower() for name in official}
    return Cues(lists, things)


def _shortly_before(reading: Reading, start: int) -> str:
    return reading.text[max(reading.clause_at(start).start, start - _LOOK_BACK) : start]


def near(reading: Reading, left: Span, words: frozenset[str], reach: int) -> bool:
    """Whether one of `words` begins at most `reach` characters before or after `left`."""
    return any(left.start - reach <= start <= left.end + reach for _, start in reading.starts(words))


def _any_of(words: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
