"""Looking at policy documents and deciding about them, from the command line."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path

import typer
from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.documents import DocumentReader
from bot.bootstrap import open_house
from bot.faults import StartError
from bot.library_face import clause_lines, description, diff_lines, document_fields, prepared_fields
from bot.settings import load_settings
from casework.permission import names_with
from casework.staff import Role, member_named
from knowledge_base.comparing import compare
from knowledge_base.document import ParsedDocument
from knowledge_base.errors import KnowledgeError, UnreadableDocument
from knowledge_base.past_case import ParsedCase
from knowledge_base.preparing import Prepared, prepare
from knowledge_base.reading_files import read_path
from knowledge_base.standing import (
    approve_document,
    delete_document,
    document_of,
    due_for_review,
    repeal_document,
    review_document,
    roll_back,
    withdraw_document,
)
from knowledge_base.versions import clauses_of, previous_version
from prompts import say
from storage.clock import to_china

Verb = Callable[[AsyncSession, int, str, datetime], Awaitable[str]]
"""Does one thing to one document in the name of a person; returns the sentence that tells it."""


async def preview(paths: Sequence[Path], *, as_json: bool) -> int:
    """Print what would be taken in from some files. Returns 1 when one cannot be read. Stores nothing, needs no settings."""
    faults = 0
    with ExitStack() as opened:
        reader = opened.enter_context(DocumentReader())
        for path in paths:
            for entry in read_path(path, extract=reader):
                faults += _preview_one(entry, as_json)
    return int(bool(faults))


def _preview_one(entry: object, as_json: bool) -> int:
    if isinstance(entry, ParsedDocument):
        try:
            prepared = prepare(entry)
        except UnreadableDocument as error:
            entry = error
        else:
            _tell_prepared(prepared, as_json)
    elif isinstance(entry, ParsedCase):
        typer.echo(json.dumps({"case": entry.key}) if as_json else say("library.preview_case", key=entry.key, question=entry.question[:40]))
    if isinstance(entry, UnreadableDocument):
        typer.secho(str(entry), err=True, fg="red")
        return 1
    return 0


def _tell_prepared(prepared: Prepared, as_json: bool) -> None:
    fields = prepared_fields(prepared)
    if as_json:
        typer.echo(
            json.dumps({"file": prepared.parsed.file_name, **fields, "warnings": prepared.warnings}, ensure_ascii=False, default=str)
        )
        return
    typer.echo(say("library.preview_head", name=prepared.parsed.file_name or prepared.parsed.title))
    clauses = [(span.article, prepared.parsed.body[span.start : span.end]) for span in prepared.spans]
    typer.echo("\n".join([*description(fields, prepared.warnings), *clause_lines(clauses)]) + "\n")


async def show(settings_path: Path, number: int, *, as_json: bool) -> int:
    """Print what is stored of a document: what was recognised, what is to be checked, its clauses."""
    async with open_house(load_settings(settings_path), index=False) as house, house.database.reading() as session:
        document = await document_of(session, number)
        clauses = await clauses_of(session, number)
    fields, warnings = document_fields(document, len(clauses)), document.warnings.split("\n") if document.warnings else []
    if as_json:
        told = [{"article": clause.article, "text": clause.text} for clause in clauses]
        typer.echo(json.dumps({"id": number, **fields, "warnings": warnings, "text": told}, ensure_ascii=False, default=str))
    else:
        typer.echo("\n".join([*description(fields, warnings), *clause_lines([(one.article, one.text) for one in clauses], None)]))
    return 0


async def approve(settings_path: Path, numbers: Sequence[int], by: str) -> int:
    """Approve waiting documents."""

    async def one(session: AsyncSession, number: int, actor: str, now: datetime) -> str:
        return say("cli.document_approved", title=(await approve_document(session, number, actor=actor, now=now)).title)

    return await _each(settings_path, numbers, by, one)


async def withdraw(settings_path: Path, numbers: Sequence[int], by: str) -> int:
    """Take documents out at once."""

    async def one(session: AsyncSession, number: int, actor: str, now: datetime) -> str:
        return say("library.withdrawn", title=(await withdraw_document(session, number, actor=actor, now=now)).title)

    return await _each(settings_path, numbers, by, one)


async def delete(settings_path: Path, numbers: Sequence[int], by: str) -> int:
    """Erase documents."""

    async def one(session: AsyncSession, number: int, actor: str, now: datetime) -> str:
        title = (await document_of(session, number)).title
        return say("library.deleted", title=title, number=number, clauses=await delete_document(session, number, actor=actor, now=now))

    return await _each(settings_path, numbers, by, one)


async def repeal(settings_path: Path, number: int, by: str, reason: str, *, on: date | None, lift: bool) -> int:
    """End a document on a day (today unless told), or take that back."""

    async def one(session: AsyncSession, number: int, actor: str, now: datetime) -> str:
        day = None if lift else on or to_china(now).date()
        document = await repeal_document(session, number, on=day, reason=reason, actor=actor, now=now)
        return say("library.repeal_lifted" if lift else "library.repealed_done", title=document.title, day=day)

    return await _each(settings_path, [number], by, one)


async def rollback(settings_path: Path, number: int, by: str) -> int:
    """Let an earlier version hold again."""

    async def one(session: AsyncSession, number: int, actor: str, now: datetime) -> str:
        newer = await roll_back(session, number, actor=actor, now=now)
        document = await document_of(session, number)
        names = "、".join(f"《{one.title}》（{one.id}）" for one in newer) or say("library.none_newer")
        dated = document.version_date or document.effective_on or say("library.unknown_date")
        return say("library.rolled_back", title=document.title, number=number, dated=dated, newer=names)

    return await _each(settings_path, [number], by, one)


async def diff(settings_path: Path, number: int, other: int | None, *, as_json: bool) -> int:
    """Print what changed between two versions. Returns 1 when there is no earlier one."""
    async with open_house(load_settings(settings_path), index=False) as house, house.database.reading() as session:
        newer = await document_of(session, number)
        older = await document_of(session, other) if other else await previous_version(session, newer)
        if older is None:
            raise KnowledgeError(say("library.no_previous", title=newer.title))
        if other and (older.version_date or date.min) > (newer.version_date or date.min):
            older, newer = newer, older
        texts = [await clauses_of(session, document.id or 0) for document in (older, newer)]
    changes = await asyncio.to_thread(compare, *texts)
    typer.echo("\n".join(diff_lines(older, newer, changes, as_json=as_json)))
    return 0


async def review(settings_path: Path, numbers: Sequence[int], by: str) -> int:
    """Note that documents were looked at again; without numbers, print those that nobody looked at for a year."""
    if numbers:
        return await _each(settings_path, numbers, by, _reviewed)
    async with open_house(load_settings(settings_path), index=False) as house, house.database.reading() as session:
        due = await due_for_review(session, house.clock.now())
    if not due:
        typer.echo(say("library.nothing_due"))
        return 0
    typer.echo(say("library.due_head", count=len(due)))
    for document in due:
        seen = document.reviewed_at or document.approved_at
        day = to_china(seen).date() if seen else say("library.unknown_date")
        typer.echo(say("library.due_row", number=document.id, title=document.title, day=day))
    typer.echo(say("library.due_hint"))
    return 0


async def _reviewed(session: AsyncSession, number: int, actor: str, now: datetime) -> str:
    document = await review_document(session, number, actor=actor, now=now)
    return say("library.reviewed", name=actor, day=to_china(now).date(), title=document.title)


async def _each(settings_path: Path, numbers: Sequence[int], by: str, verb: Verb) -> int:
    """Do one thing to each document, all or none, in the name of an administrator."""
    async with open_house(load_settings(settings_path), index=False) as house:
        async with house.database.transaction() as session:
            await _require_admin(session, by)
            told = [await verb(session, number, by, house.clock.now()) for number in numbers]
        typer.echo("\n".join(told))
    return 0


async def _require_admin(session: AsyncSession, name: str) -> None:
    member = await member_named(session, name)
    if member is None or not member.has(Role.ADMIN):
        raise StartError(say("cli.not_admin", name=name, names="、".join(await names_with(session, Role.ADMIN)) or say("cli.nobody")))
