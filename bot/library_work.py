"""The knowledge base from the command line, and the loop that keeps the index level with the rows."""

import asyncio
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlalchemy.orm import defer
from sqlmodel import col, select

from adapters.documents import DocumentReader
from bot.bootstrap import open_house, read_library
from bot.house import House
from bot.library_socket import ask_library
from bot.loops import pause
from bot.settings import load_settings
from knowledge_base.document import DocumentState, PolicyDocument
from knowledge_base.errors import KnowledgeError
from knowledge_base.extracted import Extract
from knowledge_base.extracting import extract as extract_here
from knowledge_base.importing_in_bulk import Progress, import_path
from knowledge_base.validity import earliest
from prompts import say, words
from retrieval.evidence import ClauseHit
from retrieval.library import DenseState
from storage.clock import to_china

FOLLOW_EVERY_SECONDS = 3.0
COMMAND_LINE = "command line"


async def import_paths(settings_path: Path, paths: Sequence[Path], *, approve: bool) -> int:
    """Import files and folders with a progress bar. Returns 1 when a file could not be read; the rest was imported."""
    async with open_house(load_settings(settings_path), index=False) as house:
        total = Progress()
        shown = Bar(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=Console(stderr=True))
        with DocumentReader() as reader, shown as bar:
            for path in paths:
                total += await import_into(house, path, approve=approve, bar=bar, extract=reader)
    for fault in total.faults:
        typer.secho(fault, err=True, fg="red")
    for doubt in total.doubtful:
        typer.echo(doubt)
    for title in total.waiting:
        typer.echo(say("cli.import_waiting", title=title))
    typer.echo(
        say(
            "cli.imported", documents=total.documents, clauses=total.clauses, cases=total.cases, known=total.known, failed=len(total.faults)
        )
    )
    return int(bool(total.faults))


async def import_into(house: House, path: Path, *, approve: bool, bar: Bar | None = None, extract: Extract = extract_here) -> Progress:
    """Import one file or folder into an open house.

    Args:
        extract: reads PDF, Word and web pages; files that are not our own need one that works in a limited process.

    Raises:
        KnowledgeError: no such file or folder.
    """
    if not await asyncio.to_thread(path.exists):
        raise KnowledgeError(say("cli.no_such_path", path=path))
    done = Progress()
    task = bar.add_task(say("cli.importing", name=path.name, done="")) if bar else None
    transaction, now = house.database.transaction, house.clock.now
    async for done in import_path(transaction, path, actor=COMMAND_LINE, now=now, approve=approve, extract=extract):
        if bar and task is not None:
            counts = say("cli.import_counts", documents=done.documents, clauses=done.clauses, cases=done.cases, known=done.known)
            bar.update(task, description=say("cli.importing", name=path.name, done=counts))
    return done


async def search(settings_path: Path, query: str, limit: int, *, on: date | None = None, as_json: bool) -> int:
    """Print the clauses that held on a day, today unless told, and fit a query. Returns 1 when there are none."""
    async with open_house(load_settings(settings_path)) as house:
        today = to_china(house.clock.now()).date()
        hits, note = await _found(house, query, on or today, limit)
    if note:
        typer.secho(note, err=True)
    if as_json:
        typer.echo(json.dumps([_row(hit, today) for hit in hits], ensure_ascii=False, default=str))
    else:
        for hit in hits:
            typer.echo(f"{hit.name}（{dated_words(hit, today)}）\n  {hit.text}\n  {hit.why}\n")
        if not hits:
            typer.echo(say("cli.nothing_found"))
    return int(not hits)


async def _found(house: House, query: str, on: date, limit: int) -> tuple[list[ClauseHit], str]:
    """What a search finds, asked of the process that owns the vectors where that is another one; and what was wanting, if anything."""
    region, library = house.desk.department.region, house.library
    if library.status.dense is DenseState.ELSEWHERE:
        asked = await ask_library(house.settings.data_dir, query, region=region, on=on, limit=limit)
        if asked is not None:
            return asked, ""
    return await asyncio.to_thread(library.search_clauses, query, region=region, on=on, limit=limit), library.status.note


def dated_words(hit: ClauseHit, today: date) -> str:
    """Since when a clause holds, and whether it is an old version, or one that has yet to begin."""
    since = str(hit.effective_on or hit.version_date or say("cli.date_unknown"))
    if hit.in_force_on(today):
        return since
    if hit.ended_on and hit.ended_on <= today:
        return f"{since}　{say('library.old_version', day=hit.ended_on)}"
    return say("library.not_in_force_yet", day=since)


def _row(hit: ClauseHit, today: date) -> dict[str, Any]:
    return {
        "key": hit.key, "name": hit.name, "text": hit.text, "version_date": hit.version_date, "effective_on": hit.effective_on,
        "ended_on": hit.ended_on, "in_force_today": hit.in_force_on(today), "score": hit.score, "why": hit.why,
    }  # fmt: skip


async def list_documents(settings_path: Path, *, waiting: bool = False, as_json: bool) -> int:
    """Print all policy documents with their state, or those that wait with what is to be checked."""
    wanted = [DocumentState.PENDING] if waiting else [state for state in DocumentState if state is not DocumentState.DELETED]
    query = select(PolicyDocument).where(col(PolicyDocument.state).in_(wanted)).options(defer(PolicyDocument.body))  # type: ignore[arg-type]
    async with open_house(load_settings(settings_path), index=False) as house, house.database.reading() as session:
        documents = (await session.exec(query.order_by(col(PolicyDocument.title), col(PolicyDocument.version_date)))).all()
    if as_json:
        fields = {"id", "title", "state", "province", "city", "version_date", "effective_on", "superseded_on", "repealed_on", "warnings"}
        typer.echo(json.dumps([document.model_dump(mode="json", include=fields) for document in documents], ensure_ascii=False))
        return 0
    for document in documents:
        ended = earliest((document.superseded_on, document.repealed_on))
        since = document.effective_on or say("cli.date_unknown")
        dated, state = f"{since} – {ended}" if ended else since, words("library.states")[document.state]
        typer.echo(f"{document.id:>5}  {state}  {dated}  《{document.title}》")
        for warning in document.warnings.splitlines() if waiting else ():
            typer.echo("      " + say("library.warning_line", warning=warning))
    return 0


async def follow_library(house: House, stop: asyncio.Event) -> None:
    """Keep the index level with the rows until told to stop, whoever changed them."""
    while not stop.is_set():
        await read_library(house)
        await pause(FOLLOW_EVERY_SECONDS, stop)
