"""Lines as they stand on printed pages become paragraphs again."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

_PAGE_NUMBER = re.compile(r"^[\s—–\-－·.]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／共]\s*共?\s*\d{1,4}\s*页?)?[\s—–\-－·.]*$")
_BEGINS = re.compile(
    r"^\s*(?:第\s*[〇零一二三四五六七八九十百千\d]{1,8}\s*(?:分?[编編]|章|[节節]|[条條])|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]"
    r"|\d{1,2}[.．、]\s*\S|附\s*(?:件|表|[录錄])|\|)"
)
_ENDS = re.compile(r"[。！？!?：:；;][”’）)】》]*\s*$")
_HEADING = re.compile(r"^\s*第\s*[〇零一二三四五六七八九十百千\d]{1,8}\s*(?:分?[编編]|章|[节節])(?![^\s　]{0,4}[的条條款规規、])")
_INDENT = re.compile(r"^(?:　{2}|\s{2,8})\S")
_LATIN_EDGE = re.compile(r"[A-Za-z0-9,]$")
_RUNNING_SHARE = 0.5
"""A line at the edge of at least this share of the pages, and of two, is a running head."""
_FULL_SHARE = 0.8
"""A line shorter than this share of the widest lines was ended by its writer and not by the edge of the paper."""


def reflow(pages: Iterable[Sequence[str]]) -> str:
    """Paragraphs as lines.

    A line goes on the one before it where that one is full and ends no sentence and this one begins no article, item or heading.

    Args:
        pages: the lines of each page, as a text layer gives them.
    """
    lines = _without_edges([[line.rstrip() for line in page if line.strip()] for page in pages])
    full = _FULL_SHARE * _usual_width(lines)
    paragraphs: list[str] = []
    last = ""
    for line in lines:
        if paragraphs and _goes_on(last, line, full):
            glue = " " if _LATIN_EDGE.search(paragraphs[-1]) and re.match(r"[A-Za-z0-9]", line.lstrip()) else ""
            paragraphs[-1] += glue + line.strip()
        else:
            paragraphs.append(line.strip())
        last = line
    return "\n".join(paragraphs)


def _goes_on(before: str, line: str, full: float) -> bool:
    if _BEGINS.match(line) or _INDENT.match(line) or _HEADING.match(before):
        return False
    return len(before.strip()) >= full and not (_ENDS.search(before) and len(before.strip()) < full * 1.2)


def _usual_width(lines: Sequence[str]) -> float:
    """The width at which the paper ends: that of the widest tenth of the lines."""
    widths = sorted(len(line.strip()) for line in lines)
    return widths[int(len(widths) * 0.9)] if widths else 0


def _without_edges(pages: list[list[str]]) -> list[str]:
    """All lines without page numbers and without what stands at the edge of most pages."""
    edges = Counter(line for page in pages for line in {_without_digits(line) for line in page[:2] + page[-2:]})
    most = max(2, _RUNNING_SHARE * len(pages))

    def runs(line: str) -> bool:
        return bool(_PAGE_NUMBER.match(line)) or (
            edges[_without_digits(line)] >= most and not _BEGINS.match(line) and not _ENDS.search(line)
        )

    return [line for page in pages for number, line in enumerate(page) if not (min(number, len(page) - 1 - number) < 2 and runs(line))]


def _without_digits(line: str) -> str:
    return re.sub(r"[\d\s]+", "", line)
