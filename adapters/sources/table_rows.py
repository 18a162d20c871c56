"""The rows of a CSV or XLSX file, as old systems and new ones write them. Runs in the reading child."""

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from adapters.sources.ticket_columns import BOOKS, TEXTS, Row
from monitoring.errors import SourceError
from prompts import say

LARGEST_UNPACKED_BYTES = 400_000_000
LARGEST_RATIO, FREE_BYTES = 100, 10_000_000
"""A workbook of tickets packs to a tenth or a thirtieth; beyond this, and some megabytes for small ones, it is made to swell."""
MOST_SHEETS = 20
MOST_COLUMNS = 500
_MEGABYTE = 1_000_000
_FIRST_LINES = 20
_SEPARATOR_LINE = re.compile(r"sep=.\s*")


def sheets(data: bytes, suffix: str, what: str) -> Iterator[Iterator[Row]]:
    """The sheets of a file, each as its rows; a CSV file is one sheet. Each call of `next` opens the next sheet anew.

    Args:
        suffix: of the file's name, in lower case.
        what: the file's name, for what is said of it.

    Raises:
        SourceError: it is no such file, or one that unpacks to beyond all measure.
    """
    if suffix in TEXTS:
        yield _csv_rows(data)
    elif suffix in BOOKS:
        yield from _xlsx_sheets(data, what)
    else:
        raise SourceError(say("sources.table_unknown_kind", path=what))


def _csv_rows(data: bytes) -> Iterator[Row]:
    text = _decode(data).replace("\0", "")
    lines = text.splitlines()
    if lines and _SEPARATOR_LINE.fullmatch(lines[0]):
        text, lines = text.partition("\n")[2], lines[1:]
    first = "\n".join(lines[:_FIRST_LINES])
    delimiter = max(",\t;|", key=first.count)
    if _is_clean(text, delimiter):
        return _quoted(text, delimiter)
    as_quoted, by_line = list(_quoted(text, delimiter)), list(_lines(lines, delimiter))
    return iter(by_line if _regular(by_line) > _regular(as_quoted) else as_quoted)


def _is_clean(text: str, delimiter: str) -> bool:
    """Whether every quote of a file stands where it should and closes."""
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error:
        return False
    return True


def _regular(rows: Sequence[Row]) -> int:
    """How many rows have as many cells as most have. A quote that never closes makes one row of many, and so leaves fewer regular ones."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return max(widths.values(), default=0)


def _quoted(text: str, delimiter: str) -> Iterator[Row]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        try:
            yield next(rows)[:MOST_COLUMNS]
        except StopIteration:
            return
        except csv.Error:  # a cell beyond all measure; reading goes on below it
            continue


def _lines(lines: list[str], delimiter: str) -> Iterator[Row]:
    """Line by line, each read by itself; in one whose quotes do not close the quotes are but characters."""
    for line in lines:
        try:
            yield next(csv.reader([line], delimiter=delimiter, strict=True), [])[:MOST_COLUMNS]
        except csv.Error:
            yield [cell.strip('"') for cell in line.split(delimiter, MOST_COLUMNS)[:MOST_COLUMNS]]


def _decode(data: bytes) -> str:
    """UTF-8 where the bytes are UTF-8, else GB 18030, which holds GBK and GB 2312; what neither knows is replaced."""
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("gb18030", errors="replace")


def _xlsx_sheets(data: bytes, what: str) -> Iterator[Iterator[Row]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > min(LARGEST_UNPACKED_BYTES, FREE_BYTES + LARGEST_RATIO * len(data)):
                raise SourceError(say("sources.file_too_large", path=what, limit=LARGEST_UNPACKED_BYTES // _MEGABYTE))
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for sheet in islice(workbook.worksheets, MOST_SHEETS):
            sheet.reset_dimensions()  # what a file claims of its size need not be so
            yield sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError, IndexError, AttributeError, TypeError) as error:
        raise SourceError(say("sources.table_broken", path=what, problem=type(error).__name__)) from error
