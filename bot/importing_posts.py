"""Old posts and tickets from a file, in bulk: `wensheng sources import`. Broken off, it goes on where it stopped."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlmodel import select

from adapters.sources.opening import SourceReaders
from bot.bootstrap import open_house
from bot.faults import StartError
from bot.house import House
from bot.reading_ahead import ReadingAhead
from bot.settings import load_settings
from casework.intake import Received, receive_all
from monitoring import polling
from monitoring.post import Batch
from monitoring.recording import ReadPost
from monitoring.source import Source, SourceKind
from prompts import say

KINDS = {".csv": "table", ".tsv": "table", ".xlsx": "table", ".xlsm": "table", ".jsonl": "jsonl", ".gz": "jsonl"}
"""What a file is, by how its name ends."""
BATCHES_AHEAD = 2
"""So many batches are read while one is written; with the reader's own bound this bounds the memory."""


@dataclass
class Tally:
    """What an import has done so far, in this run."""

    file: str
    taken: int = 0
    known: int = 0
    ours: int = 0
    events: int = 0
    old: int = 0
    rang: int = 0
    unreadable: int = 0
    seconds: float = 0.0
    finished: bool = False

    def add(self, received: list[Received], batch: Batch, ring_from: datetime) -> None:
        """Count one batch that is stored."""
        self.taken += len(received)
        self.known += sum(not each.observation.is_new for each in received)
        self.ours += sum(each.observation.is_new and each.observation.item.relevance.is_ours for each in received)
        self.events += sum(each.observation.begins_event for each in received)
        self.old += sum(each.observation.is_new and each.observation.item.posted_at < ring_from for each in received)
        self.rang += sum(each.rang for each in received)
        self.unreadable += len(batch.errors)


async def import_posts(settings_path: Path, file: Path, *, ring_days: int, as_json: bool) -> int:
    """Import a file with a progress bar and say what came of it. Returns 1 where a record could not be read; the rest was imported.

    Args:
        ring_days: posts older than so many days ring nowhere and open no case.

    Raises:
        StartError: the file is of no kind that can be read. SourceError: it cannot be read.
    """
    tally, started = Tally(str(file)), time.perf_counter()
    async with open_house(load_settings(settings_path), index=False) as house:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("")
            typer.echo(say("cli.posts_ring", days=ring_days), err=True)
            try:
                async for _ in import_into(house, file, tally, ring_days=ring_days):
                    rate = tally.taken / (time.perf_counter() - started)
                    bar.update(task, description=say("cli.posts_importing", name=file.name, taken=tally.taken, rate=rate))
                tally.finished = True
            except asyncio.CancelledError:
                typer.echo(say("cli.posts_broken_off", taken=tally.taken), err=True)
                raise
            finally:
                tally.seconds = round(time.perf_counter() - started, 1)
    typer.echo(json.dumps(asdict(tally), ensure_ascii=False) if as_json else say("cli.posts_imported", **asdict(tally)))
    return int(tally.unreadable > 0)


async def import_into(house: House, file: Path, tally: Tally, *, ring_days: int) -> AsyncIterator[None]:
    """Import a file into an open house; yields after each batch that is stored. Posts and cursor are stored in one transaction."""
    source, now = await _source_of(house, file), house.clock.now()
    ring_from = now - timedelta(days=ring_days)
    async with ReadingAhead(house.desk.watch) as reading, SourceReaders() as readers:
        async for batch, read in _read_ahead(reading, readers.open(source).read(source.cursor, now), now):
            async with house.database.transaction() as session:
                received = await receive_all(session, batch.posts, source, now, house.desk, read, tell_from=ring_from)
                await polling.move_cursor(session, source, batch.cursor)
            tally.add(received, batch, ring_from)
            yield


async def _read_ahead(
    reading: ReadingAhead, batches: AsyncIterator[Batch], now: datetime
) -> AsyncIterator[tuple[Batch, dict[str, ReadPost]]]:
    """The batches of a file in their order, with their posts read; the next ones are being read meanwhile."""
    under_way: list[tuple[Batch, asyncio.Task[dict[str, ReadPost]]]] = []
    try:
        async for batch in batches:
            under_way.append((batch, asyncio.create_task(reading.read(batch.posts, now))))
            if len(under_way) > BATCHES_AHEAD:
                first, task = under_way.pop(0)
                yield first, await task
        while under_way:
            first, task = under_way.pop(0)
            yield first, await task
    finally:
        for _, task in under_way:
            task.cancel()


async def _source_of(house: House, file: Path) -> Source:
    """The row of a file, which keeps how far it was imported; it is never polled."""
    kind = KINDS.get(file.suffix.lower())
    if kind is None:
        raise StartError(say("cli.posts_unknown_kind", name=file.name, kinds="、".join(KINDS)))
    path = await asyncio.to_thread(file.resolve)
    name = say("cli.posts_source", name=path.name)
    async with house.database.transaction() as session:
        found = (await session.exec(select(Source).where(Source.address == str(path), Source.name == name))).first()
        if found is None:
            found = Source(name=name, kind=SourceKind(kind), address=str(path), enabled=False)
            session.add(found)
            await session.flush()
    return found
