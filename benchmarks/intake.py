"""How fast posts are taken in, on durable SQLite: `python benchmarks/intake.py [ITEMS …]`.

Each post goes the whole way: read, gathered, graded; its case, cards, clocks and audit entries stored. ITEMS are the sizes of the archive
at which this is timed; 1,000 and 20,000 where nothing is said. The posts are made up from seeds. The baseline is what no way can do
without: the same posts only read, and one row of the same file committed for each by the bare driver, with the same fsync. The ratios
to it are what compares between machines.
"""

import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count, islice
from pathlib import Path

from sqlmodel import select

from bot.tables import metadata
from bot.watcher import POSTS_PER_TRANSACTION
from casework.desk import Department, Desk
from casework.intake import receive
from casework.staff import StaffGroup
from monitoring.analysis import analyse
from monitoring.post import RawPost
from monitoring.source import Source, SourceKind
from monitoring.watch import build_watch
from storage.engine import Database, sqlite_url
from storage.migrations import upgrade
from tests.generated_city import generate_city

SIZES = (1_000, 20_000)
ROUNDS, POSTS_PER_ROUND = 10, 40
DAYS_PER_CITY = 2
POLL_DELAY = timedelta(minutes=1)


async def main(sizes: Sequence[int]) -> None:
    """Fill an archive to each size in turn, and print posts a second and ratios."""
    print(f"{'archive':>8} {'only read':>12} {'one by one':>20} {f'{POSTS_PER_TRANSACTION} at a time':>20}   posts/s (to only read)")
    with tempfile.TemporaryDirectory() as folder:
        path, feed, stored = Path(folder) / "intake.sqlite3", posts(), 0
        async with Database(sqlite_url(path)) as database:
            desk, source = await furnish(database)
            for size in sizes:
                await take_in(database, desk, source, list(islice(feed, size - stored)), POSTS_PER_TRANSACTION)
                baseline, single, bulk = await timed(path, database, desk, source, feed)
                stored = size + 2 * ROUNDS * POSTS_PER_ROUND
                print(f"{size:8,} {baseline:12.0f} {single:12.0f} ({single / baseline:.3f}) {bulk:12.0f} ({bulk / baseline:.3f})")


async def timed(path: Path, database: Database, desk: Desk, source: Source, feed: Iterator[RawPost]) -> tuple[float, float, float]:
    """Posts a second only read, taken in one by one, and many at a time; in turns, so that a busy machine slows all three."""
    seconds = [0.0, 0.0, 0.0]
    for _ in range(ROUNDS):
        seconds[0] += only_read(path, desk, list(islice(feed, POSTS_PER_ROUND)))
        seconds[1] += await take_in(database, desk, source, list(islice(feed, POSTS_PER_ROUND)), 1)
        seconds[2] += await take_in(database, desk, source, list(islice(feed, POSTS_PER_ROUND)), POSTS_PER_TRANSACTION)
    baseline, single, bulk = (ROUNDS * POSTS_PER_ROUND / each for each in seconds)
    return baseline, single, bulk


async def furnish(database: Database) -> tuple[Desk, Source]:
    """A migrated database with one chat and one source, and the desk of a department whose gazetteer holds one of the cities."""
    await upgrade(database.engine, metadata())
    city = generate_city(0)
    watch = build_watch(names=city.names, province=city.province, city=city.city, gazetteer=city.gazetteer, salt=b"salt")
    async with database.transaction() as session:
        session.add(StaffGroup(platform="room", chat="all", name="all", fallback=True))
        session.add(Source(name="feed", kind=SourceKind.JSON_LINES))
    async with database.reading() as session:
        source = (await session.exec(select(Source))).one()
    return Desk(Department(city.names[0]), watch), source


def posts() -> Iterator[RawPost]:
    """Posts without end in the order of time: one generated city after the other tells of its troubles."""
    for number in count():
        for each in generate_city(number).posts:
            shift = timedelta(days=DAYS_PER_CITY * number)
            yield replace(each.post, key=f"{number}-{each.post.key}", posted_at=each.post.posted_at + shift)


async def take_in(database: Database, desk: Desk, source: Source, feed: Sequence[RawPost], at_once: int) -> float:
    """Take posts in, so many in one transaction. Returns the seconds it took."""
    start = time.perf_counter()
    for first in range(0, len(feed), at_once):
        async with database.transaction() as session:
            for post in feed[first : first + at_once]:
                await receive(session, post, source, post.posted_at + POLL_DELAY, desk)
    return time.perf_counter() - start


def only_read(path: Path, desk: Desk, feed: Sequence[RawPost]) -> float:
    """Analyse posts and commit a row for each, and nothing else. Returns the seconds it took."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS bare (row INTEGER)")
    start = time.perf_counter()
    for number, post in enumerate(feed):
        analyse(post.title, post.text, watch=desk.watch)
        connection.execute("INSERT INTO bare VALUES (?)", (number,))
    seconds = time.perf_counter() - start
    connection.close()
    return seconds


if __name__ == "__main__":
    asyncio.run(main([int(size) for size in sys.argv[1:]] or SIZES))
