"""The knowledge base from the command line, and the loop that keeps the index level with the rows."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlmodel import col, select

from bot.bootstrap import open_house, read_library
from bot.faults import StartError
from bot.house import House
from bot.loops import pause
from bot.settings import load_settings
from casework.permission import names_with
from casework.staff import Role, member_named
from knowledge_base.document import PolicyDocument
from knowledge_base.errors import KnowledgeError
from knowledge_base.standing import approve_document
from knowledge_base.importing_in_bulk import Progress, import_path
from prompts import say

FOLLOW_EVERY_SECONDS = 3.0
COMMAND_LINE = "command line"


async def import_paths(settings_path: Path, paths: Sequence[Path], *, approve: bool) -> int:
    """Import files and folders with a progress bar. Returns 1 when a file could not be read; the rest was imported."""
    async with open_house(load_settings(settings_path), index=False) as house:
        total = Progress()
        with Bar(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=Console(stderr=True)) as bar:
            for path in paths:
                total += await import_into(house, path, approve=approve, bar=bar)
    for fault in total.faults:
        typer.secho(fault, err=True, fg="red")
    for title in total.waiting:
        typer.echo(say("cli.import_waiting", title=title))
    typer.echo(
        say(
            "cli.imported", documents=total.documents, clauses=total.clauses, cases=total.cases, known=total.known, failed=len(total.faults)
        )
    )
    return int(bool(total.faults))


async def import_into(house: House, path: Path, *, approve: bool, bar: Bar | None = None) -> Progress:
    """Import one file or folder into an open house.

    Raises:
        KnowledgeError: no such file or folder.
    """
    if not await asyncio.to_thread(path.exists):
        raise KnowledgeError(say("cli.no_such_path", path=path))
    done = Progress()
    task = bar.add_task(say("cli.importing", name=path.name, done="")) if bar else None
    async for done in import_path(house.database.transaction, path, actor=COMMAND_LINE, now=house.clock.now, approve=approve):
        if bar and task is not None:
            counts = say("cli.import_counts", documents=done.documents, clauses=done.clauses, cases=done.cases, known=done.known)
            bar.update(task, description=say("cli.importing", name=path.name, done=counts))
    return done


async def search(settings_path: Path, query: str, limit: int, *, as_json: bool) -> int:
    """Print the clauses in force that fit a query. Returns 1 when there are none."""
    async with open_house(load_settings(settings_path)) as house:
        region, today = house.desk.department.region, house.clock.now().date()
        hits = await asyncio.to_thread(house.library.search_clauses, query, region=region, on=today, limit=limit)
    if as_json:
        rows = [
            {"key": h.key, "name": h.name, "text": h.text, "version_date": h.version_date, "score": h.score, "why": h.why} for h in hits
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, default=str))
    else:
        for hit in hits:
            typer.echo(f"{hit.name}（{hit.effective_on or hit.version_date or say('cli.date_unknown')}）\n  {hit.text}\n  {hit.why}\n")
        if not hits:
            typer.echo(say("cli.nothing_found"))
    return int(not hits)


async def list_documents(settings_path: Path, *, as_json: bool) -> int:
    """Print all policy documents with their state."""
    async with open_house(load_settings(settings_path), index=False) as house, house.database.reading() as session:
        documents = (await session.exec(select(PolicyDocument).order_by(col(PolicyDocument.title), col(PolicyDocument.version_date)))).all()
    if as_json:
        fields = {"id", "title", "state", "province", "city", "version_date", "effective_on", "superseded_on", "repealed_on"}
        typer.echo(json.dumps([document.model_dump(mode="json", include=fields) for document in documents], ensure_ascii=False))
        return 0
    for document in documents:
        ended = document.superseded_on or document.repealed_on
        since = document.effective_on or say("cli.date_unknown")
        typer.echo(f"{document.id:>5}  {document.state.value:<9}  {since}{f' – {ended}' if ended else ''}  《{document.title}》")
    return 0


async def approve(settings_path: Path, document: int, by: str) -> int:
    """Approve a waiting document in the name of an administrator.

    Raises:
        StartError: nobody of that name, or no administrator.
    """
    async with open_house(load_settings(settings_path), index=False) as house, house.database.transaction() as session:
        member = await member_named(session, by)
        if member is None or not member.has(Role.ADMIN):
            raise StartError(say("cli.not_admin", name=by, names="、".join(await names_with(session, Role.ADMIN)) or say("cli.nobody")))
        approved = await approve_document(session, document, actor=by, now=house.clock.now())
        typer.echo(say("cli.document_approved", title=approved.title))
    return 0


async def follow_library(house: House, stop: asyncio.Event) -> None:
    """Keep the index level with the rows until told to stop, whoever changed them."""
    while not stop.is_set():
        await read_library(house)
        await pause(FOLLOW_EVERY_SECONDS, stop)
