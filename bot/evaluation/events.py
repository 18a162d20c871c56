"""Measuring the gathering into events on a file of posts."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.evaluation.json_lines import read_rows, write_rows
from monitoring.assignment import assign, keys_of, voice_of
from monitoring.recollection import Recollection
from storage.clock import CHINA


def run_events(posts: Path, out: Path) -> None:
    """Give every post of a file its event, one after the other in the file's order, without looking ahead.

    Args:
        posts: JSON lines with `pid`, `title`, `text`, `time`.
        out: JSON lines with `pid`, `event`.
    """
    write_rows(out, asyncio.run(_clustered(read_rows(posts))))


async def _clustered(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    index, found = Recollection(), []
    for number, row in enumerate(rows):
        voice = voice_of(row.get("title") or "", row["text"], _time(row))
        keys = keys_of(voice.wording)
        assignment = await assign(index, voice, keys)
        event = number if assignment.event is None else assignment.event
        if assignment.worth_remembering:
            await index.remember(event, number, voice, keys)
        found.append({"pid": row["pid"], "event": str(event)})
    return found


def _time(row: dict[str, Any]) -> datetime:
    moment = datetime.fromisoformat(row["time"]) if row.get("time") else datetime(1970, 1, 1, tzinfo=CHINA)
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)
