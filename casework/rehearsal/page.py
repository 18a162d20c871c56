"""The reply as a hostile reader has it before him: its sentences, and beside it what the posts say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from casework.drafting.citizen_words import without_marks
from casework.drafting.matter import Matter
from casework.drafting.slots import open_slots
from casework.rehearsal.attack import Attack, Reader
from language.script import to_simplified
from prompts import frames

LONGEST_PHRASE = 22

_SENTENCE = re.compile(r"[^\s。！？!?；;][^。！？!?；;\n]*[。！？!?；;]?[”]?")
_STOP = re.compile(r"[。！？!?；;，,、：:\s~～…“”\"（）()【】#]")


@dataclass(frozen=True)
class Line:
    """One sentence of the reply, in simplified script, and where it begins."""

    text: str
    start: int

    @property
    def own(self) -> str:
        """The sentence with its quotations blanked out: they are somebody else's words."""
        return re.sub(r"“[^”]*”?", lambda quote: " " * len(quote[0]), self.text)

    @property
    def is_open(self) -> bool:
        """Whether a fact is still missing in it; such a sentence is not yet what will be read."""
        return bool(open_slots(self.text))


@dataclass(frozen=True)
class Page:
    """A reply beside its matter. `text` is in simplified script, every character in its old place."""

    text: str
    matter: Matter

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The sentences of the reply."""
        return tuple(Line(found[0], found.start()) for found in _SENTENCE.finditer(self.text))

    @cached_property
    def told(self) -> str:
        """What the posts say, in simplified script."""
        return to_simplified(self.matter.told)

    def says(self, name: str) -> bool:
        """Whether the reply uses a way of saying it (`words.<name>` of the frames)."""
        return pattern(name).search(self.text) is not None


@cache
def pattern(name: str) -> re.Pattern[str]:
    """The ways of saying something, as one pattern."""
    return re.compile("|".join(frames("rehearsal")["words"][name]))


def attack(name: str, words: re.Match[str] | None, line: Line | None, **fields: str) -> Attack:
    """An attack of the frames on the words that were found in a line; without a line, on what the reply leaves out."""
    row = frames("rehearsal")["attack"][name]
    span = words[0] if words else line.text if line else ""
    start = line.start + (words.start() if words else 0) if line else -1
    told = {"words": span.strip("。；！"), **fields}
    return Attack(Reader(row["reader"]), name, span, start, *(row[part].format(**told) for part in ("question", "why", "add")))


def weight(name: str) -> int:
    """How grave an attack of the frames is."""
    rows = frames("rehearsal")
    silent = {row["name"]: row["weight"] for row in rows["silence"]}
    return int(silent[name] if name in silent else rows["attack"][name]["weight"])


def phrase_around(text: str, found: re.Match[str]) -> str:
    """The words of a post between two stops that hold what was found; cut where they are many, masks made readable."""
    starts = [stop.end() for stop in _STOP.finditer(text, 0, found.start())]
    after = _STOP.search(text, found.end())
    start, end = (starts[-1] if starts else 0), (after.start() if after else len(text))
    if end - start > LONGEST_PHRASE:
        start = max(start, found.end() - LONGEST_PHRASE)
        end = min(end, max(found.end(), start + LONGEST_PHRASE))
    return without_marks(text[start:end])


def lines_with(page: Page, name: str) -> Iterator[tuple[Line, re.Match[str]]]:
    """The sentences without open facts that use a way of saying it in the department's own words."""
    for line in page.lines:
        if not line.is_open and (found := pattern(name).search(line.own)):
            yield line, found
