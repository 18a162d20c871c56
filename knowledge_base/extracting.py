"""Reading the words out of PDF, Word and web pages. Runs in a limited child process: whatever is read here is not to be trusted.

Imports neither tables nor the database, so that the child is small and holds no secret.
"""

from importlib import import_module
from typing import Any

from knowledge_base.errors import UnreadableDocument
from knowledge_base.extracted import MOST_CHARACTERS, Extracted
from prompts import say

_READERS = {"pdf": "knowledge_base.pdf_text", "docx": "knowledge_base.docx_text", "html": "knowledge_base.html_text"}
"""Kind -> module with `read(body) -> Extracted`; loaded where the first file of its kind is read."""
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def extract(name: str, kind: str, body: bytes) -> Extracted:
    """The words of a file.

    Args:
        name: the file's name, as the sentence of a fault tells it.
        kind: one of `pdf`, `docx`, `html`; the bytes are looked at too, for names lie.

    Raises:
        UnreadableDocument: one sentence that says what is wrong and what to do.
    """
    if not body.strip():
        raise UnreadableDocument(say("library.empty_file", name=name))
    if body.startswith(_OLD_OFFICE):
        fault = "library.encrypted_word" if _ENCRYPTED_PACKAGE in body else "library.old_word"
        raise UnreadableDocument(say(fault, name=name))
    try:
        extracted: Extracted = import_module(_READERS[_kind_of(body, kind)]).read(body)
    except UnreadableDocument as error:
        raise UnreadableDocument(f"{name}：{error}") from error
    if len(extracted.text) > MOST_CHARACTERS:
        raise UnreadableDocument(say("library.too_long", name=name, most=MOST_CHARACTERS // 10_000))
    if not any(map(str.isalnum, extracted.text)):
        raise UnreadableDocument(say("library.no_words", name=name))
    return extracted


def read_document(body: bytes, *, name: str, kind: str) -> dict[str, Any]:
    """The same as a plain value: the job of the child process."""
    return extract(name, kind, body).to_json()


def _kind_of(body: bytes, kind: str) -> str:
    """What the bytes are; a PDF that is called .docx is read as a PDF."""
    if b"%PDF-" in body[:1024]:
        return "pdf"
    if body.startswith(b"PK\x03\x04"):
        return "docx"
    return kind
