"""编、章、节、条: splitting the text of a rule into clauses that are exact spans of it.

Laws and regulations are split at 第…条; documents without articles at 一、二、三、 or, failing these, at paragraphs.
Labels are read in either script and however they are spaced: names of clauses are simplified and without blanks, their words as they stand.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from language.numerals import to_int
from language.script import to_simplified

_NUMBER = r"(?:[〇零○一二三四五六七八九十百千两]{1,12}|[0-9０-９]{1,6})"
_BLANK = r"[ \t\u2002\u2003\u00a0\u3000]"
_SPACED = rf"(?:(?:[〇零○一二三四五六七八九十百千两]{_BLANK}*+){{1,12}}|(?:[0-9０-９]{_BLANK}*+){{1,6}})"
"""A number as a justified line or a PDF spaces it."""
_MARKS = rf"^{_BLANK}*+(?P<marks>#*+){_BLANK}*+(?:\*\*)?"
"""Possessive: a line of half a million blanks is looked at once."""
_ARTICLE = re.compile(
    rf"{_MARKS}(?P<name>第{_BLANK}*+{_SPACED}条(?:{_BLANK}*+之{_BLANK}*+{_NUMBER})?)(?:\*\*)?(?P<gap>{_BLANK}+|$|(?=【))?"
)
_LEVEL = re.compile(
    rf"{_MARKS}(?P<name>第{_BLANK}*+{_SPACED}(?P<level>分编|编|章|节)(?:{_BLANK}[^。；]{{0,40}}|[^。；，规的、和至]{{0,20}}))$"
)
_MARKDOWN_HEADING = re.compile(rf"^{_BLANK}*(?P<marks>#+)(?P<name>.*)$")
_SECTION = re.compile(rf"{_MARKS}(?P<number>[一二三四五六七八九十]{{1,3}}|[壹贰叁肆伍陆柒捌玖拾]{{1,2}})、{_BLANK}*")
_ANNEX = re.compile(rf"{_MARKS}(?P<name>附{_BLANK}*(?:件|表|录){_BLANK}*{_NUMBER}?)(?:[：:]|{_BLANK}|$){_BLANK}*")
_MENTION = frozenset("规的所和、至及或第中，")
"""What follows 第十条 where a sentence speaks of the article and does not begin it."""
_INVISIBLE = " \t\r\n\v\f\u2002\u2003\u00a0\u3000\u200b\ufeff"
PREAMBLE = "前言"


@dataclass(frozen=True)
class ClauseSpan:
    """One clause of a body: `body[start:end]` is its text, without the label 第…条 and without blanks at its ends."""

    part: str
    chapter: str
    section: str
    article: str
    start: int
    end: int


@dataclass(frozen=True)
class _Place:
    """The headings above a line."""

    part: str = ""
    chapter: str = ""
    section: str = ""

    def under(self, level: str, name: str) -> "_Place":
        if level == "编":
            return _Place(name)
        if level == "分编":
            return _Place(" ".join(filter(None, (self.part.partition(" 第")[0] if "编" in self.part else "", name))))
        return _Place(self.part, name) if level == "章" else replace(self, section=name)


@dataclass(frozen=True)
class _Line:
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


Label = tuple[str, int]
"""The name of a clause that begins in a line, and where in the line its text begins."""
Labeller = Callable[[str, str | None], Label | None]
"""Reads a label off a line; told the name of the clause before."""


def split(body: str) -> tuple[ClauseSpan, ...]:
    """The clauses of a body, in order. Spans do not overlap; outside them stand only headings, labels and blanks."""
    lines = list(_lines(to_simplified(body)))
    if any(_article(line.text, None) for line in lines):
        return tuple(_spans(body, lines, _article))
    if sum(bool(_SECTION.match(line.text)) for line in lines) >= 2:
        return tuple(_spans(body, lines, _section))
    return tuple(_paragraphs(body, lines))


def article_number(article: str) -> tuple[int, int] | None:
    """`第二百七十八条之一` as (278, 1), `第43条` as (43, 0); None for what is no article."""
    match = re.fullmatch(rf"第({_NUMBER})条(?:之({_NUMBER}))?", article)
    return (_value(match[1]), _value(match[2] or "零")) if match else None


def _lines(body: str) -> Iterator[_Line]:
    start = 0
    for text in body.splitlines(keepends=True):
        yield _Line(text.rstrip("\r\n\u2028\u2029\x0b\x0c\x1c\x1d\x1e\x85"), start)
        start += len(text)


def _spans(body: str, lines: list[_Line], label_of: Labeller) -> Iterator[ClauseSpan]:
    place, article, start, end = _Place(), None, 0, 0
    numbered: str | None = None
    for line in lines:
        label = _annex(line.text) or label_of(line.text, numbered)
        heading = None if label else _heading(line.text, place)
        if label is None and heading is None:
            if article is None and line.text.strip():
                article, start = place.section or place.chapter or place.part or PREAMBLE, line.start
            end = line.end
            continue
        yield from _span(body, place, article, start, end)
        place, article = heading or place, None
        if label:
            article, start, end = label[0], line.start + label[1], line.end
            numbered = article
    yield from _span(body, place, article, start, end)


def _paragraphs(body: str, lines: list[_Line]) -> Iterator[ClauseSpan]:
    """Blocks between blank lines; where a body has no blank line, its lines."""
    place, number, start, end = _Place(), 0, None, 0
    in_blocks = any(not line.text.strip() for line in lines[1:-1])
    for line in [*lines, _Line("", len(body))]:
        heading = _heading(line.text, place)
        if start is not None and (heading or not line.text.strip() or not in_blocks):
            number += 1
            yield from _span(body, place, f"第{number}段", start, end)
            start = None
        place = heading or place
        if heading is None and line.text.strip():
            start, end = line.start if start is None else start, line.end


def _span(body: str, place: _Place, article: str | None, start: int, end: int) -> Iterator[ClauseSpan]:
    text = body[start:end]
    if article is not None and any(map(str.isalnum, text)):
        start += len(text) - len(text.lstrip(_INVISIBLE))
        yield ClauseSpan(place.part, place.chapter, place.section, article, start, start + len(text.strip(_INVISIBLE)))


def _heading(text: str, place: _Place) -> _Place | None:
    if match := _LEVEL.match(text.rstrip(" \t*\u3000")):
        return place.under(match["level"], _one_blank(match["name"]))
    if match := _MARKDOWN_HEADING.match(text):
        return place if match["marks"] == "#" else place.under("章", _one_blank(match["name"]))
    return None


def _annex(text: str) -> Label | None:
    match = _ANNEX.match(text)
    return (_squeezed(match["name"]), match.end()) if match else None


def _article(text: str, previous: str | None) -> Label | None:
    match = _ARTICLE.match(text)
    if match is None or (match["gap"] is None and not _begins(match, previous)):
        return None
    return _squeezed(match["name"]), match.end()


def _begins(match: re.Match[str], previous: str | None) -> bool:
    """Whether 第十条 with text right behind it begins the article: it is the next in number and not merely spoken of."""
    number = article_number(_squeezed(match["name"])) or (0, 0)
    before = (article_number(previous or "") or (0, 0))[0]
    return match.string[match.end() : match.end() + 1] not in _MENTION and number[0] - before in (0, 1)


def _section(text: str, previous: str | None) -> Label | None:
    match = _SECTION.match(text)
    return (f"第{match['number']}部分", match.end()) if match else None


def _value(numeral: str) -> int:
    return to_int(unicodedata.normalize("NFKC", numeral).replace("○", "〇"))


def _squeezed(name: str) -> str:
    return re.sub(r"\s", "", name)


def _one_blank(name: str) -> str:
    return re.sub(r"\s+", " ", name.strip(" \t\u3000*"))
