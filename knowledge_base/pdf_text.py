"""The words of a PDF's text layer; what has none (a scan) is told."""

import logging
from io import BytesIO

from knowledge_base.errors import UnreadableDocument
from knowledge_base.extracted import MOST_CHARACTERS, Extracted
from knowledge_base.reflowing import reflow
from prompts import say

MOST_PAGES = 2_000
_LEAST_CHARACTERS = 8
"""A page with fewer is a picture, or a scan with a stamp on it."""
_READABLE_SHARE, _CHINESE_SHARE = 0.7, 0.1
"""Of a text layer's characters; below, its fonts do not tell what their shapes mean."""
_PAGES_TOLD = 12


def read(body: bytes) -> Extracted:
    """The paragraphs of all pages, put together across lines and pages; running heads and page numbers left out.

    Raises:
        UnreadableDocument: it is encrypted, damaged, scanned, or its text layer is no text.
    """
    pages = _pages(body)
    written = [page for page in pages if sum(map(str.isalnum, page)) >= _LEAST_CHARACTERS]
    if not written:
        raise UnreadableDocument(say("library.scanned", pages=len(pages)))
    if not _is_readable("".join(written)):
        raise UnreadableDocument(say("library.unreadable_layer"))
    empty = [str(number) for number, page in enumerate(pages, 1) if sum(map(str.isalnum, page)) < _LEAST_CHARACTERS]
    warnings = [say("library.warn_empty_pages", pages="、".join(empty[:_PAGES_TOLD]), count=len(empty))] if empty else []
    return Extracted(reflow(page.split("\n") for page in pages), warnings=tuple(warnings))


def _pages(body: bytes) -> list[str]:
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(BytesIO(body))
        if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            raise UnreadableDocument(say("library.encrypted_pdf"))
        if len(reader.pages) > MOST_PAGES:
            raise UnreadableDocument(say("library.many_pages", most=MOST_PAGES))
        pages, length = [], 0
        for page in reader.pages:
            pages.append(page.extract_text())
            length += len(pages[-1])
            if length > MOST_CHARACTERS:
                break  # the caller refuses a text of that length
    except DependencyError as error:
        raise UnreadableDocument(say("library.encrypted_pdf")) from error
    except (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, OSError, ArithmeticError, AssertionError) as error:
        raise UnreadableDocument(say("library.damaged_pdf")) from error  # what pypdf meets in a damaged file it does not always name
    return pages


def _is_readable(text: str) -> bool:
    characters = [character for character in text if not character.isspace()]
    readable = sum(not (_is_private(character) or character == "\ufffd" or character < " ") for character in characters)
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in characters)
    return readable >= _READABLE_SHARE * len(characters) and chinese >= _CHINESE_SHARE * len(characters)


def _is_private(character: str) -> bool:
    return "\ue000" <= character <= "\uf8ff" or character >= "\U000f0000"
