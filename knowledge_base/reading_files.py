"""Reading documents and past cases from files: laws and cases as JSON lines, Markdown with TOML front matter, plain text."""

import gzip
import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from knowledge_base.document import ParsedDocument
from knowledge_base.errors import UnreadableDocument
from knowledge_base.past_case import ParsedCase

SUFFIXES = (".jsonl", ".jsonl.gz", ".md", ".markdown", ".txt")
MAX_FILE_BYTES = 200_000_000
_FRONT_MATTER = re.compile(r"\A\+\+\+[ \t]*\n(?P<table>.*?)\n\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_CHARACTERS = {ord("\u200b"): None, ord("\ufeff"): None, ord("\x00"): None}

Entry = ParsedDocument | ParsedCase | UnreadableDocument
"""What one place in a file holds; a fault is an entry of its own, so that the rest goes on."""


def read_path(path: Path) -> Iterator[Entry]:
    """Everything that a file, or a folder with all below it, holds, in a fixed order.

    Yields:
        Documents and past cases; for what cannot be read an UnreadableDocument that says which file and why.
    """
    if not path.exists():
        yield UnreadableDocument(f"{path}：没有这个文件或目录。")
        return
    files = sorted(file for file in path.rglob("*") if file.is_file() and file.name.endswith(SUFFIXES)) if path.is_dir() else [path]
    if not files:
        yield UnreadableDocument(f"{path}：目录里没有可导入的文件（支持 {'、'.join(SUFFIXES)}）。")
    for file in files:
        yield from _read_file(file)


def _read_file(file: Path) -> Iterator[Entry]:
    if not file.name.endswith(SUFFIXES):
        yield UnreadableDocument(f"{file.name}：不支持这种格式（支持 {'、'.join(SUFFIXES)}）。")
        return
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            yield UnreadableDocument(f"{file.name}：超过 {MAX_FILE_BYTES // 1_000_000} MB，请拆开后再导入。")
        elif ".jsonl" in file.suffixes:
            yield from _json_lines(file)
        else:
            yield _markdown(file.name, _text(file.read_bytes(), file.name)) if file.suffix != ".txt" else _plain(file)
    except UnreadableDocument as error:
        yield error
    except (OSError, EOFError) as error:
        yield UnreadableDocument(f"{file.name}：读不出来（{error}）。")


def _json_lines(file: Path) -> Iterator[Entry]:
    with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield _row(json.loads(line), file.name)
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    yield UnreadableDocument(f"{file.name} 第 {number} 行：{_fault(error)}。")


def _row(row: dict[str, Any], file_name: str) -> Entry:
    """A law has a title and a text; a past case an id, a question and a reply."""
    if "reply" in row:
        return ParsedCase(
            key=str(row["id"]), question=row["question"], reply=row["reply"], replied_on=_date(row.get("replied") or row.get("replied_on")),
            line=row.get("line") or "", strategy=row.get("strategy") or "", channel=row.get("channel") or "",
        )  # fmt: skip
    return _document(row, row["text"], file_name)


def _markdown(file_name: str, text: str) -> ParsedDocument:
    match = _FRONT_MATTER.match(text)
    try:
        table = tomllib.loads(match["table"]) if match else {}
        body = text[match.end() :] if match else text
        return _document({"title": _first_heading(body) or file_name.partition(".")[0], **table}, body.strip("\n"), file_name)
    except (ValueError, TypeError, AttributeError) as error:
        raise UnreadableDocument(f"{file_name}：文件头的内容有误（{_fault(error)}）。") from error


def _plain(file: Path) -> ParsedDocument:
    """The first line is the title where it is short and no sentence; otherwise the file's name is."""
    text = _text(file.read_bytes(), file.name).strip("\n")
    first, _, rest = text.partition("\n")
    is_title = 0 < len(first.strip()) <= 60 and not first.rstrip().endswith(("。", "；", "，")) and rest.strip()
    return ParsedDocument(title=first.strip() if is_title else file.stem, body=rest.strip("\n") if is_title else text, file_name=file.name)


def _document(fields: dict[str, Any], body: str, file_name: str) -> ParsedDocument:
    return ParsedDocument(
        title=str(fields["title"]).strip(), body=_clean(body), authority=fields.get("authority") or "",
        document_number=fields.get("document_number") or "", category=fields.get("category") or "",
        province=fields.get("province") or None, city=fields.get("city") or None,
        version_date=_date(fields.get("version_date") or fields.get("issued_on")), effective_on=_date(fields.get("effective_on")),
        repealed_on=_date(fields.get("repealed_on")), replaces=_names(fields.get("supersedes")), file_name=file_name,
    )  # fmt: skip


def _names(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value] if value else []
    return tuple(str(name["title"] if isinstance(name, dict) else name) for name in values)


def _date(value: Any) -> date | None:
    """Raises ValueError for what is no date."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def _text(raw: bytes, name: str) -> str:
    """UTF-8, else GB 18030. Raises UnreadableDocument when it is neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return _clean(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise UnreadableDocument(f"{name}：不是 UTF-8 或 GB18030 编码的文本。")


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_CHARACTERS)


def _first_heading(text: str) -> str:
    match = re.search(r"^#\s+(.+)$", text, re.MULTILINE)
    return match[1].strip() if match else ""


def _fault(error: Exception) -> str:
    return f"缺少字段 {error}" if isinstance(error, KeyError) else str(error).rstrip(".")
