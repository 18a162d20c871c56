"""What a parser gives of a file: its words, and what the file says of itself. Plain values, so that they can come from another process."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from knowledge_base.errors import UnreadableDocument
from prompts import say

MOST_CHARACTERS = 5_000_000
"""The Civil Code has 110,000; what is longer is no one document."""


@dataclass(frozen=True)
class Extracted:
    """The text of one file.

    Attributes:
        text: paragraphs as lines; tables as lines of cells between `|`.
        told: what the file says beside its text: `title`, `authority`, `document_number`, `published` (a date as it is written).
        warnings: sentences about what could not be read, for whoever approves the document.
    """

    text: str
    told: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Any) -> "Extracted":
        """Raises UnreadableDocument where a value is none of ours."""
        try:
            told = {str(name): str(words) for name, words in value["told"].items()}
            return cls(str(value["text"]), told, tuple(str(words) for words in value["warnings"]))
        except (KeyError, TypeError, AttributeError) as error:
            raise UnreadableDocument(say("library.strange_answer")) from error


Extract = Callable[[str, str, bytes], Extracted]
"""Reads one file: its name, its kind (`pdf`, `docx`, `html`) and its bytes. Raises UnreadableDocument with a sentence that names the file.

`knowledge_base.extracting.extract` does it here; `adapters.documents` does it in a limited child process.
"""
