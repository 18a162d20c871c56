"""Posts from the rows of a table. Runs in the reading child."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain, islice
from typing import Any

from adapters.sources.record import content_key, plain_post, read_count, read_time
from adapters.sources.table_rows import sheets
from adapters.sources.ticket_columns import COLUMNS, HEADER_ROWS, Header, Row, find_header
from adapters.sources.time_limit import read_limit
from monitoring.errors import SourceError
from monitoring.post import RawPost
from prompts import say

LONGEST_CHARACTERS = 20_000
MOST_CHARACTERS = 12_000_000
"""Of all posts of one answer together; the next job goes on behind them."""
SHORTEST_NAME = 2


class BadRow(ValueError):
    """A row that makes no post. The message is one sentence for the administrator."""


def read_table(body: bytes, *, suffix: str, path: str, columns: Mapping[str, str], now: str, start: int, most: int) -> dict[str, Any]:
    """Some rows of a table as plain posts.

    Args:
        suffix, path: the file's kind and name, as `table_rows.sheets` takes them.
        columns: field of a post -> column name, for a table with names of its own.
        now: ISO 8601; the time of tickets that name none.
        start: rows below the header that are passed over.
        most: rows that are read.

    Returns:
        `posts` and `errors`, each as [row, value]; `rows`, up to where was read; `ended`; `columns`, field -> the column's own name;
        `unused` columns.

    Raises:
        SourceError: no such file, or no column that holds the text.
    """
    header, rows = _opened(body, suffix, path, columns)
    posts: list[list[Any]] = []
    errors: list[list[Any]] = []
    number, characters, moment = start, 0, datetime.fromisoformat(now)
    for number, row in enumerate(islice(rows, start, start + most), start + 1):
        if any(str(cell if cell is not None else "").strip() for cell in row):
            characters += _read_row(header, row, number, moment, posts, errors)
        if characters > MOST_CHARACTERS:
            break
    return {
        "posts": posts, "errors": errors, "rows": number, "ended": next(rows, None) is None, "columns": dict(header.names),
        "unused": list(header.unused),
    }  # fmt: skip


def _opened(body: bytes, suffix: str, path: str, columns: Mapping[str, str]) -> tuple[Header, Iterator[Row]]:
    """The header of the first sheet that has one, and the rows below it."""
    for rows in sheets(body, suffix, path):
        first = list(islice(rows, HEADER_ROWS))
        if header := find_header(iter(first), columns):
            return header, chain(first[header.below :], rows)
    known = columns.get("text") or say("casework.comma").join(COLUMNS["text"])
    raise SourceError(say("sources.table_no_header", path=path, known=known))


def _read_row(header: Header, row: Row, number: int, now: datetime, posts: list[list[Any]], errors: list[list[Any]]) -> int:
    """Read one row into the lists. Returns the characters of its post."""
    line = header.below + number
    try:
        post, doubt = _post(header, row, line, now)
    except BadRow as error:
        errors.append([number, str(error)])
        return 0
    posts.append([number, plain_post(post)])
    if doubt:
        errors.append([number, doubt])
    return len(post.text) + len(post.title)


def _post(header: Header, row: Row, line: int, now: datetime) -> tuple[RawPost, str]:
    """The post of a row; and where its time limit cannot be understood a sentence that says so: the ticket is taken all the same."""
    words = {field: _words(header, row, field) for field in COLUMNS}
    if not words["title"] and not words["text"]:
        raise BadRow(say("sources.record_no_text", line=line))
    arrived, doubt = _time(header, row, line) or now, ""
    try:
        due = read_limit(_cell(header, row, "due"), arrived, header.unit)
    except (ValueError, OverflowError):
        due, doubt = None, say("sources.record_bad_limit", line=line, value=words["due"][:40])
    title, text = (_without_person(words[field], words) for field in ("title", "text"))
    post = RawPost(
        key=words["key"] or content_key(title, text, words["time"]), text=_with_place(text, words)[:LONGEST_CHARACTERS], title=title[:500],
        posted_at=arrived, author=words["author"], url=words["url"], due_at=due,
        likes=read_count(words["likes"]), reposts=read_count(words["reposts"]), comments=read_count(words["comments"]),
    )  # fmt: skip
    return post, doubt


def _without_person(text: str, words: Mapping[str, str]) -> str:
    """The text without the name and the number of who called, which stand in columns of their own."""
    for private in (words["author"], words["phone"]):
        if len(private) >= SHORTEST_NAME:
            text = text.replace(private, "*" * len(private))
    return text


def _with_place(text: str, words: Mapping[str, str]) -> str:
    """The text with the place from its own columns, where it does not name it."""
    missing = [words[field] for field in ("district", "place") if words[field] and words[field] not in text]
    return f"{text}\n{say('sources.ticket_place', place=' '.join(missing))}" if missing else text


def _words(header: Header, row: Row, field: str) -> str:
    value = _cell(header, row, field)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a number that a spreadsheet made a float of
    return str(value if value is not None else "").strip()


def _cell(header: Header, row: Row, field: str) -> Any:
    place = header.places.get(field)
    return row[place] if place is not None and place < len(row) else None


def _time(header: Header, row: Row, line: int) -> datetime | None:
    value = _cell(header, row, "time")
    try:
        return read_time(value)
    except (ValueError, OverflowError) as error:
        raise BadRow(say("sources.record_bad_time", line=line, value=str(value)[:40])) from error
