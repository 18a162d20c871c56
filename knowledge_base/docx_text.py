"""The words of a Word document (.docx): paragraphs with their automatic numbers, tables, notes. Read from its XML, every step bounded.

python-docx is not used: it does not tell automatic numbers (第一条 as a list label), on which our clauses rest.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from xml.etree import ElementTree as Xml
from zipfile import BadZipFile, ZipFile

from knowledge_base.errors import UnreadableDocument
from knowledge_base.extracted import Extracted
from knowledge_base.table_lines import table_lines
from language.numerals import from_int
from prompts import say

MOST_XML_BYTES = 60_000_000
"""Of one part, unpacked. A law of 1,000 articles has about 1,000,000."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DOCUMENT, _NUMBERING, _STYLES = "word/document.xml", "word/numbering.xml", "word/styles.xml"
_DEEPEST = 40
_WRAPPERS = frozenset(f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "customXml", "smartTag"))
_MOST_LEVELS = 9
_CHINESE = frozenset({
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCountingThousand", "taiwaneseCounting", "ideographDigital",
})  # fmt: skip


def read(body: bytes) -> Extracted:
    """The words of a document, deleted text left out.

    Raises:
        UnreadableDocument: it is damaged, packed beyond measure, or no Word document.
    """
    try:
        with ZipFile(BytesIO(body)) as package:
            if _DOCUMENT not in package.namelist():
                raise UnreadableDocument(say("library.not_word"))
            main, numbers = _part(package, _DOCUMENT), _Numbers(_part(package, _NUMBERING), _part(package, _STYLES))
    except (BadZipFile, EOFError, zlib.error, NotImplementedError, RuntimeError, ValueError, OverflowError) as error:
        raise UnreadableDocument(say("library.damaged_word")) from error
    holder = main.find(f"{_W}body") if main is not None else None
    if holder is None:
        raise UnreadableDocument(say("library.not_word"))
    pictures = sum(1 for node in holder.iter() if node.tag.endswith(("}blip", "}imagedata")))
    warnings = (say("library.warn_pictures", count=pictures),) if pictures else ()
    return Extracted("\n".join(_blocks(holder, numbers)), warnings=warnings)


def _part(package: ZipFile, name: str) -> Xml.Element | None:
    """One part of the package, parsed; None where there is none. Declarations of entities are refused: Word writes none."""
    if name not in package.namelist():
        return None
    with package.open(name) as part:
        raw = part.read(MOST_XML_BYTES + 1)
    if len(raw) > MOST_XML_BYTES:
        raise UnreadableDocument(say("library.swollen"))
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw or b"\0" in raw[:200]:
        raise UnreadableDocument(say("library.damaged_word"))
    try:
        return Xml.fromstring(raw.replace(_STRICT, _TRANSITIONAL))  # noqa: S314 - no entities, bounded, in a limited process
    except Xml.ParseError as error:
        raise UnreadableDocument(say("library.damaged_word")) from error


def _blocks(holder: Xml.Element, numbers: "_Numbers", depth: int = 0) -> Iterator[str]:
    for node in holder:
        if node.tag == f"{_W}p":
            yield numbers.label(node) + _words(node)
            yield from (line for box in _boxes(node) for line in _blocks(box, numbers, depth + 1) if depth < _DEEPEST)
        elif node.tag == f"{_W}tbl" and depth < _DEEPEST:
            yield from table_lines(_cells(row, numbers, depth) for row in node.findall(f"{_W}tr"))
        elif node.tag in _WRAPPERS and depth < _DEEPEST:
            yield from _blocks(node, numbers, depth + 1)


def _cells(row: Xml.Element, numbers: "_Numbers", depth: int) -> list[str]:
    return [" ".join(filter(None, _blocks(cell, numbers, depth + 1))) for cell in row.findall(f"{_W}tc")]


def _boxes(paragraph: Xml.Element) -> Iterator[Xml.Element]:
    """Text boxes that float in a paragraph; the copy of them for old versions of Word is left out."""
    copies = {box for fallback in paragraph.iter(_FALLBACK) for box in fallback.iter(f"{_W}txbxContent")}
    return (box for box in paragraph.iter(f"{_W}txbxContent") if box not in copies)


