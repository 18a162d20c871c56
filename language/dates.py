"""Dates written in Chinese texts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from language.numerals import to_int

_YEAR = r"(?P<year>\d{4}|[〇零一二三四五六七八九]{4})"
_MONTH = r"(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})"
_DAY = r"(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})"
_DATE = re.compile(rf"{_YEAR}\s*年\s*{_MONTH}\s*月\s*{_DAY}\s*[日号]|(?P<iso>\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}})(?!\d)")


@dataclass(frozen=True)
class DateSpan:
    """A date and where it stands in the text."""

    day: date
    start: int
    end: int


def dates(text: str) -> Iterator[DateSpan]:
    """Yield the full dates of `text` in order (2024年5月1日, 二〇二四年五月一日, 2024-05-01); impossible ones are skipped."""
    for match in _DATE.finditer(text):
        parts = re.split(r"[-/.]", match["iso"]) if match["iso"] else [match["year"], match["month"], match["day"]]
        try:
            yield DateSpan(date(*(to_int(part) for part in parts)), match.start(), match.end())
        except ValueError:
            continue


def first_date(text: str) -> date | None:
    """The first full date of `text`, or None."""
    return next((found.day for found in dates(text)), None)
