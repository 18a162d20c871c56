"""One file becomes one document: its words, and what they and the file say of title, authority, 文号, place and dates."""

import re
import tomllib
from dataclasses import replace
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

from knowledge_base.describing import Description, describe, plausible
from knowledge_base.document import ParsedDocument
from knowledge_base.errors import UnreadableDocument
from knowledge_base.extracted import MOST_CHARACTERS, Extract, Extracted
from knowledge_base.text_encoding import BROKEN, decode_text
from language.dates import first_date
from prompts import say

PARSED = {".pdf": "pdf", ".docx": "docx", ".docm": "docx", ".html": "html", ".htm": "html", ".shtml": "html"}
"""Suffix -> kind of the files that a parser reads; all others are text."""
_FRONT_MATTER = re.compile(r"\A\+\+\+[ \t]*\n(?P<table>.*?)\n\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_CHARACTERS = {ord("\u200b"): None, ord("\ufeff"): None, ord("\x00"): None}
_WRITTEN_DATE = re.compile(r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日")
_LONGEST_FRONT_MATTER = 20_000


def read_one(name: str, body: bytes, extract: Extract) -> ParsedDocument:
    """The document that a file holds.

    Args:
        name: the file's name; its suffix tells the kind.
        extract: reads PDF, Word and web pages.

    Raises:
        UnreadableDocument: one sentence that names the file.
    """
    kind = PARSED.get(PurePath(name).suffix.lower())
    if kind:
        return _described(name, extract(name, kind, body))
    text = clean(decode_text(body, name))
    if len(text) > MOST_CHARACTERS:
        raise UnreadableDocument(say("library.too_long", name=name, most=MOST_CHARACTERS // 10_000))
    return _marked(name, text) if PurePath(name).suffix.lower() in (".md", ".markdown") else _described(name, Extracted(text))


def document_of(fields: dict[str, Any], body: str, file_name: str) -> ParsedDocument:
    """A document by named fields (`title`, `authority`, `version_date` …).

    Raises:
        KeyError, ValueError, TypeError: a field is missing or is not what it should be.
    """
    return ParsedDocument(
        title=words_of(fields["title"]), body=clean(str(body)), authority=words_of(fields.get("authority")),
        document_number=words_of(fields.get("document_number")), category=words_of(fields.get("category")),
        province=words_of(fields.get("province")) or None, city=words_of(fields.get("city")) or None,
        version_date=date_of(fields.get("version_date") or fields.get("issued_on")), effective_on=date_of(fields.get("effective_on")),
        repealed_on=date_of(fields.get("repealed_on")), replaces=_names(fields.get("supersedes")), file_name=file_name,
    )  # fmt: skip


def date_of(value: Any) -> date | None:
    """Raises ValueError for what is no date."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def clean(text: str) -> str:
    """The text with one kind of line end, without characters that nobody sees, and with no half of a pair, which no database takes."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CHARACTERS)
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def words_of(value: Any) -> str:
    """What a field says, whatever it is; empty for none."""
    return "" if value is None else clean(str(value)).strip()


def fault_of(error: Exception) -> str:
    """What is wrong with a row or a head, in words."""
    if isinstance(error, RecursionError):
        return say("library.nested_too_deep")
    return say("library.missing_field", name=error) if isinstance(error, KeyError) else str(error).rstrip(".")[:200]


def _marked(name: str, text: str) -> ParsedDocument:
    """Markdown: what its head does not tell is read from the text."""
    match = _FRONT_MATTER.match(text[:_LONGEST_FRONT_MATTER])
    try:
        table = tomllib.loads(match["table"]) if match else {}
        body = (text[match.end() :] if match else text).strip("\n")
        heading = {"title": title} if (title := _first_heading(body)) else {}
        found = _described(name, Extracted(body, heading))
        if not match:
            return replace(found, body=clean(body))
        return document_of({"title": found.title, **table}, body, name)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableDocument(say("library.front_matter", name=name, fault=fault_of(error))) from error


def _described(name: str, extracted: Extracted) -> ParsedDocument:
    text, told, warnings = clean(extracted.text).strip("\n"), extracted.told, list(extracted.warnings)
    found = describe(text)
    title, body = _titled(name, text, found, told.get("title", ""))
    if title == _stem(name):
        warnings.append(say("library.warn_title_from_name"))
    version_date = found.version_date
    if version_date is None and (published := plausible(first_date(told.get("published", "").replace("/", "-")))):
        version_date = published
        warnings.append(say("library.warn_date_from_page"))
    wrong = _wrong_dates(text)
    warnings += [say("library.warn_wrong_date", date=written) for written in wrong]
    if broken := text.count(BROKEN):
        warnings.append(say("library.warn_broken", count=broken))
    return ParsedDocument(
        title=title, body=body, authority=found.authority or told.get("authority", ""),
        document_number=found.document_number or told.get("document_number", ""), province=found.region.province, city=found.region.city,
        version_date=version_date, file_name=name, warnings=tuple(warnings), wrong_dates=tuple(wrong),
    )  # fmt: skip


def _titled(name: str, text: str, found: Description, told: str) -> tuple[str, str]:
    """The title, and the text without it where it is its first lines."""
    if found.title:
        below = "\n".join(text.split("\n")[found.title_lines :]).strip("\n")
        return found.title, below or text
    first, _, rest = text.partition("\n")
    if told:
        return re.split(r"[_|\-—]{1,2}(?=[^_|\-—]{2,20}(?:网|政府|局|厅)[^_|]*$)", told)[0].strip(), text
    is_title = 0 < len(first.strip()) <= 60 and not first.rstrip().endswith(("。", "；", "，", "：")) and rest.strip()
    return (first.strip(), rest.strip("\n")) if is_title and not first.startswith(("第", "一、", "|")) else (_stem(name), text)


def _stem(name: str) -> str:
    return PurePath(name).stem


def _wrong_dates(text: str) -> list[str]:
    """Dates in the head and the foot that no calendar has (2024年2月30日), each once."""
    edges = text[:1500] + "\n" + text[-800:]
    written = dict.fromkeys(match.group() for match in _WRITTEN_DATE.finditer(edges))
    return [words for words in written if plausible(first_date(words)) is None][:3]


def _first_heading(text: str) -> str:
    match = re.search(r"^#\s+(.+)$", text, re.MULTILINE)
    return match[1].strip() if match else ""


def _names(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value] if value else []
    return tuple(str(name["title"] if isinstance(name, dict) else name) for name in values)
