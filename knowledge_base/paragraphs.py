"""款、项、目: the parts of one article as exact spans of its text, so that a citation can name 第二款第（一）项."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from language.numerals import from_int

_ITEM = re.compile(r"[ \t\u3000]*(?P<name>[（(][一二三四五六七八九十百]{1,4}[）)])")
_POINT = re.compile(r"[ \t\u3000]*(?P<name>\d{1,2})[.．、](?!\d)")


@dataclass(frozen=True)
class Part:
    """One 款, 项 or 目: `text[start:end]` of the article it is in.

    Attributes:
        paragraph: number of the 款, from 1.
        item: `（一）` for a 项 and what is below it, else empty.
        point: `1` for a 目, else empty.
    """

    paragraph: int
    item: str
    point: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """As it is cited: 第二款第（一）项第1目."""
        item = f"第{self.item}项" if self.item else ""
        return f"第{from_int(self.paragraph)}款{item}" + (f"第{self.point}目" if self.point else "")


def parts_of(text: str) -> tuple[Part, ...]:
    """The parts of an article's text in order, labels included; they do not overlap, and only blanks stand between them."""
    return tuple(_parts(text))


def _parts(text: str) -> Iterator[Part]:
    paragraph, item, at = 0, "", 0
    for line in text.splitlines(keepends=True):
        words = line.strip()
        if words:
            found, point = _ITEM.match(line), _POINT.match(line)
            if found and paragraph:
                item = found["name"].replace("(", "（").replace(")", "）")
            elif not (point and paragraph):
                paragraph, item = paragraph + 1, ""
            start = at + line.index(words[0])
            yield Part(paragraph, item, point["name"] if point and paragraph and not found else "", start, start + len(words))
        at += len(line)
