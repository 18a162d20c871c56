"""批准文件、停用文件、复核文件、比较文件, and files that are handed in: an admin's word on policy documents."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.documents import DocumentReader
from bot.commands.grammar import Verb
from bot.commands.handling import QuickHandler
from bot.commands.order import Order, done, shown
from bot.house import House
from casework.chat import Incoming, Response
from casework.errors import Refused
from casework.library_page import difference_card, page_of
from casework.message import Card, CardKind
from casework.permission import Act, require
from casework.staff import StaffMember
from knowledge_base.comparing import compare
from knowledge_base.document import ParsedDocument
from knowledge_base.errors import KnowledgeError, UnreadableDocument
from knowledge_base.importing import Outcome, import_document
from knowledge_base.reading_documents import read_one
from knowledge_base.reading_files import DOCUMENTS, MOST_FILE_BYTES
from knowledge_base.standing import approve_document, document_of, review_document, withdraw_document
from knowledge_base.versions import clauses_of, previous_version
from prompts import say

One = Callable[[AsyncSession, int, str, datetime], Awaitable[str]]
"""What is done to one document in the name of a person; returns the sentence that tells it."""


async def approve(session: AsyncSession, order: Order) -> Response:
    """批准文件 12 13."""

    async def one(session: AsyncSession, number: int, actor: str, now: datetime) -> str:
        return say("library.approved_row", title=(await approve_document(session, number, actor=actor, now=now)).title)

    return await _each(session, order, one)


async def withdraw(session: AsyncSession, order: Order) -> Response:
    """停用文件 12."""

    async def one(session: AsyncSession, number: int, actor: str, now: datetime) -> str:
        return say("library.withdrawn", title=(await withdraw_document(session, number, actor=actor, now=now)).title)

    return await _each(session, order, one)


async def review(session: AsyncSession, order: Order) -> Response:
    """复核文件 12."""

    async def one(session: AsyncSession, number: int, actor: str, now: datetime) -> str:
        document = await review_document(session, number, actor=actor, now=now)
        return say("library.reviewed", name=actor, day=now.date(), title=document.title)

    return await _each(session, order, one)


async def difference(session: AsyncSession, order: Order) -> Response:
    """比较文件 13, or 比较文件 12 13."""
    numbers = _numbers(order)
    try:
        newer = await document_of(session, numbers[-1])
        older = await document_of(session, numbers[0]) if len(numbers) > 1 else await previous_version(session, newer)
    except KnowledgeError as error:
        raise Refused(str(error)) from error
    if older is None:
        raise Refused(say("library.no_previous_chat", title=newer.title))
    texts = [await clauses_of(session, document.id or 0) for document in (older, newer)]
    return shown(difference_card(older, newer, await asyncio.to_thread(compare, *texts)))


async def take_document(house: House, incoming: Incoming, staff: StaffMember, now: datetime) -> Response:
    """Store a file that a person handed in; it waits for an admin's word, whoever that person is.

    Raises:
        Refused: the person may not, or the file cannot be read; nothing is stored.
    """
    async with house.database.reading() as session:
        await require(session, staff, Act.LIBRARY)
    try:
        parsed = await asyncio.to_thread(_read, incoming.file_name, incoming.file)
        async with house.database.transaction() as session:
            imported = await import_document(session, parsed, actor=staff.name, now=now, approve=False)
    except KnowledgeError as error:
        raise Refused(str(error)) from error
    number = imported.document_id
    told = "library.file_known" if imported.outcome is Outcome.KNOWN else "library.file_taken"
    sentence = say(told, title=imported.title, number=number, clauses=imported.clauses)
    return Response(sentence, (Card(CardKind.NOTICE, sentence, page=page_of(number)),))


def _read(name: str, body: bytes) -> ParsedDocument:
    if not name.lower().endswith(DOCUMENTS):
        raise UnreadableDocument(say("library.unknown_kind", name=name, kinds="、".join(DOCUMENTS)))
    if len(body) > MOST_FILE_BYTES:
        raise UnreadableDocument(say("library.too_big", name=name, most=MOST_FILE_BYTES // 1_000_000))
    with DocumentReader() as reader:
        return read_one(name, body, reader)


async def _each(session: AsyncSession, order: Order, one: One) -> Response:
    """Do one thing to each document that is named, all or none."""
    await require(session, order.staff, Act.LIBRARY)
    try:
        return done(order, "\n".join([await one(session, number, order.staff.name, order.now) for number in _numbers(order)]))
    except KnowledgeError as error:
        raise Refused(str(error)) from error


def _numbers(order: Order) -> list[int]:
    numbers = [int(number) for number in dict.fromkeys(re.findall(r"\d{1,9}", order.command.rest))]
    if not numbers:
        raise Refused(say("library.which", verb=order.command.verb.value))
    return numbers


SHELVING: Mapping[Verb, QuickHandler] = {
    Verb.APPROVE_DOCUMENT: approve, Verb.WITHDRAW_DOCUMENT: withdraw, Verb.REVIEW_DOCUMENT: review, Verb.COMPARE_DOCUMENTS: difference,
}  # fmt: skip
