"""The indexes follow the rows: incrementally, over restarts, in a second process, after damage."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from knowledge_base.document import ParsedDocument
from knowledge_base.importing import add_past_case, import_document
from knowledge_base.region import NATIONAL
from knowledge_base.standing import approve_document, withdraw_document
from retrieval.dense import FolderLock
from retrieval.embedding import HashedEmbedder, Vectors
from retrieval.library import DenseState, Library
from storage.clock import ManualClock
from storage.engine import Database
from tests.retrieval.embedders import ShortEmbedder, WaitingEmbedder

TODAY = date(2026, 3, 6)
OLD = ParsedDocument("夜市办法", "第一条 夜市摊位应当整洁。\n第二条 收摊不迟于二十二时。", version_date=date(2019, 1, 1))
NEW = ParsedDocument("夜市办法", "第一条 夜市摊位应当整洁有序。\n第二条 收摊不迟于二十三时。", version_date=date(2024, 1, 1))
DOGS = ParsedDocument("养犬办法", "第一条 养犬应当登记。\n第二条 遛犬应当系绳。", version_date=date(2020, 1, 1))


async def _import(database: Database, clock: ManualClock, parsed: ParsedDocument, *, approve: bool = True) -> int:
    async with database.transaction() as session:
        return (await import_document(session, parsed, actor="周明", now=clock.now(), approve=approve)).document_id


async def _refresh(database: Database, library: Library) -> int:
    async with database.reading() as session:
        return await library.refresh(session)


def _found(library: Library, query: str) -> list[str]:
    return [hit.text for hit in library.search_clauses(query, region=NATIONAL, on=TODAY, limit=5)]


@pytest.fixture(params=["memory", "folder"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path / "index" if request.param == "folder" else None


async def test_each_change_is_followed(database: Database, clock: ManualClock, folder: Path | None) -> None:
    await _import(database, clock, OLD)
    async with Library.open(folder) as library:
        assert await _refresh(database, library) == 1
        assert await _refresh(database, library) == 0
        assert "收摊不迟于二十二时。" in _found(library, "夜市收摊")
        new, dogs = await _import(database, clock, NEW), await _import(database, clock, DOGS, approve=False)
        assert await _refresh(database, library) == 2
        assert "收摊不迟于二十三时。" in _found(library, "夜市收摊")
        assert "收摊不迟于二十二时。" not in _found(library, "夜市收摊")
        assert "养犬应当登记。" not in _found(library, "养犬登记 遛犬")
        async with database.transaction() as session:
            await approve_document(session, dogs, actor="陈静", now=clock.now())
            await withdraw_document(session, new, actor="陈静", now=clock.now())
            await add_past_case(session, key="c9", question="夜市吵", reply="已劝导收摊", now=clock.now(), actor="陈静")
        await _refresh(database, library)
        assert "收摊不迟于二十二时。" in _found(library, "夜市收摊")
        assert "养犬应当登记。" in _found(library, "养犬登记")
        assert [hit.key for hit in library.search_cases("夜市太吵")] == ["c9"]
        assert library.clause("夜市办法|2024-01-01|第一条") is None
        assert library.status.clauses == 4
        assert library.status.dense is DenseState.READY


@pytest.mark.both_databases
async def test_superseded_clauses_can_be_looked_up_by_key(database: Database, clock: ManualClock) -> None:
    await _import(database, clock, OLD)
    await _import(database, clock, NEW)
    async with Library.open() as library:
        await _refresh(database, library)
        old = library.clause("夜市办法|2019-01-01|第二条")
        assert old is not None
        assert old.ended_on == date(2024, 1, 1)
        assert not old.in_force_on(TODAY)


async def test_a_restart_takes_up_the_stored_indexes_and_only_what_changed(
    database: Database, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _import(database, clock, OLD)
    async with Library.open(tmp_path / "index") as library:
        await _refresh(database, library)
    await _import(database, clock, DOGS)
    embedded: list[str] = []
    embed = HashedEmbedder.embed
    monkeypatch.setattr(HashedEmbedder, "embed", lambda self, texts: embedded.extend(texts) or embed(self, texts))
    async with Library.open(tmp_path / "index") as library:
        assert await _refresh(database, library) == 1
        assert len(embedded) == 2
        assert all("养犬办法" in text for text in embedded)
        assert set(_found(library, "夜市摊位 养犬登记")) == {
            "夜市摊位应当整洁。",
            "收摊不迟于二十二时。",
            "养犬应当登记。",
            "遛犬应当系绳。",
        }


@pytest.mark.parametrize("damage", ["level.json", "terms", "level.json and terms", "vectors/chroma.sqlite3", "terms/clauses/meta.json"])
async def test_lost_indexes_are_made_anew_from_the_rows(database: Database, clock: ManualClock, tmp_path: Path, damage: str) -> None:
    await _import(database, clock, OLD)
    async with Library.open(tmp_path / "index") as library:
        await _refresh(database, library)
        if damage.endswith("terms"):
            for pool in library._indexes.pools.values():
                pool.lexical.clear()
    broken = tmp_path / "index" / damage.partition(" ")[0]
    if broken.is_file():
        broken.write_bytes(b"{broken" * 999)
    async with Library.open(tmp_path / "index") as library:
        await _refresh(database, library)
        assert {index.lexical.count() for index in library._indexes.pools.values()} == {2, 0}
        assert "收摊不迟于二十二时。" in _found(library, "夜市收摊")
        assert library.status.dense is DenseState.READY


async def test_vectors_that_took_the_process_down_are_not_opened_again(database: Database, clock: ManualClock, tmp_path: Path) -> None:
    await _import(database, clock, OLD)
    async with Library.open(tmp_path / "index") as library:
        await _refresh(database, library)
    for file in (tmp_path / "index" / "vectors").rglob("*.bin"):
        file.write_bytes(b"")
    (tmp_path / "index" / "opening-vectors").touch()
    async with Library.open(tmp_path / "index") as library:
        await _refresh(database, library)
        assert library.status.dense is DenseState.READY
        assert "收摊不迟于二十二时。" in _found(library, "夜市收摊")


async def test_another_embedder_fills_the_dense_index_anew(database: Database, clock: ManualClock, tmp_path: Path) -> None:
    await _import(database, clock, OLD)
    for embedder in (HashedEmbedder(), ShortEmbedder()):
        async with Library.open(tmp_path / "index", embedder) as library:
            await _refresh(database, library)
            assert library.status.dense is DenseState.READY
            assert "收摊不迟于二十二时。" in _found(library, "夜市收摊")


async def test_while_another_embedder_fills_the_index_it_is_searched_lexically_and_said(
    database: Database, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.library.SMALL_CHANGE_ENTRIES", 0)
    await _import(database, clock, OLD)
    async with Library.open(tmp_path / "index") as library:
        await _refresh(database, library)
        await library.wait_until_level()
    waiting = WaitingEmbedder()
    async with Library.open(tmp_path / "index", waiting) as library:
        await _refresh(database, library)
        assert library.status.dense is DenseState.REBUILDING
        assert "索引重建中（已完成 0%）" in library.status.note
        assert "收摊不迟于二十二时。" in _found(library, "夜市收摊")
        waiting.may.set()
        await library.wait_until_level()
        assert library.status.dense is DenseState.READY
        assert library.status.note == ""


class CountingShortEmbedder(ShortEmbedder):
    """Remembers what it was given to embed."""

    def __init__(self) -> None:
        super().__init__()
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return super().embed(texts)


async def test_a_filling_that_was_killed_goes_on_where_it_was(database: Database, clock: ManualClock, tmp_path: Path) -> None:
    numbers = [await _import(database, clock, _long(f"第{number}号办法", 50)) for number in range(4)]
    async with Library.open(tmp_path / "index") as library:
        await _refresh(database, library)
    await asyncio.to_thread(_kill_in_the_third_batch, [str(tmp_path / "wensheng.sqlite3"), str(tmp_path / "index"), "60"])
    async with database.transaction() as session:
        await withdraw_document(session, numbers[0], actor="陈静", now=clock.now())
    await _import(database, clock, DOGS)
    embedder = CountingShortEmbedder()
    async with Library.open(tmp_path / "index", embedder) as library:
        await _refresh(database, library)
        await library.wait_until_level()
        assert library.status.dense is DenseState.READY
        assert {index.count_dense() for index in library._indexes.pools.values()} == {3 * 50 + 2, 0}
        found = library.search_clauses("遛犬 第1号办法的事项7", region=NATIONAL, on=TODAY, limit=10)
    assert len(embedder.embedded) == 200 - 2 * 60 + 2, "two batches were stored; the new document came while nobody ran"
    assert "遛犬应当系绳。" in [hit.text for hit in found]
    assert not any(hit.title == "第0号办法" for hit in found)
    async with Library.open(tmp_path / "index", embedder) as library:
        await _refresh(database, library)
    assert len(embedder.embedded) == 82, "and then nothing is left to do"


def _long(title: str, articles: int) -> ParsedDocument:
    return ParsedDocument(title, "\n".join(f"第{number}条 {title}的事项{number}。" for number in range(1, articles + 1)))


def _kill_in_the_third_batch(arguments: list[str]) -> None:
    script, root = Path(__file__).with_name("killed_filling.py"), Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, str(script), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as child:  # fmt: skip
        assert child.stdin is not None
        assert child.stdout is not None
        for _ in range(2):
            assert child.stdout.readline() == "60\n"
            child.stdin.write("\n")
        assert child.stdout.readline() == "60\n"
        child.kill()


@pytest.fixture
def owned_elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder of indexes that another process holds until it is killed at the end."""
    hold = (
        "import sys, time, pathlib\n"
        "from retrieval.dense import FolderLock\n"
        "lock = FolderLock(pathlib.Path(sys.argv[1]))\n"
        "print(lock.acquire(), flush=True)\n"
        "time.sleep(600)\n"
    )
    command = [sys.executable, "-c", hold, str(tmp_path / "index")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline().strip() == "True"
        yield tmp_path / "index"
        owner.kill()


async def test_a_folder_that_another_process_owns_is_searched_lexically_and_said(
    database: Database, clock: ManualClock, owned_elsewhere: Path
) -> None:
    await _import(database, clock, OLD)
    async with Library.open(owned_elsewhere) as library:
        await _refresh(database, library)
        assert library.status.dense is DenseState.ELSEWHERE
        assert "只按字词检索" in library.status.note
        assert "收摊不迟于二十二时。" in _found(library, "夜市收摊")


def test_the_lock_is_given_back(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path), FolderLock(tmp_path)
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()


async def test_searching_goes_on_while_the_rows_change(database: Database, clock: ManualClock) -> None:
    await _import(database, clock, OLD)
    async with Library.open() as library:
        await _refresh(database, library)
        stop = asyncio.Event()

        def search_until_stopped() -> int:
            searched = 0
            while not stop.is_set():
                texts = _found(library, "夜市收摊")
                assert not ({"收摊不迟于二十二时。", "收摊不迟于二十三时。"} <= set(texts)), "two versions at once"
                searched += 1
            return searched

        searching = asyncio.create_task(asyncio.to_thread(search_until_stopped))
        for number in range(5):
            await _import(database, clock, replace(DOGS, title=f"第{number}号办法"))
            await _refresh(database, library)
        await _import(database, clock, NEW)
        await _refresh(database, library)
        stop.set()
        assert await searching > 0
        assert library.status.clauses == 14
