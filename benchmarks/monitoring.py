"""What watching costs, each figure beside a baseline of the same run: `python benchmarks/monitoring.py [--sizes 10000 1000000]`.

Three tables. Reading: a post's whole analysis against snownlp's sentiment of the same texts. Taking in: posts a second on durable SQLite
(synchronous=FULL), the whole way from the raw post to item, event, level, case, cards, clocks and audit, one by one and in bulk (as
`wensheng sources import` does, but with every post rung for), against rows that the bare driver commits one by one to the same disk; and a
post's processor time in the process that writes, which one by one reads as well. Size: the cost of a post where the archive holds so many
items already, and the memory of the process.

The posts are made up from seeds. A large archive is taken in by the bulk path up to `REAL_ITEMS`; the rest are copies of these rows by
SQL, with ids of their own and with keys that are as many, as rare and as scattered as new posts would bring. Run it on a machine with
nothing else to do; the ratios are what compares between machines.
"""

import argparse
import asyncio
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlmodel import select

from adapters.sources.json_lines import read_posts
from bot.reading_ahead import ReadingAhead
from bot.tables import metadata
from casework.desk import Department, Desk
from casework.intake import receive, receive_all
from casework.staff import StaffGroup
from monitoring.analysis import analyse
from monitoring.post import RawPost
from monitoring.source import Source, SourceKind
from monitoring.watch import build_watch
from storage import audit
from storage.engine import Database, sqlite_url
from storage.migrations import upgrade
from tests.generated_city import generate_city

CITIES, DAYS_PER_CITY = 60, 2
"""So many invented cities have their places in the gazetteer; their troubles come round again after them."""
SAMPLE = Path(__file__).parents[1] / "bot" / "sample_city" / "posts.jsonl"
POLL_DELAY = timedelta(minutes=1)
AT_ONCE = 200
REAL_ITEMS = 1_000
ROUNDS, SINGLE_PER_ROUND, BULK_PER_ROUND, BARE_PER_ROUND, READ_PER_ROUND, BASELINE_PER_ROUND = 4, 50, 400, 100, 40, 20


