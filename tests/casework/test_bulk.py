"""Many posts in one transaction bring the same rows as each in its own."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from casework.intake import receive_all
from monitoring.observe import read_new
from monitoring.post import RawPost
from monitoring.source import Source
from storage import audit
from storage.engine import Database, sqlite_url
from tests.casework.room import Room
from tests.generated_city import generate_city
from tests.monitoring.observing import watch_over

ALIKE = ("item", "event", "level_change", "case", "case_step", "deadline", "line_hour", "event_voice", "event_key", "item_band")
"""Tables that hold the same to the last cell."""


@pytest.fixture
def copy(room: Room, tmp_path: Path) -> Path:
    """The database of the room as it is before anything comes in."""
    with (
        closing(sqlite3.connect(str(room.database.engine.url.database))) as stored,
        closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as new,
    ):
        stored.backup(new)
    return tmp_path / "copy.sqlite3"


@pytest.mark.parametrize(("seed", "at_once"), [(3, 7), (11, 1000)])
async def test_a_city_in_bulk_is_the_city_post_by_post(room: Room, copy: Path, seed: int, at_once: int) -> None:
    posts = [each.post for each in generate_city(seed).posts]
    posts += [replace(post, likes=(post.likes or 0) + 300) for post in posts[:20]]
    room.clock.move_to(max(post.posted_at for post in posts))
    room.desk = replace(room.desk, watch=watch_over(generate_city(seed)))
    async with Database(sqlite_url(copy)) as other:
        await take_in(room, other, posts, 1)
        await take_in(room, room.database, posts, at_once)
        assert await rows(room.database, *ALIKE) == await rows(other, *ALIKE)
        assert await messages(room.database) == await messages(other)
        assert await entries(room.database) == await entries(other)


async def test_posts_that_staff_need_not_hear_of_are_stored_and_gathered_only(room: Room) -> None:
    city = generate_city(3)
    posts = [each.post for each in city.posts]
    desk = replace(room.desk, watch=watch_over(city))
    room.clock.move_to(posts[-1].posted_at)
    async with room.database.transaction() as session:
        source = (await session.exec(select(Source))).one()
        received = await receive_all(session, posts[:-1], source, room.now, desk, tell_from=room.now)
        assert {each.case for each in received} == {None}
        assert any(each.observation.event and each.observation.event.level for each in received)
    assert (await rows(room.database, "case", "delivery", "deadline")) == {"case": [], "delivery": [], "deadline": []}
    grave = next(each.post for each in city.posts if each.label == city.grave)
    async with room.database.transaction() as session:
        (again,) = await receive_all(session, [replace(grave, key="again", posted_at=room.now)], source, room.now, desk, tell_from=room.now)
    assert again.rang, "the next post about the same matter rings for all of it"


async def take_in(room: Room, database: Database, posts: Sequence[RawPost], at_once: int) -> None:
    for first in range(0, len(posts), at_once):
        part = posts[first : first + at_once]
        async with database.reading() as session:
            source = (await session.exec(select(Source))).one()
            read = await read_new(session, part[::2], source, room.now, room.desk.watch)
        async with database.transaction() as session:
            await receive_all(session, part, source, room.now, room.desk, read)


async def rows(database: Database, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    async with database.reading() as session:
        connection = await session.connection()
        return {table: sorted(map(tuple, await connection.execute(text(f'SELECT * FROM "{table}"'))), key=str) for table in tables}


async def messages(database: Database) -> list[str]:
    """What was put out, without the tokens of the buttons, which are drawn by lot."""
    return sorted(_without_tokens(row) for row in (await rows(database, "delivery"))["delivery"])


def _without_tokens(row: tuple[Any, ...]) -> str:
    cells = [json.loads(cell) if isinstance(cell, str) and cell.startswith("{") else cell for cell in row[1:]]
    for card in filter(lambda cell: isinstance(cell, dict), cells):
        for button in (button for line in card.get("buttons", ()) for button in line):
            button["token"] = ""
    return json.dumps(cells, ensure_ascii=False, default=str)


async def entries(database: Database) -> list[str]:
    """What the audit chain tells, in whatever order; a delivery's number depends on when its card was renewed."""
    async with database.reading() as session:
        assert (await audit.verify(session)).broken_at is None
        told = (await session.exec(select(audit.AuditEntry))).all()
    return sorted(str((entry.at, entry.actor, entry.action, entry.subject.split(":")[0], entry.details)) for entry in told)
