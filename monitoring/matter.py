"""What a post is about, taken apart: the names in it, which say where or who, and the troubles it tells of.

No gazetteer is needed for the names: what everyday words, words of trouble and names of districts leave of the opening is a name
of an estate, a road, a shop, a line, a school, a company.
"""

import re
import struct
import zlib
from collections import Counter
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from language.hashed_ngrams import distinct
from monitoring.commonness import is_common
from monitoring.lexicon import BUILT_IN, Lexicon, read_toml, word_lists
from monitoring.rarity import rarity
from monitoring.wording import BREAK, HEAD_CHARACTERS, LONGEST_CHARACTERS, Grams, code_points, matching_text, pairs_of

OPENING_CHARACTERS = 300
"""So much of a post is searched for names: it says first what it is about."""
_NO_DISTRICT = "小社辖地片校园景厂院库老市城灾特专禁郊山牧矿林营务发宅业民活住商学教新共置属游"
"""Before 区 these make a common noun (小区, 社区, 景区)."""
_DISTRICT = re.compile(rf"(?:[A-Za-z]\d+|[\u4e00-\u9fff]{{2}})(?<![{_NO_DISTRICT}])[区县]")
_REGION = re.compile(rf"[a-z]\d{{0,2}}[市区县]|[\u4e00-\u9fff]{{2}}(?<![{_NO_DISTRICT}])[区县市]")
_KIND = re.compile("小区|社区|街道|路口|路段|楼盘|项目|工地|公司|集团|有限|学校|学院|中学|小学|[一二三四五六]期")
"""What kind of thing a name names does not tell it from others of the kind."""
_NUMBERED = re.compile(r"(\d{1,4}|[一二三四五六七八九十])(号线|期|栋|幢|号楼|单元|路公交|路车|区(?!别))")
_DIGITS = {numeral: str(value) for value, numeral in enumerate("一二三四五六七八九十", 1)}
_HEADER = struct.Struct("<5H")


def _none() -> NDArray[np.uint32]:
    return np.zeros(0, np.uint32)


@dataclass(frozen=True, eq=False)
class Matter:
    """What a post is about. All arrays but `names` are ascending, each entry once.

    Attributes:
        names: the character pairs of the names in the headline in order; BREAK between names.
        spoken: the character pairs of all names in the opening.
        letters: the code points of the names in the headline, by which a garbled name is known.
        numbered: what the headline numbers (3 号线, 二期, 5 栋): the kind of thing in the upper half, the number in the lower.
        troubles: the hashed kinds of trouble (事由) it tells of.
        told: how often the body tells of each, at most 127; 128 more where the headline does.
    """

    names: Grams = field(default_factory=_none)
    spoken: Grams = field(default_factory=_none)
    letters: NDArray[np.uint32] = field(default_factory=_none)
    numbered: NDArray[np.uint32] = field(default_factory=_none)
    troubles: NDArray[np.uint32] = field(default_factory=_none)
    told: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))

    @cached_property
    def name_rarity(self) -> NDArray[np.float32]:
        """How rare each pair of the names is; 0 for a break."""
        return np.where(self.names == BREAK, np.float32(0), rarity(self.names))

    @cached_property
    def spoken_rarity(self) -> NDArray[np.float32]:
        """How rare each of `spoken` is."""
        return rarity(self.spoken)

    @cached_property
    def numbers(self) -> dict[int, frozenset[int]]:
        """The numbers in the headline for each kind of thing."""
        kinds = {int(entry) >> 16 for entry in self.numbered}
        return {kind: frozenset(int(entry) & 0xFFFF for entry in self.numbered if int(entry) >> 16 == kind) for kind in kinds}

    @cached_property
    def in_body(self) -> NDArray[np.float64]:
        """How much the body tells of each trouble."""
        told: NDArray[np.float64] = np.log1p((self.told & 127).astype(float))
        return told

    @cached_property
    def in_all(self) -> NDArray[np.float64]:
        """How much headline and body together tell of each trouble."""
        return self.in_body + 2.0 * (self.told >= 128).astype(float)

    def pack(self) -> bytes:
        """For storing in a row."""
        arrays = (self.names, self.spoken, self.letters, self.numbered, self.troubles)
        return _HEADER.pack(*map(len, arrays)) + b"".join(array.tobytes() for array in arrays) + self.told.tobytes()

    @staticmethod
    def unpack(data: bytes | None) -> "Matter":
        """The matter that `pack` wrote; an empty one for a row from before there were matters."""
        if not data:
            return Matter()
        lengths = _HEADER.unpack_from(data)
        numbers = np.frombuffer(data, np.uint32, sum(lengths), _HEADER.size)
        names, spoken, letters, numbered, troubles = np.split(numbers, np.cumsum(lengths[:-1]))
        return Matter(names, spoken, letters, numbered, troubles, np.frombuffer(data, np.uint8, offset=_HEADER.size + numbers.nbytes))


