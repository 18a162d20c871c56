"""Reading policy files in the limited child process, as `knowledge_base` asks for it."""

from typing import Self

from adapters.sources.reading_process import ReadingProcess
from knowledge_base.errors import UnreadableDocument
from knowledge_base.extracted import Extracted
from monitoring.errors import SourceError

SECONDS = {"pdf": 30.0, "docx": 8.0, "html": 1.3}
"""Processor time for one file by its kind. pypdf reads some 30 pages a second; the largest honest page or Word file takes less than one."""


class DocumentReader:
    """An `Extract` that parses in a child of its own, so that a law of 800 pages keeps no source waiting. A context manager."""

    def __init__(self) -> None:
        self._process = ReadingProcess()

    def __call__(self, name: str, kind: str, body: bytes) -> Extracted:
        """The words of a file. Raises UnreadableDocument, also where the child was ended by its limits."""
        try:
            answer = self._process.read_now("document", body, what=name, seconds=SECONDS[kind], name=name, kind=kind)
        except SourceError as error:
            raise UnreadableDocument(str(error)) from error
        return Extracted.from_json(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.close()
