"""Posts from a table: 12345 tickets as CSV or XLSX, one row each, with the column names that offices use."""

import asyncio
import csv
import hashlib
import io
import re
import zipfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.sources.record import content_key, read_count, read_time
from monitoring.errors import SourceError
from monitoring.post import Batch, RawPost
from prompts import say

ROWS_PER_BATCH = 200
LARGEST_BYTES = 50_000_000
LARGEST_UNPACKED_BYTES = 400_000_000
_MEGABYTE = 1_000_000
_HEADER_ROWS = 10
"""The header stands in one of the first rows, below a title line perhaps."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "key": ("工单编号", "工单号", "编号", "受理编号", "序号", "id", "pid"),
    "title": ("标题", "工单标题", "诉求标题", "主题", "title"),
    "text": ("内容", "工单内容", "诉求内容", "投诉内容", "问题描述", "反映内容", "正文", "text"),
    "time": ("时间", "来电时间", "受理时间", "创建时间", "登记时间", "发布时间", "time"),
    "due": ("办理时限", "截止时间", "办结时限", "到期时间", "due"),
    "author": ("来电人", "投诉人", "联系人", "市民", "作者", "author"),
    "url": ("链接", "网址", "url"),
    "likes": ("点赞", "点赞数", "likes"),
    "reposts": ("转发", "转发数", "reposts"),
    "comments": ("评论", "评论数", "comments"),
}
"""Field of a post -> the names by which its column is known, most telling first."""

_DURATION = re.compile(r"(\d+)\s*(个?小时|天|日)(?:内|以内)?")
Row = Sequence[Any]


class TablePosts:
    """A table that is replaced or grows.

    Args:
        columns: field of a post -> column name, for a table with names of its own.
    """

    def __init__(self, name: str, path: Path, *, columns: Mapping[str, str] | None = None) -> None:
        self.name, self._path, self._columns = name, path, dict(columns or {})

    async def read(self, cursor: dict[str, Any], now: datetime) -> AsyncIterator[Batch]:
        data = await asyncio.to_thread(_load, self._path)
        digest = hashlib.sha256(data).hexdigest()
        done = int(cursor.get("rows", 0)) if cursor.get("digest") == digest else 0
        rows = await asyncio.to_thread(lambda: list(self._rows(data)))
        header = self._header(rows)
        start = header.row + 1 + done
        for first in range(start, len(rows), ROWS_PER_BATCH):
            stop = min(first + ROWS_PER_BATCH, len(rows))
            yield self._batch(header, rows, first, stop, now, {"digest": digest, "rows": stop - header.row - 1})

    def _rows(self, data: bytes) -> Iterator[Row]:
        suffix = self._path.suffix.lower()
        if suffix in (".csv", ".tsv", ".txt"):
            return _csv_rows(data)
        if suffix in (".xlsx", ".xlsm"):
            return _xlsx_rows(data, self._path)
        raise SourceError(say("sources.table_unknown_kind", path=self._path))

    def _header(self, rows: Sequence[Row]) -> "_Header":
        names = {field: (self._columns[field],) if field in self._columns else known for field, known in COLUMNS.items()}
        for number, row in enumerate(rows[:_HEADER_ROWS]):
            cells = [str(cell if cell is not None else "").strip().lower() for cell in row]
            places = {field: [cells.index(name.lower()) for name in known if name.lower() in cells] for field, known in names.items()}
            found = {field: columns[0] for field, columns in places.items() if columns}
            if "text" in found:
                return _Header(number, found)
        raise SourceError(say("sources.table_no_header", path=self._path, known="、".join(names["text"])))

    def _batch(self, header: "_Header", rows: Sequence[Row], first: int, stop: int, now: datetime, cursor: dict[str, Any]) -> Batch:
        posts, errors = [], []
        for number in range(first, stop):
            if not any(str(cell if cell is not None else "").strip() for cell in rows[number]):
                continue
            try:
                posts.append(header.post(rows[number], now))
            except _BadCell as error:
                errors.append(say(error.key, line=number + 1, value=error.value[:40]))
        return Batch(tuple(posts), cursor, tuple(errors))


class _BadCell(ValueError):
    """A cell that makes its row unreadable: the key of the sentence that says so, and the value."""

    def __init__(self, key: str, value: str = "") -> None:
        super().__init__(key)
        self.key, self.value = key, value


class _Header:
    """Where the header stands and which column holds which field."""

    def __init__(self, row: int, places: Mapping[str, int]) -> None:
        self.row, self._places = row, places

    def post(self, row: Row, now: datetime) -> RawPost:
        title, text, author = (str(self._cell(row, field) or "").strip() for field in ("title", "text", "author"))
        if not title and not text:
            raise _BadCell("sources.record_no_text")
        posted_at = self._time(row, "time") or now
        return RawPost(
            key=_ticket_number(self._cell(row, "key")) or content_key(title, text, str(self._cell(row, "time"))),
            text=text, title=title, posted_at=posted_at, author=author, url=str(self._cell(row, "url") or "").strip(),
            likes=read_count(self._cell(row, "likes")), reposts=read_count(self._cell(row, "reposts")),
            comments=read_count(self._cell(row, "comments")), due_at=self._due(row, posted_at),
        )  # fmt: skip

    def _cell(self, row: Row, field: str) -> Any:
        place = self._places.get(field)
        return row[place] if place is not None and place < len(row) else None

    def _time(self, row: Row, field: str) -> datetime | None:
        value = self._cell(row, field)
        try:
            return read_time(value)
        except (ValueError, OverflowError) as error:
            raise _BadCell("sources.record_bad_time", str(value)) from error

    def _due(self, row: Row, posted_at: datetime) -> datetime | None:
        """办理时限 as a moment, or as hours or days from the ticket's time; one in workdays is left to the deadlines' rule."""
        value = str(self._cell(row, "due") or "").strip()
        if "工作日" in value:
            return None
        if stretch := _DURATION.fullmatch(value):
            amount = int(stretch[1])
            return posted_at + (timedelta(hours=amount) if "小时" in stretch[2] else timedelta(days=amount))
        return self._time(row, "due")


def _ticket_number(value: Any) -> str:
    """A number that a spreadsheet made a float of is written out again."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value if value is not None else "").strip()


def _load(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise SourceError(say("sources.file_too_large", path=path, limit=LARGEST_BYTES // _MEGABYTE))
        return path.read_bytes()
    except FileNotFoundError as error:
        raise SourceError(say("sources.file_missing", path=path)) from error
    except OSError as error:
        raise SourceError(say("sources.file_unreadable", path=path, problem=error.strerror)) from error


def _csv_rows(data: bytes) -> Iterator[Row]:
    text = _decode(data).replace("\0", "")
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",\t;", key=first.count))
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield ()


def _decode(data: bytes) -> str:
    """UTF-8 where the bytes are UTF-8, else GB 18030, which holds GBK and GB 2312; what neither knows is replaced."""
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("gb18030", errors="replace")


def _xlsx_rows(data: bytes, path: Path) -> Iterator[Row]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED_BYTES:
                raise SourceError(say("sources.file_too_large", path=path, limit=LARGEST_UNPACKED_BYTES // _MEGABYTE))
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        yield from workbook.worksheets[0].iter_rows(values_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError, IndexError) as error:
        raise SourceError(say("sources.table_broken", path=path, problem=type(error).__name__)) from error
