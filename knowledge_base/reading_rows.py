"""Files of rows: laws and past cases as JSON lines, past cases as a table (.csv). Read row by row, so that size costs no memory."""

import csv
import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from knowledge_base.document import ParsedDocument
from knowledge_base.errors import UnreadableDocument
from knowledge_base.past_case import ParsedCase
from knowledge_base.reading_documents import date_of, document_of, fault_of, words_of
from knowledge_base.region import Region, province_of
from language.dates import first_date
from prompts import say, words

MOST_LINE_BYTES = 20_000_000
MOST_UNPACKED_BYTES = 2_000_000_000
_SAMPLE_BYTES = 200_000


def read_json_lines(file: Path) -> Iterator[ParsedDocument | ParsedCase | UnreadableDocument]:
    """The laws and past cases of a .jsonl or .jsonl.gz file; for a bad line a fault."""
    with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as lines:
        for number, line in enumerate(_lines(lines), 1):  # type: ignore[arg-type]  # a GzipFile reads as a file does
            if len(line) > MOST_LINE_BYTES:
                yield UnreadableDocument(say("library.line_too_long", name=file.name, number=number, most=MOST_LINE_BYTES // 1_000_000))
                return
            if line.strip():
                try:
                    yield _row(json.loads(line), file.name)
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                    yield UnreadableDocument(say("library.row_fault", name=file.name, number=number, fault=fault_of(error)))


def read_case_table(file: Path) -> Iterator[ParsedCase | UnreadableDocument]:
    """The past cases of a .csv file with a head row, in UTF-8 or GB 18030; the columns are known by their usual names."""
    with file.open("rb") as raw:
        encoding = _encoding(raw.read(_SAMPLE_BYTES))
    with file.open("r", encoding=encoding, errors="replace", newline="") as text:
        rows = csv.reader(text)
        try:
            head = next(rows, [])
            columns = {field: place for field, names in words("library.case_columns").items() if (place := _place(head, names)) is not None}
            if not {"question", "reply"} <= columns.keys():
                yield UnreadableDocument(say("library.no_case_columns", name=file.name, columns=_usual_columns()))
                return
            for row in rows:
                if any(cell.strip() for cell in row):
                    yield _case(row, columns, file.name, rows.line_num)
        except csv.Error as error:
            yield UnreadableDocument(say("library.row_fault", name=file.name, number=rows.line_num, fault=error))


def _lines(source: IO[bytes]) -> Iterator[bytes]:
    """Lines, none longer than one byte beyond the limit. Raises EOFError for a packed file that swells without end."""
    taken = 0
    try:
        while line := source.readline(MOST_LINE_BYTES + 1):
            taken += len(line)
            if taken > MOST_UNPACKED_BYTES:
                raise EOFError(say("library.swollen"))
            yield line
    except zlib.error as error:
        raise EOFError(str(error)) from error


def _row(row: dict[str, Any], file_name: str) -> ParsedDocument | ParsedCase:
    """A law has a title and a text; a past case an id, a question and a reply."""
    if "reply" in row:
        return ParsedCase(
            key=words_of(row["id"]), question=words_of(row["question"]), reply=words_of(row["reply"]),
            replied_on=date_of(row.get("replied") or row.get("replied_on")),
            line=words_of(row.get("line")), strategy=words_of(row.get("strategy")), channel=words_of(row.get("channel")),
            region=Region(words_of(row.get("province")) or None, words_of(row.get("city")) or None),
        )  # fmt: skip
    return document_of(row, row["text"], file_name)


def _encoding(sample: bytes) -> str:
    """UTF-8 where the sample is; a character that the sample's end cuts does not count."""
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        return "utf-8-sig" if error.start >= len(sample) - 4 and len(sample) == _SAMPLE_BYTES else "gb18030"
    return "utf-8-sig"


def _place(head: list[str], names: str) -> int | None:
    known = names.split()
    return next((number for number, cell in enumerate(head) if cell.strip().lower() in known), None)


def _case(row: list[str], columns: dict[str, int], file_name: str, number: int) -> ParsedCase | UnreadableDocument:
    cells = {field: row[place].strip() if place < len(row) else "" for field, place in columns.items()}
    if not cells["question"] or not cells["reply"]:
        empty = say("library.empty_cells")
        return UnreadableDocument(say("library.row_fault", name=file_name, number=number, fault=empty))
    key = cells.get("id") or hashlib.sha256(f"{cells['question']}\0{cells['reply']}".encode()).hexdigest()[:24]
    return ParsedCase(
        key=key, question=cells["question"], reply=cells["reply"], replied_on=first_date(cells.get("replied_on", "")),
        line=cells.get("line", ""), strategy=cells.get("strategy", ""), channel=cells.get("channel", ""),
        region=_region(cells.get("province", ""), cells.get("city", "")),
    )  # fmt: skip


def _region(province: str, city: str) -> Region:
    """A place by two cells; a city alone lies in the province that the table of places tells."""
    return Region(province or (province_of(city) if city else None), city or None)


def _usual_columns() -> str:
    return "；".join(names.split()[0] for names in words("library.case_columns").values())