def districts_in(text: str) -> frozenset[str]:
    """The districts and counties that a text names."""
    return frozenset(match.group() for match in _DISTRICT.finditer(text))


def read_matter(title: str, text: str) -> Matter:
    """What a post is about, the same in traditional and simplified script."""
    title, text = title[:LONGEST_CHARACTERS], text[:LONGEST_CHARACTERS]
    whole = matching_text(f"{title}\n{text}")
    head_length = len(title) if title.strip() else HEAD_CHARACTERS + 1
    opening = whole[: max(OPENING_CHARACTERS, head_length)]
    points = np.where(_is_name(opening), code_points(opening), np.uint64(0))
    spoken = pairs_of(points)
    in_headline = points[:head_length].astype(np.uint32)
    troubles, told = _troubles(whole, head_length)
    return Matter(
        spoken[: max(head_length - 1, 0)],
        distinct(spoken[spoken != BREAK]),
        distinct(in_headline[in_headline > 0]),
        _numbered(whole[:head_length]),
        troubles,
        told,
    )


def trouble_number(name: str) -> int:
    """The number that a kind of trouble goes by."""
    return zlib.crc32(name.encode())


@cache
def _trouble_words() -> dict[str, tuple[int, ...]]:
    """Each word of trouble with the kinds it tells of."""
    path = BUILT_IN / "troubles.toml"
    kinds = word_lists(read_toml(path), path)
    words = frozenset().union(*kinds.values())
    return {word: tuple(trouble_number(kind) for kind, said in kinds.items() if word in said) for word in words}


@cache
def _lexicon() -> Lexicon:
    return Lexicon(tuple(sorted(_trouble_words())))


def _is_name(opening: str) -> NDArray[np.bool_]:
    """For each character, whether it belongs to a name."""
    import rjieba

    named, place = bytearray(b"\1" * len(opening)), 0
    for word in rjieba.cut(opening):
        end = place + len(word)
        if is_common(word) or (len(word) == 1 and not "\u4e00" <= word <= "\u9fff"):
            named[place:end] = bytes(len(word))
        place = end
    for word, starts in _lexicon().find(opening).items():
        for start in starts:
            named[start : start + len(word)] = bytes(len(word))
    for pattern in (_REGION, _KIND):
        for match in pattern.finditer(opening):
            named[match.start() : match.end()] = bytes(match.end() - match.start())
    return np.frombuffer(named, np.uint8).astype(bool)


def _numbered(head: str) -> NDArray[np.uint32]:
    found = {(zlib.crc32(kind.encode()) & 0xFFFF) << 16 | int(_DIGITS.get(number, number)) for number, kind in _NUMBERED.findall(head)}
    return np.array(sorted(found), np.uint32)


def _troubles(whole: str, head_length: int) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    in_body, in_head = Counter[int](), set[int]()
    for word, starts in _lexicon().find(whole).items():
        inside = sum(start < head_length for start in starts)
        for kind in _trouble_words()[word]:
            in_body[kind] += len(starts) - inside
            in_head.update([kind] * bool(inside))
    kinds = sorted(in_body)
    told = [min(in_body[kind], 127) + 128 * (kind in in_head) for kind in kinds]
    return np.array(kinds, np.uint32), np.array(told, np.uint8)
