"""Reading documents and past cases from files and folders, one after the other; a bad file is told and the rest goes on."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge_base.document import ParsedDocument
from knowledge_base.errors import UnreadableDocument
from knowledge_base.extracted import Extract
from knowledge_base.extracting import extract as extract_here
from knowledge_base.past_case import ParsedCase
from knowledge_base.reading_documents import PARSED, read_one
from knowledge_base.reading_rows import read_case_table, read_json_lines
from prompts import say

DOCUMENTS = (*PARSED, ".md", ".markdown", ".txt")
ROWS = (".jsonl", ".jsonl.gz", ".csv")
SUFFIXES = (*DOCUMENTS, *ROWS)
TO_BE_CONVERTED = (
    ".doc", ".wps", ".wpt", ".rtf", ".odt", ".ofd", ".ceb", ".caj", ".xls", ".xlsx", ".ppt", ".pptx",
    ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".zip", ".rar", ".7z",
)  # fmt: skip
"""What a folder of policies may hold and we cannot read: told, so that nothing is left out in silence."""
MOST_FILE_BYTES = 50_000_000
MOST_TEXT_BYTES = 20_000_000
MOST_ROWS_BYTES = 500_000_000


@dataclass(frozen=True)
class KnownFile:
    """A file that was taken in before, byte for byte."""

    name: str


Entry = ParsedDocument | ParsedCase | UnreadableDocument | KnownFile
"""What one place in a file holds; a fault is an entry of its own, so that the rest goes on."""


def read_path(path: Path, *, extract: Extract = extract_here, known: Collection[str] = ()) -> Iterator[Entry]:
    """Everything that a file, or a folder with all below it, holds, in a fixed order.

    Args:
        extract: reads PDF, Word and web pages; hand in one that works in a limited process.
        known: SHA-256 of files that are passed over in a folder; a file that is named itself is read.

    Yields:
        Documents and past cases; for what cannot be read an UnreadableDocument that says which file and why.
    """
    if not path.exists():
        yield UnreadableDocument(say("library.not_here", path=path))
        return
    files = list_files(path)
    if not files:
        yield UnreadableDocument(say("library.nothing_here", path=path, kinds="、".join(SUFFIXES)))
    for file in files:
        try:
            yield from _read_file(file, extract, known if path.is_dir() else ())
        except UnreadableDocument as error:
            yield error
        except (OSError, EOFError) as error:
            yield UnreadableDocument(say("library.unreadable_file", name=file.name, reason=getattr(error, "strerror", None) or error))


def list_files(path: Path) -> list[Path]:
    """The files that an import of a file or folder looks at, in their order; hidden and half-written ones of an office program are none."""
    if not path.is_dir():
        return [path]
    found = (file for file in path.rglob("*") if file.name.lower().endswith((*SUFFIXES, *TO_BE_CONVERTED)) and file.is_file())
    return sorted(file for file in found if not file.name.startswith((".", "~$")))


def _read_file(file: Path, extract: Extract, known: Collection[str]) -> Iterator[Entry]:
    name = file.name.lower()
    if name.endswith(ROWS):
        _refuse_large(file, MOST_ROWS_BYTES)
        yield from read_case_table(file) if name.endswith(".csv") else read_json_lines(file)
    elif name.endswith(SUFFIXES):
        _refuse_large(file, MOST_FILE_BYTES if name.endswith(tuple(PARSED)) else MOST_TEXT_BYTES)
        body = file.read_bytes()
        digest = hashlib.sha256(body).hexdigest()
        yield KnownFile(file.name) if digest in known else replace(read_one(file.name, body, extract), file_hash=digest)
    elif name.endswith(TO_BE_CONVERTED):
        yield UnreadableDocument(say("library.convert_first", name=file.name))
    else:
        yield UnreadableDocument(say("library.unknown_kind", name=file.name, kinds="、".join(SUFFIXES)))


def _refuse_large(file: Path, most: int) -> None:
    if file.stat().st_size > most:
        raise UnreadableDocument(say("library.too_big", name=file.name, most=most // 1_000_000))
