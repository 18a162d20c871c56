"""Names of persons, known by what stands around them: a role before (当事人张三), a title after (张三队长), a telephone number."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from language.segmentation import tagged_words

LONGEST_NAME = 4
_WINDOW = 8
"""Characters that are cut into words to find a name's end, or its beginning."""

_LISTS = tomllib.loads((Path(__file__).parent / "persons.toml").read_text(encoding="utf-8"))
_SURNAMES, _COMPOUND = frozenset(_LISTS["surnames"]), tuple(_LISTS["compound"])
_RISKY = frozenset(_LISTS["risky"])
_SURE = frozenset(_LISTS["sure"])
_BEFORE, _AFTER = _SURE | frozenset(_LISTS["roles"]), frozenset(_LISTS["titles"])
_NO_NAME = frozenset(_LISTS["no_names"])
_SELF = "我是"
"""A name follows only where the clause ends with it: 我是张三，住… but 我是柳叶湖的居民."""
_LINK = re.compile(r"(?:[，,]?(?:名?叫做?|名字叫|姓名|是|为|系)|[:：]|\s)*")
_SURNAME_FIRST = re.compile(r"(?<!百)姓(?P<surname>[\u4e00-\u9fff])[，, ]?(?:名?叫|单名)?")
_AND = re.compile(r"[、和与及/ ]")
_HIDDEN = re.compile("[\u4e00-\u9fff]某{1,2}")
_HIDDEN_LAST = re.compile(f"[{''.join(sorted(_SURNAMES))}]某{{1,2}}$")
_SEX_FOLLOWS = re.compile(r"[（(，,、 ]{1,2}[男女][，,、）)。]")
_CLAUSE_END = re.compile(r"[，,。.；;！!？?、：:\s（(]|$")
_ALONE = re.compile(rf"(?:(?:{'|'.join(_COMPOUND)})[\u4e00-\u9fff]{{1,2}}|[\u4e00-\u9fff]{{2,3}})(?=[，,。.；;！!？?\s（(]|$)")
_ONE_MORE = re.compile(r"[^\W\da-zA-Z_的了说是在和与及等也都就又还被把对向从到着过去来称](?=[，,。.；;！!？?：:\s（(]|$)")
"""The last character of a name that the dictionary knows without it (陈云|富，)."""
_OFFICE = re.compile("[委府院校会区局部门]")
_NOT_PART = re.compile("[路街巷镇村道桥店馆铺楼厂场园]|大道|公司|集团|小区|公园|广场|学校|小学|中学|医院")
"""What follows a name that is the name of a road, a shop or a village."""
_GIVEN_TAGS = ("n", "a", "z", "j", "b")
_ANY_GIVEN_TAGS = (*_GIVEN_TAGS, "d", "m", "v", "s", "t", "i")
"""Of two characters after a surname that is no everyday word."""
_SAID = frozenset("说称讲诉收打骂要让把被的在不没已来去给拿推踢抢找开带又也就都曾用叫反")
"""What a guessed name of three characters or more ends with is often the verb after it."""
_ONE_MORE_TAGS = ("nr", "ns", "nz", "n", "g", "zg", "j", "a", "z", "q")
_NEVER_LAST = frozenset("家人妻母父兄弟姐妹夫的等店厂")
_AFTER_NAMES = ("x", "u", "c", "p", "v", "d")
_NO_GIVEN_TAGS = ("x", "p", "u", "r", "c", "m", "y", "e")
_MIDDLE_TAGS = ("n", "a", "b", "z")
"""What follows a name is seldom a noun: then the two words before it belong to that noun."""


def find_names(text: str) -> Iterator[tuple[int, int]]:
    """The spans of names of persons in a text, some perhaps twice.

    A surname alone with a title (张局长, 张女士) names nobody; of a name half hidden already (王某某) the surname is found.
    """
    for cue, start, end in _cues(text):
        if cue == _SELF:
            yield from ((at, to) for at, to in _names_from(text, end, sure=False) if _CLAUSE_END.match(text, to))
        elif cue in _BEFORE:
            yield from _names_from(text, end, sure=cue in _SURE)
        if cue in _AFTER and (name := name_before(text, start)):
            yield name
    for match in _SURNAME_FIRST.finditer(text):
        yield from _names_from(text, match.end(), sure=True)
    for match in _SEX_FOLLOWS.finditer(text):
        if name := name_before(text, match.start()):
            yield name


