"""`wensheng learn --replies`: what became of the candidates, as figures."""

import json
from pathlib import Path

import typer

from bot.bootstrap import open_house
from bot.settings import load_settings
from casework.learned_face import learned_card
from casework.learning import Lesson, lessons


async def show(settings_path: Path, *, as_json: bool) -> int:
    """Print what the department's own replies have taught."""
    async with open_house(load_settings(settings_path), index=False) as house, house.database.reading() as session:
        found = await lessons(session)
    typer.echo(json.dumps([_json(lesson) for lesson in found], ensure_ascii=False) if as_json else learned_card(found).as_text())
    return 0


def _json(lesson: Lesson) -> dict[str, object]:
    told = {**vars(lesson), "share": round(lesson.share, 4)}
    waited = told.pop("waited")
    return {**told, "waited_seconds": waited.total_seconds() if waited is not None else None}
