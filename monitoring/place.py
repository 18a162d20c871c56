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
_KNOWN = 8.0
_NAMED = 5.0
_DISTRICT = 1.5
_REGION = 0.5
_PRECISE = 4.0
"""From a named street on."""
_HEAD_BONUS = 0.6

_WORD = r"\u4e00-\u9fffa-z0-9·*"
_NUMBER = r"(?:[a-z]{0,2}\d{1,4}(?:[-－]\d+)*\*?|[一二三四五六七八九十]{1,3}|\*+|[a-z]{1,2})"
_SPOT = r"(?:大?门|路|街|巷)?(?:口|旁边?|对面|附近|路口|交叉口|交汇处|楼下|楼顶|地下室|门前|沿线|路段|周边|一带|处(?!理|罚|置))"
_TAIL = re.compile(
    rf" ?(?:{_NUMBER}(?:[和与、]{_NUMBER})? ?(?:期|区|号楼|号院|号|栋|幢|座|弄|单元|楼|室|层|组团)"
    rf"|[东西南北]{{1,2}}(?:大门|门|侧|区|边|段|面)|小区|工地|项目|夜市|{_SPOT})"
)
_CROSSING = re.compile(rf"(?:和|与|、|跟)(?P<other>[{_WORD}]{{1,6}}?(?:路|街|大道|巷|道))")
_UNIT = r"新区|高新区|经开区|(?<!小)区(?![域间别政局分])|县(?![政级城委长])|市(?![民场政容区局监委里长级])"
_ADMINISTRATIVE = re.compile(rf"(?:[a-z]\d{{0,2}}[市区县]|[{_WORD}]{{2,4}}?(?:{_UNIT}))+(?:[{_WORD}]{{2,4}}?(?:街道|镇|乡|社区|村))*")
_COMPANY = re.compile("有限|公司|科技|集团|企业")
_NOT_IN_NAME = re.compile(r"[\d一二三四五六七八九十两](?:年|月|日|岁|个|家|条|次|点|元|块|天|多)")


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
        districts: district -> streets, estates, markets … in it; those under "" belong to the whole city.
        whole: names that alone are too wide to send anyone to (the province, the city).
    """

    def __init__(self, districts: Mapping[str, Sequence[str]], whole: Iterable[str] = ()) -> None:
        path = BUILT_IN / "places.toml"
        content = read_toml(path)
        lists = word_lists(content["words"], path)
        self._generic, self._boundary, self._name_end = lists["generic"], lists["boundary"], lists["name_end"]
        self._regions = lists["regions"] | {name.lower() for name in whole if name}
        self._linking = tuple(lists["linking"])
        self._rank = {suffix: int(rank) for rank, suffixes in content["suffixes"].items() for suffix in suffixes}
        self._district_of = {place.lower(): district for district, places in districts.items() for place in (*places, district) if place}
        self._districts = frozenset(name.lower() for name in districts if name)

    @cached_property
    def _known(self) -> Lexicon:
        return Lexicon((*self._district_of, *(self._regions - self._district_of.keys())))

    @cached_property
    def _suffix(self) -> re.Pattern[str]:
        return re.compile(rf"[{_WORD}]{{1,{LONGEST_NAME}}}?(?P<suffix>{_any_of(self._rank)})")

    @cached_property
    def _left_edge(self) -> re.Pattern[str]:
        return re.compile(rf".*(?:{_any_of(self._boundary)})", re.DOTALL)

    @cached_property
    def _led_name(self) -> re.Pattern[str]:
        """A name of any kind right after an administrative unit, up to where the matter begins."""
        return re.compile(rf"[{_WORD}]{{2,8}}?(?={_any_of(self._name_end)}|[^{_WORD}])")

    def find(self, reading: Reading) -> PlaceFound:
        """The place of a post: a known one or, by the grammar, an unknown one; the more precise first, the earlier of equals."""
        known = list(self._known_places(reading.text))
        found = [*known, *self._suffixed(reading.text), *self._led(reading.text)]
        candidates = [self._extended(reading.text, candidate) for candidate in found]
        district = self._district(reading, known)
        if not candidates:
            return PlaceFound(district=district)
        best = max(candidates, key=lambda c: (c.rank + (_HEAD_BONUS if c.start < reading.head_end else 0.0), -c.start))
        offset = best.start if best.rank >= _PRECISE else None
        return PlaceFound(reading.normal.quote(best.start, best.end).strip(), district, offset)

    def _known_places(self, text: str) -> Iterator[_Candidate]:
        for word, starts in self._known.find(text).items():
            rank = _REGION if word not in self._district_of else _DISTRICT if word in self._districts else _KNOWN + len(word) / 100
            yield from (_Candidate(start, start + len(word), rank) for start in starts)

    def _suffixed(self, text: str) -> Iterator[_Candidate]:
        place = 0
        while match := self._suffix.search(text, place):
            place = match.end()
            start = match.start() + self._edge(text[match.start() : match.start("suffix")])
            if self._is_name(text[start:place], match["suffix"]):
                yield _Candidate(start, place, self._rank[match["suffix"]] + min(place - start, 8) / 50)

    def _led(self, text: str) -> Iterator[_Candidate]:
        for match in _ADMINISTRATIVE.finditer(text):
            start = match.start() + self._edge(match.group())
            name = self._led_name.match(text, match.end())
            if name and match.end() > start and not self._left_edge.match(name.group()) and not _COMPANY.match(text, name.end()):
                yield _Candidate(start, name.end(), _NAMED - 0.3 + min(name.end() - start, 8) / 50)

    def _is_name(self, name: str, suffix: str) -> bool:
        return len(name) > len(suffix) and name not in self._generic and name not in self._regions and not _NOT_IN_NAME.search(name)

    def _edge(self, before: str) -> int:
        """How many characters of `before` do not belong to the name."""
        match = self._left_edge.match(before)
        edge = match.end() if match else 0
        return edge + 1 if before.startswith(self._linking, edge) else edge

    def _extended(self, text: str, candidate: _Candidate) -> _Candidate:
        """The candidate with the crossing street and the house number after it, and the district or street written directly before it."""
        start, end, rank = candidate.start, candidate.end, candidate.rank
        if crossing := _CROSSING.match(text, end):
            end = crossing.end()
        while (tail := _TAIL.match(text, end)) and end - start < LONGEST_PLACE:
            end, rank = tail.end(), rank + 0.4
        while (before := self._directly_before(text, start)) is not None and end - before < LONGEST_PLACE:
            start, rank = before, rank + 0.2
        return _Candidate(start, end, rank)

    def _directly_before(self, text: str, end: int) -> int | None:
        for match in reversed(list(self._suffix.finditer(text, max(0, end - LONGEST_NAME - 4), end))):
            start = match.start() + self._edge(text[match.start() : match.start("suffix")])
            if match.end() == end and self._is_name(text[start:end], match["suffix"]):
                return start
        return None

    def _district(self, reading: Reading, known: list[_Candidate]) -> str | None:
        """The district of the longest known place, the earlier of equals."""
        placed = [c for c in known if reading.text[c.start : c.end] in self._district_of]
        if not placed:
            return None
        longest = max(placed, key=lambda c: (c.end - c.start, -c.start))
        return self._district_of[reading.text[longest.start : longest.end]] or None


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