async def main(sizes: Sequence[int]) -> None:
    """Print the three tables."""
    with tempfile.TemporaryDirectory(dir=".") as folder:
        archives = [await Archive.of_size(size, Path(folder)) for size in sizes]
        async with ReadingAhead(archives[0].desk.watch) as reading:
            for archive in archives:
                await bulk(archive, list(islice(archive.feed, AT_ONCE)), reading)
            for _ in range(ROUNDS):
                for archive in archives:
                    await archive.take_turn(reading)
        print(f"{'archive':>10} {'bare':>8} {'one by one':>28} {'bulk':>28}")
        for archive in archives:
            print(archive)
            async with archive.database.reading() as session:
                assert (await audit.verify(session)).broken_at is None
            await archive.database.__aexit__()
        print(f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
        reading_table(archives[0].desk, list(read_posts(SAMPLE)))


@dataclass
class Archive:
    """An archive of some size, and what posts have cost there so far.

    Attributes:
        spent: seconds by the clock for rows written bare, posts one by one, and posts in bulk.
        worked: seconds of processor time in this process for posts one by one, and in bulk.
    """

    size: int
    path: Path
    database: Database
    desk: Desk
    source: Source
    feed: Iterator[RawPost]
    spent: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    worked: list[float] = field(default_factory=lambda: [0.0, 0.0])

    @staticmethod
    async def of_size(size: int, folder: Path) -> "Archive":
        """A new archive, filled."""
        path = folder / f"{size}.sqlite3"
        database = Database(sqlite_url(path))
        archive = Archive(size, path, database, *await furnish(database), posts())
        await fill(archive)
        return archive

    async def take_turn(self, reading: ReadingAhead) -> None:
        """One round of all three. The archives take turns, so that a busy machine slows them all alike."""
        self.spent[0] += bare(self.path, BARE_PER_ROUND)
        begun = time.process_time()
        self.spent[1] += await one_by_one(self, list(islice(self.feed, SINGLE_PER_ROUND)))
        between = time.process_time()
        self.spent[2] += await bulk(self, list(islice(self.feed, BULK_PER_ROUND)), reading)
        self.worked = [self.worked[0] + between - begun, self.worked[1] + time.process_time() - between]

    def __str__(self) -> str:
        numbers = (BARE_PER_ROUND, SINGLE_PER_ROUND, BULK_PER_ROUND)
        rates = [ROUNDS * number / each for number, each in zip(numbers, self.spent, strict=True)]
        costs = [1000 * each / ROUNDS / number for number, each in zip(numbers[1:], self.worked, strict=True)]
        told = (f"{rate:12.0f} ({rate / rates[0]:.3f}) {cost:4.1f} ms" for rate, cost in zip(rates[1:], costs, strict=True))
        return f"{self.size:10,} {rates[0]:8.0f} {' '.join(told)}"


def reading_table(desk: Desk, feed: Sequence[RawPost]) -> None:
    """Posts a second read whole, and by snownlp, after both have read some others: dictionaries and weights are loaded at first use."""
    snownlp, spent = _snownlp(), [0.0, 0.0]
    for post in feed[ROUNDS * READ_PER_ROUND :]:
        analyse(post.title, post.text, watch=desk.watch)
        snownlp(post)
    for turn in range(ROUNDS):
        spent[0] += seconds(snownlp, feed[turn * BASELINE_PER_ROUND :][:BASELINE_PER_ROUND])
        spent[1] += seconds(lambda post: analyse(post.title, post.text, watch=desk.watch), feed[turn * READ_PER_ROUND :][:READ_PER_ROUND])
    baseline, whole = ROUNDS * BASELINE_PER_ROUND / spent[0], ROUNDS * READ_PER_ROUND / spent[1]
    print(f"snownlp sentiment {baseline:.0f} posts/s, whole analysis {whole:.0f} posts/s: {whole / baseline:.1f} times")


async def one_by_one(archive: Archive, feed: Sequence[RawPost]) -> float:
    """Take posts in, each in its own transaction. Returns the seconds it took."""
    start = time.perf_counter()
    for post in feed:
        async with archive.database.transaction() as session:
            await receive(session, post, archive.source, post.posted_at + POLL_DELAY, archive.desk)
    return time.perf_counter() - start


async def bulk(archive: Archive, feed: Sequence[RawPost], reading: ReadingAhead) -> float:
    """Take posts in, AT_ONCE in a transaction, the next ones being read meanwhile. Returns the seconds it took."""
    start = time.perf_counter()
    parts = [feed[first : first + AT_ONCE] for first in range(0, len(feed), AT_ONCE)]
    under_way = [asyncio.create_task(reading.read(part, part[-1].posted_at + POLL_DELAY)) for part in parts]
    for part, task in zip(parts, under_way, strict=True):
        read = await task
        async with archive.database.transaction() as session:
            await receive_all(session, part, archive.source, part[-1].posted_at + POLL_DELAY, archive.desk, read)
    return time.perf_counter() - start


def bare(path: Path, number: int) -> float:
    """Commit single rows by the bare driver. Returns the seconds it took."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=10)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS bare (row INTEGER)")
    start = time.perf_counter()
    for row in range(number):
        connection.execute("INSERT INTO bare VALUES (?)", (row,))
    spent = time.perf_counter() - start
    connection.close()
    return spent


def seconds(work: Callable[[RawPost], object], feed: Sequence[RawPost]) -> float:
    """How long the work takes on each post."""
    work(feed[0])
    start = time.perf_counter()
    for post in feed:
        work(post)
    return time.perf_counter() - start


async def furnish(database: Database) -> tuple[Desk, Source]:
    """A migrated database with one chat and one source, and the desk of a department that knows the places of all the cities."""
    await upgrade(database.engine, metadata())
    cities = [generate_city(seed) for seed in range(CITIES)]
    gazetteer = {district: places for city in cities for district, places in city.gazetteer.items()}
    watch = build_watch(names=cities[0].names, province=cities[0].province, gazetteer=gazetteer, salt=b"salt")
    async with database.transaction() as session:
        session.add(StaffGroup(platform="room", chat="all", name="all", fallback=True))
        session.add(Source(name="feed", kind=SourceKind.JSON_LINES))
    async with database.reading() as session:
        source = (await session.exec(select(Source))).one()
    return Desk(Department(cities[0].names[0]), watch), source


def posts() -> Iterator[RawPost]:
    """Posts without end in the order of time: one invented city after the other tells of its troubles."""
    for number in count():
        shift = timedelta(days=DAYS_PER_CITY * number)
        for each in generate_city(number % CITIES).posts:
            yield replace(each.post, key=f"{number}-{each.post.key}", posted_at=each.post.posted_at + shift)


async def fill(archive: Archive) -> None:
    """Bring an archive to its size: by the bulk path, then by copies."""
    real = min(archive.size, REAL_ITEMS)
    async with ReadingAhead(archive.desk.watch) as reading:
        await bulk(archive, list(islice(archive.feed, real)), reading)
    if real < archive.size:
        given = [sys.executable, __file__, "--copy", str(archive.path), str(real), str(archive.size)]
        await asyncio.to_thread(subprocess.run, given, check=True)


def copy(path: str, stored: int, size: int) -> None:
    """Let the archive grow by copies of its rows, in a process of its own. A copy's keys are scattered as those of a new post are."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("PRAGMA cache_size=-1000000")
    connection.create_function(
        "other", 2, lambda key, copy: (key * 0x9E3779B97F4A7C15 + copy * 0xC2B2AE3D27D4EB4F) & (2**63 - 1), deterministic=True
    )
    connection.create_function("other32", 2, lambda key, copy: (key * 0x9E3779B1 + copy * 0x85EBCA6B) & (2**32 - 1), deterministic=True)
    events, items = (connection.execute(f"SELECT max(id) FROM {table}").fetchone()[0] for table in ("event", "item"))  # noqa: S608
    copies = range(1, -(-size // stored))
    shift = {"event_id": events, "first_item_id": items, "item_id": items, "duplicate_of": items, "merged_into": events}
    connection.execute("BEGIN")
    for table, key, last in (("event", "id", events), ("item", "id", items), ("event_voice", "item_id", items)):
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        for number in copies:
            told = [_told(column, {**shift, "id": last}.get(column), number, size) for column in columns]
            connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(told)} FROM {table} WHERE {key} <= {last}")  # noqa: S608  # own names
    for table, key, holder, offset, other in (
        ("item_band", "band", "item_id", items, "other"),
        ("event_key", "key", "event_id", events, "other32"),
    ):
        connection.execute(
            f"INSERT OR IGNORE INTO {table} WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {len(copies)})"  # noqa: S608  # own names
            f" SELECT {other}({key}, x) AS k, {holder} + {offset} * x FROM {table}, n ORDER BY k"
        )
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _told(column: str, shift: int | None, number: int, size: int) -> str:
    """A column of the `number`-th copy on the way to a size."""
    if column == "source_key":
        return f"'{size}:{number}:' || source_key"
    return column if shift is None else f"{column} + {shift * number}"


def _snownlp() -> Callable[[RawPost], object]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from snownlp import SnowNLP
    return lambda post: SnowNLP(post.text).sentiments


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copy", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000])
    given = parser.parse_args()
    if given.copy:
        copy(given.copy[0], int(given.copy[1]), int(given.copy[2]))
    else:
        asyncio.run(main(given.sizes))
