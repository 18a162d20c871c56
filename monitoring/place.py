"""The place a post is about: the most precise words to which someone can be sent, exactly as they were written."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from monitoring.lexicon import BUILT_IN, Lexicon, read_toml, word_lists
from monitoring.reading import Reading

LONGEST_NAME = 9
"""Characters of one name before its suffix, at most."""
LONGEST_PLACE = 40
_EXACT = 5
_PRECISE = 4.0
"""From a named street on."""
_KNOWN_BONUS = 3.0
_HEAD_BONUS = 0.6

_HAN = r"\u4e00-\u9fffa-z0-9·*"
_TAIL = re.compile(
    rf"(?:(?:[一二三四五六七八九十]|\d{{1,2}})期|[a-z]?\d{{1,4}}(?:[-－]\d+)*\*?(?:号楼|号院|号|栋|幢|座|弄|单元|楼|室|层)|[a-z一二三四五六七八九十]{{1,2}}(?:座|栋|区|幢|单元|楼)|[东西南北]{{1,2}}(?:门|侧|区|边|段|面)|(?:大?门|路|街)?(?:口|旁|对面|附近|路口|交叉口|交汇处|楼下|楼顶|地下室|大门口|门口|路段|沿线))"
)
_AND = re.compile(r"(?:和|与|、|-|至|到)")


@dataclass(frozen=True)
class PlaceFound:
    """Where a post is about.

    Attributes:
        place: the original's words.
        district: by the gazetteer.
        offset: where the place begins in the matching text, if it is precise enough to send someone to.
    """

    place: str | None = None
    district: str | None = None
    offset: int | None = None


@dataclass(frozen=True)
class _Candidate:
    start: int
    end: int
    rank: float


class Gazetteer:
    """The places a department knows, by district, and the grammar of places it does not know.

    Args:
        districts: district -> streets, estates, markets … in it.
        whole: names that alone are too wide to send anyone to (the province, the city).
    """

    def __init__(self, districts: Mapping[str, Sequence[str]], whole: Iterable[str] = ()) -> None:
        path = BUILT_IN / "places.toml"
        content = read_toml(path)
        lists = word_lists(content["words"], path)
        self._generic = lists["generic"]
        self._boundary = sorted(lists["boundary"], key=len, reverse=True)
        self._rank = {suffix: int(rank) for rank, suffixes in content["suffixes"].items() for suffix in suffixes}
        self._district_of = {place.lower(): district for district, places in districts.items() for place in (*places, district)}
        self._districts = frozenset(name.lower() for name in districts)
        self._whole = frozenset(name.lower() for name in whole if name)

    @cached_property
    def _known(self) -> Lexicon:
        return Lexicon(tuple(self._district_of))

    @cached_property
    def _suffix(self) -> re.Pattern[str]:
        suffixes = sorted(self._rank, key=len, reverse=True)
        return re.compile(rf"[{_HAN}]{{1,{LONGEST_NAME}}}?(?P<suffix>{'|'.join(map(re.escape, suffixes))})")

    @cached_property
    def _left_edge(self) -> re.Pattern[str]:
        return re.compile(rf".*(?:{'|'.join(map(re.escape, self._boundary))})", re.DOTALL)

    def find(self, reading: Reading) -> PlaceFound:
        """The place of a post: a known one or, by the grammar, an unknown one; the more precise first, the earlier of equals."""
        known = list(self._known_places(reading.text))
        candidates = [self._extended(reading, candidate) for candidate in (*known, *self._unknown_places(reading.text))]
        district = self._district(reading, known)
        if not candidates:
            return PlaceFound(district=district)
        best = max(candidates, key=lambda c: (c.rank + (_HEAD_BONUS if c.start < reading.head_end else 0.0), -c.start))
        return PlaceFound(reading.normal.quote(best.start, best.end).strip(), district, best.start if best.rank >= _PRECISE else None)

    def _known_places(self, text: str) -> Iterator[_Candidate]:
        if not self._district_of:
            return
        for word, starts in self._known.find(text).items():
            rank = 1.5 if word in self._districts else _EXACT + _KNOWN_BONUS + len(word) / 100
            yield from (_Candidate(start, start + len(word), rank) for start in starts)

    def _unknown_places(self, text: str) -> Iterator[_Candidate]:
        place = 0
        while match := self._suffix.search(text, place):
            start, end = match.start() + self._edge(text[match.start() : match.start("suffix")]), match.end()
            place = end
            if end - start > len(match["suffix"]) and text[start:end] not in self._generic and text[start:end] not in self._whole:
                yield _Candidate(start, end, self._rank[match["suffix"]] + min(end - start, 8) / 50)

    def _edge(self, before: str) -> int:
        """How many characters of `before` do not belong to the name."""
        match = self._left_edge.match(before)
        return match.end() if match else 0

    def _extended(self, reading: Reading, candidate: _Candidate) -> _Candidate:
        """The candidate with the house number after it and the district or street written directly before it."""
        start, end = candidate.start, candidate.end
        rank = candidate.rank
        while (match := _TAIL.match(reading.text, end)) and end - start < LONGEST_PLACE:
            end, rank = match.end(), rank + 0.4
        while (before := self._directly_before(reading.text, start)) is not None and end - before < LONGEST_PLACE:
            start, rank = before, rank + 0.2
        return _Candidate(start, end, rank)

    def _directly_before(self, text: str, end: int) -> int | None:
        window_start = max(0, end - LONGEST_NAME - 4)
        for match in reversed(list(self._suffix.finditer(text, window_start, end))):
            start = match.start() + self._edge(text[match.start() : match.start("suffix")])
            if match.end() == end and end - start > len(match["suffix"]) and text[start:end] not in self._generic:
                return start
        return None

    def _district(self, reading: Reading, known: list[_Candidate]) -> str | None:
        """The district of the longest known place, the earlier of equals."""
        if not known:
            return None
        longest = max(known, key=lambda c: (c.end - c.start, -c.start))
        return self._district_of[reading.text[longest.start : longest.end]]
