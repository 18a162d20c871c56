"""Taking in whole folders: in batches of one transaction each, so that a killed import goes on where it was."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from knowledge_base.document import ParsedDocument, PolicyDocument
from knowledge_base.errors import UnreadableDocument
from knowledge_base.extracted import Extract
from knowledge_base.extracting import extract as extract_here
from knowledge_base.importing import Imported, Outcome, add_past_case, import_document
from knowledge_base.past_case import ParsedCase, PastCase
from knowledge_base.reading_files import Entry, KnownFile, read_path
from prompts import say

ENTRIES_IN_A_BATCH = 50
CHARACTERS_IN_A_BATCH = 2_000_000

Transaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""Opens one transaction: `Database.transaction`."""


@dataclass(frozen=True)
class Progress:
    """How far a bulk import has come. `faults` are sentences that name a file and what is wrong with it."""

    documents: int = 0
    clauses: int = 0
    cases: int = 0
    known: int = 0
    faults: tuple[str, ...] = ()
    waiting: tuple[str, ...] = field(default=())
    """Titles of documents that contradict a stored text of the same version and wait for a person."""
    doubtful: tuple[str, ...] = field(default=())
    """Sentences about documents with a date that is none; they wait for a person too."""

    def __add__(self, other: "Progress") -> "Progress":
        return Progress(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


async def import_path(
    transaction: Transaction, path: Path, *, actor: str, now: Callable[[], datetime], approve: bool, extract: Extract = extract_here
) -> AsyncIterator[Progress]:
    """Import a file or a folder. Whatever is there already is passed over, so a second run finishes a broken one.

    Args:
        extract: reads PDF, Word and web pages; hand in one that works in a limited process.

    Yields:
        The sums so far after each committed batch; at least once.
    """
    entries, total = read_path(path, extract=extract, known=await _known_files(transaction)), Progress()
    while batch := await asyncio.to_thread(_next_batch, entries):
        async with transaction() as session:
            added = await import_batch(session, batch, actor=actor, now=now(), approve=approve)
        total += added
        yield total
    if total == Progress():
        yield total


async def import_batch(session: AsyncSession, batch: list[Entry], *, actor: str, now: datetime, approve: bool) -> Progress:
    """Import what was read, in the caller's transaction; a document that cannot be taken in is told, the rest goes on."""
    done = Progress(
        faults=tuple(str(entry) for entry in batch if isinstance(entry, UnreadableDocument)),
        known=sum(isinstance(entry, KnownFile) for entry in batch),
    )
    for entry in batch:
        if isinstance(entry, ParsedDocument):
            done += await _document(session, entry, actor=actor, now=now, approve=approve)
    return done + await _cases(session, [entry for entry in batch if isinstance(entry, ParsedCase)], actor=actor, now=now)


async def _known_files(transaction: Transaction) -> frozenset[str]:
    async with transaction() as session:
        return frozenset(filter(None, (await session.exec(select(PolicyDocument.file_hash))).all()))


async def _document(session: AsyncSession, parsed: ParsedDocument, *, actor: str, now: datetime, approve: bool) -> Progress:
    try:
        imported = await import_document(session, parsed, actor=actor, now=now, approve=approve)
    except UnreadableDocument as error:
        return Progress(faults=(str(error),))
    return _told(imported, parsed)


def _told(imported: Imported, parsed: ParsedDocument) -> Progress:
    if imported.outcome is Outcome.KNOWN:
        return Progress(known=1)
    doubt = say("library.wrong_dates", title=imported.title, number=imported.document_id, dates="、".join(parsed.wrong_dates))
    return Progress(
        documents=1, clauses=imported.clauses, waiting=(imported.title,) if imported.outcome is Outcome.CONFLICTING else (),
        doubtful=(doubt,) if imported.outcome is Outcome.DOUBTFUL else (),
    )  # fmt: skip


async def _cases(session: AsyncSession, cases: list[ParsedCase], *, actor: str, now: datetime) -> Progress:
    known = set((await session.exec(select(PastCase.key).where(col(PastCase.key).in_([case.key for case in cases])))).all())
    new = {case.key: case for case in cases if case.key not in known}
    for case in new.values():
        await add_past_case(
            session, key=case.key, question=case.question, reply=case.reply, line=case.line, strategy=case.strategy,
            channel=case.channel, replied_on=case.replied_on, region=case.region, now=now, actor=actor,
        )  # fmt: skip
    return Progress(cases=len(new), known=len(cases) - len(new))


def _next_batch(entries: Iterator[Entry]) -> list[Entry]:
    """So many entries, fewer where they are long, that a transaction stays short and memory bounded."""
    batch: list[Entry] = []
    length = 0
    for entry in itertools.islice(entries, ENTRIES_IN_A_BATCH):
        batch.append(entry)
        length += len(entry.body) if isinstance(entry, ParsedDocument) else 0
        if length > CHARACTERS_IN_A_BATCH:
            break
    return batch