def name_before(text: str, end: int, *, titled: bool = True) -> tuple[int, int] | None:
    """The name that ends right before a place in the text; `titled`: where a title stands, which only a name can carry."""
    window = text[max(0, end - _WINDOW) : end]
    if not window or not "\u4e00" <= window[-1] <= "\u9fff":
        return None
    words = tagged_words(window, guess=True)
    last = words[-1][0]
    if hidden := _HIDDEN_LAST.search(window):
        return end - len(hidden[0]), end - len(hidden[0]) + 1
    if _is_name(*words[-1]) and (titled or last[0] not in _RISKY):
        return end - len(last), end
    whole = words[-2][0] + last if len(words) > 1 else ""
    given_tags = _GIVEN_TAGS if titled else ("nr",)
    if _is_surname(whole.removesuffix(last)) and len(last) <= 2 and words[-1][1].startswith(given_tags) and whole not in _NO_NAME:
        return end - len(whole), end
    return None


def has_surname(word: str) -> bool:
    """Whether a word begins with a surname that is no everyday word."""
    return (word[:1] in _SURNAMES and word[:1] not in _RISKY) or word[:2] in _COMPOUND


def _names_from(text: str, start: int, *, sure: bool) -> Iterator[tuple[int, int]]:
    """The name that follows, and those joined to it (张三、李四)."""
    link = _LINK.match(text, start)
    at = link.end() if link else start
    while end := _name_end(text, at, sure=sure):
        yield at, end
        joint = _AND.match(text, end)
        if not joint:
            return
        at = joint.end()


def _name_end(text: str, at: int, *, sure: bool) -> int:
    """Where the name ends that begins at a place in the text; 0 where none begins there."""
    if text[at : at + 1] not in _SURNAMES and text[at : at + 2] not in _COMPOUND:
        return 0
    if _HIDDEN.match(text, at):
        return at + 1
    if text[at] in _RISKY and not sure:
        return 0
    if sure and (alone := _ALONE.match(text, at)) and alone[0] not in _NO_NAME:
        return alone.end()
    words = [*tagged_words(text[at : at + _WINDOW], guess=True), ("", "x"), ("", "x")]
    length = _length(words, sure=sure)
    length += length == 2 and bool(_ONE_MORE.match(text, at + length))
    return 0 if not length or _NOT_PART.match(text, at + length) else at + length


def _length(words: list[tuple[str, str]], *, sure: bool) -> int:
    """Characters of the name that some words begin with; 0 where they begin with none."""
    (first, tag), (second, tag_of_second), (_, tag_of_third) = words[:3]
    if len(first) > 2 and first[-1] in _SAID and _is_name(first[:-1], tag):
        return len(first) - 1
    if _is_name(first, tag) and len(first) == 2 and _ends_a_name(second, tag_of_second) and tag_of_third.startswith(_AFTER_NAMES):
        return len(first) + 1
    if _is_name(first, tag) or (sure and 2 <= len(first) <= 3 and first not in _NO_NAME and tag_of_second == "x"):
        return len(first)
    whole = first + second
    if _NOT_PART.match(whole[-1:]):
        return 0
    if len(whole) == 3 and _is_surname(first[0]) and tag_of_second.startswith("nr") and first not in _NO_NAME:
        return len(whole)
    if not _is_surname(first) or not 1 <= len(second) <= 2 or whole in _NO_NAME or tag_of_third.startswith(_MIDDLE_TAGS):
        return 0
    if tag_of_second.startswith(_ANY_GIVEN_TAGS if len(second) == 2 else _GIVEN_TAGS):
        return len(whole)
    return len(whole) if sure and not tag_of_second.startswith(_NO_GIVEN_TAGS) else 0


def _ends_a_name(word: str, tag: str) -> bool:
    """Whether a single character may be the last of a name that the dictionary knows without it."""
    return len(word) == 1 and tag.startswith(_ONE_MORE_TAGS) and word not in _NEVER_LAST


def _is_name(word: str, tag: str) -> bool:
    if not tag.startswith("nr") or not 2 <= len(word) <= LONGEST_NAME or not _NO_NAME.isdisjoint((word, word[:2])):
        return False
    if word[1:] in _AFTER or (word[0] in _RISKY and _OFFICE.search(word)):
        return False
    return _is_surname(word[0], word[:2]) and not _NOT_PART.match(word[-1])


def _is_surname(*words: str) -> bool:
    return any(word in _SURNAMES or word in _COMPOUND for word in words)


def _cues(text: str) -> Iterator[tuple[str, int, int]]:
    """Each role and title in a text, with where it stands; the longest of those that overlap."""
    words, automaton = _automaton()
    return ((words[number], start, end) for number, start, end in automaton.find_matches_as_indexes(text))


@cache
def _automaton() -> tuple[tuple[str, ...], Any]:
    from ahocorasick_rs import AhoCorasick, MatchKind

    words = tuple(sorted(_BEFORE | _AFTER | {_SELF}))
    return words, AhoCorasick(words, matchkind=MatchKind.LeftmostLongest)
