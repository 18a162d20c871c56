"""The grammar of places that no list knows: where a name ends by its last word (…小区, …路), where it begins, and what may follow it."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import itemgetter
from typing import Any

from language.segmentation import tagged_words
from monitoring.lexicon import Lexicon, WordLists

LONGEST_NAME = 9
"""Characters of one name before its suffix, at most."""
_LONGEST_LED = 10
_LONGEST_UNIT = 5
_UNIT_BELOW = 3.0
"""Names of lower rank are administrative units."""
_LED = 4.6
"""Rank of a name without a suffix, told by the administrative unit before it."""

WORD = r"\u4e00-\u9fffa-z0-9·*"
_NUMBER = r"(?:[a-z]{0,2}\d{1,4}(?:[-－]\d+)*\*?|[一二三四五六七八九十]{1,3}|\*+|[a-z]{1,2})"
_SPOT = (
    r"(?:大?门|路|街|巷|单元|小区|店)?(?:口|旁边?|对面|附近|路口|交叉口|交汇处|交界处|楼下|楼顶|顶楼|地下室|地下车库|车库|门前|门口"
    r"|沿线|路段|段|周边|一带|之间|范围内|处(?!理|罚|置))"
)
TAIL = re.compile(
    rf" ?(?:\d+-\d+-[\d*]+|[a-z]口|桥[下底头]"
    rf"|{_NUMBER}(?:(?:号楼|栋|幢|座|期)?[和与、]{_NUMBER})? ?(?:期|区|号楼|号院|号|栋|幢|座|弄|单元|楼|室|层|组团)"
    r"|[东西南北中]{1,2}(?:大门|门|侧|区|边|段|面|广场)(?:出?口)?|以[东西南北](?:空地)?"
    rf"|小区|工地|施工工地|项目|夜市|幼儿园|售楼部|停车场|{_SPOT})"
)
CROSSING = re.compile(rf"(?:和|与|、|跟)(?P<other>[{WORD}]{{1,6}}?(?:路|街|大道|巷|道))")
_PSEUDONYM = re.compile(r"[a-z]\d{0,2}$")
"""How open data hides the name of a unit (A7县)."""
_NO_PLACE = re.compile("有限|公司|科技|集团|企业|政府|委员会|办事处|[县市区]委")
_NO_LED_TAGS = ("m", "b", "f")
_NO_LED = re.compile("局$|办$|处$")
_NOT_IN_NAME = re.compile(r"[\d一二三四五六七八九十两](?:年|月|日|岁|个|家|条|次|点|元|块|天|多|名|位|户|人)")
_PART = re.compile(r"[^,，。！!？?；;：:、\n…]+")
_NAME_CHARACTERS = re.compile(f"[{WORD}]+")
_BEFORE_NAMES = "在到于对从"
"""A word of two characters that begins so was cut wrongly (在建|楚新村)."""
_STOP_TAGS = ("v", "d", "p", "c", "r", "u", "y", "i", "l")
"""First letters of the parts of speech of which a word of two characters begins no name (rjieba)."""


@dataclass(frozen=True)
class Atom:
    """One piece of a place: a name, told by its suffix, by the unit before it or by a list; the higher the rank, the more precise."""

    start: int
    end: int
    rank: float


class PlaceGrammar:
    """Finds names by the word lists of `places.toml`; that file explains the lists.

    Args:
        content: the parsed file.
        lists: its word lists.
        not_names: further words that are no place by themselves.
    """

    def __init__(self, content: Mapping[str, Any], lists: WordLists, not_names: Iterable[str] = ()) -> None:
        self._rank = {suffix: float(rank) for rank, suffixes in content["suffixes"].items() for suffix in suffixes}
        self._not_before = {suffix: tuple(after) for suffix, after in content["not_before"].items()}
        self._shortest = {suffix: int(length) for length, suffixes in content["shortest"].items() for suffix in suffixes}
        self._no_name = lists["generic"] | frozenset(not_names)
        self._boundary, self._name_end = lists["boundary"], tuple(lists["name_end"])
        self._in_names = lists["verbs_in_names"]

    @cached_property
    def _suffixes(self) -> Lexicon:
        return Lexicon(tuple(sorted(self._rank)))

    def atoms(self, text: str) -> Iterator[Atom]:
        """The names in a text, in no order; they may overlap."""
        ends: dict[int, tuple[int, str]] = {}
        for suffix, places in self._suffixes.find(text).items():
            for start in places:
                ends[start + len(suffix)] = min(ends.get(start + len(suffix), (start, suffix)), (start, suffix))
        parts = _Parts(text)
        for end, (start, suffix) in ends.items():
            if text.startswith(self._not_before.get(suffix, ()), end):
                continue
            words = parts.around(start)
            if name := self._named(words, start, end, suffix):
                yield name
                if name.rank < _UNIT_BELOW and (led := self._led(words, name)):
                    yield led

    def _named(self, words: "_Words", at: int, end: int, suffix: str) -> Atom | None:
        """The name that ends with the suffix at `at`, if it is one."""
        holder = words.at(at)
        if words.texts[holder] in self._no_name and words.texts[holder] != suffix:
            return None
        start = self._start(words, holder, at, unit=self._rank[suffix] < _UNIT_BELOW)
        name = words.text[start:end]
        if (
            len(name) < len(suffix) + self._shortest.get(suffix, 1)
            or name in self._no_name
            or _NOT_IN_NAME.search(name)
            or _NO_PLACE.search(name)
        ):
            return None
        return Atom(start, end, self._rank[suffix] + min(end - start, 8) / 50)

    def _start(self, words: "_Words", holder: int, at: int, *, unit: bool) -> int:
        """Where the name begins whose suffix stands at `at` in the word number `holder`."""
        start, longest = min(at, words.starts[holder]), _LONGEST_UNIT if unit else LONGEST_NAME
        for number in range(holder - 1, -1, -1):
            word = words.texts[number]
            if unit and start == at and _PSEUDONYM.match(word):
                return words.starts[number]
            if at - words.starts[number] > longest:
                break
            if self._ends_a_name(word, words.tags[number]) or (word == "和" and at - start != 1 and self._is_joint(words, number)):
                return words.starts[number] + 1 if len(word) == 2 and word[0] in _BEFORE_NAMES else start
            start = words.starts[number]
        return start

    def _is_joint(self, words: "_Words", number: int) -> bool:
        """Whether an 和 joins two names; in 万和城 it is part of one."""
        return number == 0 or len(words.texts[number - 1]) > 1 or self._ends_a_name(words.texts[number - 1], words.tags[number - 1])

    def _ends_a_name(self, word: str, tag: str) -> bool:
        """Whether a word can be no part of a name."""
        if word in self._boundary or not _NAME_CHARACTERS.fullmatch(word):
            return True
        return len(word) > 1 and tag.startswith(_STOP_TAGS) and word not in self._in_names

    def _led(self, words: "_Words", unit: Atom) -> Atom | None:
        """The name without a suffix that follows an administrative unit, up to where the matter begins."""
        end = unit.end
        for number in range(words.at(unit.end), len(words.texts)):
            word, start = words.texts[number], words.starts[number]
            if start < end or words.text.startswith(self._name_end, start) or TAIL.match(words.text, start):
                break
            if self._ends_a_name(word, words.tags[number]) or words.tags[number].startswith(_NO_LED_TAGS):
                break
            if start + len(word) - unit.end > _LONGEST_LED:
                return None
            end = start + len(word)
        name = words.text[unit.end : end]
        if len(name) < 2 or name in self._no_name or _NOT_IN_NAME.search(name) or _NO_PLACE.match(words.text, end):
            return None
        if _NO_PLACE.search(name) or _NO_LED.search(name):
            return None
        return Atom(unit.end, end, _LED + min(end - unit.end, 8) / 50)


class _Parts:
    """A text in the stretches between its punctuation marks: no name reaches across one, and each is cut into words as in the whole."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spans = [part.span() for part in _PART.finditer(text)]
        self._words: dict[int, _Words] = {}

    def around(self, offset: int) -> "_Words":
        """The words of the stretch that holds a character; only stretches that are asked for are cut."""
        first, last = self._spans[bisect_right(self._spans, offset, key=itemgetter(0)) - 1]
        if first not in self._words:
            self._words[first] = _Words(self._text, first, last)
        return self._words[first]


class _Words:
    """A stretch of a text cut into words with their parts of speech; `starts` count from the text's beginning."""

    def __init__(self, text: str, first: int, last: int) -> None:
        tagged = tagged_words(text[first:last])
        self.text = text
        self.texts: Sequence[str] = [word for word, _ in tagged]
        self.tags: Sequence[str] = [tag for _, tag in tagged]
        self.starts: Sequence[int] = [*accumulate((len(word) for word in self.texts), initial=first)][:-1]

    def at(self, offset: int) -> int:
        """The number of the word that holds a character."""
        return bisect_right(self.starts, offset) - 1