def _words(paragraph: Xml.Element) -> str:
    words: list[str] = []
    waiting = list(reversed(paragraph))
    while waiting:
        node = waiting.pop()
        if node.tag == f"{_W}t":
            words.append(node.text or "")
        elif node.tag in (f"{_W}br", f"{_W}cr"):
            words.append("\n")
        elif node.tag == f"{_W}tab":
            words.append("\t")
        elif node.tag not in (f"{_W}txbxContent", f"{_W}del", f"{_W}moveFrom", _FALLBACK, f"{_W}pPr"):
            waiting += reversed(node)
    return "".join(words)


@dataclass
class _Numbers:
    """The automatic numbers of paragraphs, counted on as they are read."""

    numbering: Xml.Element | None
    styles: Xml.Element | None
    _counts: dict[tuple[str, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._levels = _levels(self.numbering)
        self._by_style = {
            style.get(f"{_W}styleId") or "": found
            for style in (self.styles.iter(f"{_W}style") if self.styles is not None else ())
            if (found := style.find(f".//{_W}numPr")) is not None
        }

    def label(self, paragraph: Xml.Element) -> str:
        """`第一条　` where Word would show it in front of the paragraph; empty where it shows none."""
        list_id, level = self._place(paragraph)
        shown = self._levels.get(list_id, {}).get(level)
        if shown is None:
            return ""
        self._counts[list_id, level] = self._counts.get((list_id, level), shown.first - 1) + 1
        for deeper in range(level + 1, _MOST_LEVELS):
            self._counts.pop((list_id, deeper), None)
        words = shown.words
        for number in range(level + 1):
            above = self._levels[list_id].get(number, shown)
            words = words.replace(f"%{number + 1}", above.written(self._counts.get((list_id, number), above.first)))
        return f"{words}　" if words.strip() else ""

    def _place(self, paragraph: Xml.Element) -> tuple[str, int]:
        properties = paragraph.find(f"{_W}pPr")
        if properties is None:
            return "", 0
        number = properties.find(f"{_W}numPr")
        if number is None:
            style = properties.find(f"{_W}pStyle")
            number = self._by_style.get(_value(style)) if style is not None else None
        if number is None:
            return "", 0
        level = _value(number.find(f"{_W}ilvl"))
        return _value(number.find(f"{_W}numId")), int(level) if level.isdecimal() and len(level) == 1 else 0


@dataclass(frozen=True)
class _Level:
    kind: str
    words: str
    first: int

    def written(self, number: int) -> str:
        if self.kind in _CHINESE:
            return from_int(number)
        if self.kind in ("lowerLetter", "upperLetter") and 1 <= number <= 26:
            letter = chr(ord("a") + number - 1)
            return letter if self.kind == "lowerLetter" else letter.upper()
        return "•" if self.kind == "bullet" else "" if self.kind == "none" else str(number)


def _levels(numbering: Xml.Element | None) -> dict[str, dict[int, _Level]]:
    """The levels of every list by its id."""
    if numbering is None:
        return {}
    kinds = {kind.get(f"{_W}abstractNumId"): kind for kind in numbering.findall(f"{_W}abstractNum")}
    lists = {}
    for one in numbering.findall(f"{_W}num"):
        kind = kinds.get(_value(one.find(f"{_W}abstractNumId")))
        levels = kind.findall(f"{_W}lvl")[:_MOST_LEVELS] if kind is not None else []
        lists[one.get(f"{_W}numId") or ""] = {depth: _level(level) for depth, level in enumerate(levels)}
    return lists


def _level(level: Xml.Element) -> _Level:
    first = _value(level.find(f"{_W}start"))
    kind, words = _value(level.find(f"{_W}numFmt")) or "decimal", _value(level.find(f"{_W}lvlText"))
    return _Level(kind, "" if kind == "bullet" else words, int(first) if first.isdecimal() and len(first) <= 4 else 1)


def _value(node: Xml.Element | None) -> str:
    return (node.get(f"{_W}val") or "") if node is not None else ""
