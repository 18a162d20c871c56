"""What a post asks for without saying so: who complains of the noise of a shop wants that noise stopped.

`lexicons/asks.toml` lists the troubles, the words by which each is told, the things it comes from, and how the request is put.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import Any, NamedTuple

from monitoring.lexicon import Lexicon, WordLists
from monitoring.reading import Reading
from monitoring.wish import READ, Wish

_BASE, _IN_HEAD, _USUAL_LINE, _PER_LOG_COUNT, _WITH_THING, _SURE = 0.10, 0.09, 0.19, 0.09, 0.20, 0.32
"""What makes a trouble worth naming, fitted on judged posts: docs/models/asks.md."""
_MOST_COUNTED = 8
_FARTHEST = 60
"""A thing farther from the trouble than this comes from something else; in characters, with the surcharges below."""
_AFTER, _OTHER_CLAUSE = 6, 8
_TROUBLE_IN_HEAD, _THING_IN_HEAD = 12, 10


@dataclass(frozen=True)
class Trouble:
    """One row of `asks.toml`; that file explains the fields."""

    say: str
    words: tuple[str, ...]
    lines: frozenset[str]
    things: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    bare: str = ""
    whole: bool = False
    sure: bool = False


class _Told(NamedTuple):
    """A word of the lexicon where it stands in the text."""

    start: int
    word: str
    clause: int

    @property
    def end(self) -> int:
        return self.start + len(self.word)


class Troubles:
    """All troubles of the lexicon, found in one pass over a post."""

    def __init__(self, troubles: Iterable[Trouble]) -> None:
        self._troubles = tuple(troubles)
        self._told_by: dict[str, list[int]] = {}
        for number, trouble in enumerate(self._troubles):
            for word in trouble.words:
                self._told_by.setdefault(word, []).append(number)

    @cached_property
    def _lexicon(self) -> Lexicon:
        things = frozenset[str]().union(*(trouble.things | trouble.places for trouble in self._troubles))
        return Lexicon(tuple(sorted(things | self._told_by.keys())))

    def wishes(self, reading: Reading, line: str) -> Iterator[Wish]:
        """What each trouble of a post makes its writer want; `line` is the post's business line."""
        found = self._lexicon.find(reading.text[:READ])
        told: dict[int, list[_Told]] = {}
        telling = found.keys() & self._told_by.keys()
        if not telling:
            return
        starts = [clause.start for clause in reading.clauses]
        hits = {word: [_Told(start, word, bisect_right(starts, start)) for start in places] for word, places in found.items()}
        for word in telling:
            for number in self._told_by[word]:
                told.setdefault(number, []).extend(hits[word])
        for number, places in told.items():
            if wish := _wish(self._troubles[number], places, hits, reading.head_end, line):
                yield wish


def load_troubles(rows: Iterable[Mapping[str, Any]], things: WordLists) -> Troubles:
    """The troubles of the rows of `asks.toml`, with its lists of things."""
    return Troubles(
        Trouble(
            say=row["say"], words=tuple(row["words"]), lines=frozenset(row["lines"]), bare=row.get("bare", ""),
            things=things[row["things"]] if "things" in row else frozenset(),
            places=things[row["places"]] if "places" in row else frozenset(),
            whole=row.get("whole", False), sure=row.get("sure", False),
        )
        for row in rows
    )  # fmt: skip


def _wish(trouble: Trouble, told: Sequence[_Told], hits: Mapping[str, Sequence[_Told]], head_end: int, line: str) -> Wish | None:
    thing = _nearest(trouble.things, told, hits, head_end)
    if trouble.whole and not thing:
        return None
    place = _nearest(trouble.places, told, hits, head_end)
    text = (trouble.say if thing or not trouble.bare else trouble.bare).format(thing=thing, place=place)
    start = min(word.start for word in told)
    in_head = start < head_end
    worth = _BASE + _PER_LOG_COUNT * log(min(len(told), _MOST_COUNTED))
    worth += _IN_HEAD * in_head + _USUAL_LINE * (line in trouble.lines) + _WITH_THING * bool(thing) + _SURE * trouble.sure
    return Wish(text, worth, start, in_head)


def _nearest(things: frozenset[str], told: Sequence[_Told], hits: Mapping[str, Sequence[_Told]], head_end: int) -> str:
    """The thing that the trouble comes from: the nearest, rather before it than after, rather in the headline; empty if none is near."""
    found = _longest([word for thing in things & hits.keys() for word in hits[thing]])
    if not found:
        return ""
    cost, thing = min((_distance(thing, trouble, head_end), thing.word) for trouble in told for thing in found)
    return thing if cost < _FARTHEST else ""


def _longest(found: list[_Told]) -> list[_Told]:
    """Those that are no part of a longer one."""
    return [
        word
        for word in found
        if not any(other.start <= word.start and word.end <= other.end and len(other.word) > len(word.word) for other in found)
    ]


def _distance(thing: _Told, trouble: _Told, head_end: int) -> int:
    if thing.start < trouble.end and trouble.start < thing.end:
        between = 0
    else:
        between = trouble.start - thing.end if thing.end <= trouble.start else thing.start - trouble.end + _AFTER
    favour = _TROUBLE_IN_HEAD * (trouble.start < head_end) + _THING_IN_HEAD * (thing.start < head_end)
    return between + _OTHER_CLAUSE * abs(thing.clause - trouble.clause) - favour
