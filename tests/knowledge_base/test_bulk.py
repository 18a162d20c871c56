"""Folders: a killed import goes on where it was and leaves nothing half taken in."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from sqlmodel import col, select

from knowledge_base.clause import Clause
from knowledge_base.document import DocumentState, PolicyDocument
from knowledge_base.errors import UnreadableDocument
from knowledge_base.extracted import Extracted
from knowledge_base.importing_in_bulk import CHARACTERS_IN_A_BATCH, import_path
from storage import audit
from storage.clock import ManualClock
from storage.engine import Database

FILES, ARTICLES = 260, 4


def _folder(folder: Path) -> Path:
    for number in range(FILES):
        text = f"云川市第{number}号办法\n" + "".join(f"第{article}条 第{number}号事项{article}。\n" for article in range(1, ARTICLES + 1))
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    return folder


async def _stored(database: Database) -> tuple[int, set[int]]:
    """How many documents are there, and how many clauses each of them has."""
    async with database.reading() as session:
        clauses = Counter((await session.exec(select(Clause.document_id).where(col(Clause.usable)))).all())
        documents = (await session.exec(select(PolicyDocument.id).where(PolicyDocument.state == DocumentState.APPROVED))).all()
        assert (await audit.verify(session)).broken_at is None
    assert clauses.keys() == set(documents)
    return len(documents), set(clauses.values())


def _killed_after_two_batches(command: list[str]) -> list[int]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(Path.cwd())}) as child:
        assert child.stdout is not None
        seen = [int(child.stdout.readline()) for _ in range(2)]
        child.send_signal(signal.SIGKILL)
    return seen


async def test_an_import_that_was_killed_goes_on(database: Database, clock: ManualClock, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    folder = _folder(tmp_path / "files")
    script = Path(__file__).with_name("killed_import.py")
    command = [sys.executable, str(script), str(tmp_path / "wensheng.sqlite3"), str(folder)]
    seen = await asyncio.to_thread(_killed_after_two_batches, command)
    there, sizes = await _stored(database)
    assert seen[-1] <= there < FILES
    assert sizes == {ARTICLES}
    last = [done async for done in import_path(database.transaction, folder, actor="周明", now=clock.now, approve=True)][-1]
    assert (last.documents, last.known) == (FILES - there, there)
    assert await _stored(database) == (FILES, {ARTICLES})


async def test_files_that_are_there_are_not_read_again(database: Database, clock: ManualClock, tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"1")
    (tmp_path / "b.docx").write_bytes(b"2")
    read: list[str] = []

    def extract(name: str, kind: str, body: bytes) -> Extracted:
        read.append(name)
        if name == "b.docx":
            raise UnreadableDocument(f"{name}：坏了。")
        return Extracted("云川市夜市办法\n第一条 甲应当登记。\n第二条 乙应当备案。")

    for _ in range(2):
        done = [
            one async for one in import_path(database.transaction, tmp_path, actor="周明", now=clock.now, approve=True, extract=extract)
        ][-1]
    assert (done.documents, done.known, done.faults) == (0, 1, ("b.docx：坏了。",))
    assert read == ["a.docx", "b.docx", "b.docx"]


async def test_long_documents_are_committed_one_by_one(database: Database, clock: ManualClock, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(f"云川市第{number}号办法\n第一条 " + "长" * CHARACTERS_IN_A_BATCH, encoding="utf-8")
    seen = [done.documents async for done in import_path(database.transaction, tmp_path, actor="周明", now=clock.now, approve=True)]
    assert seen == [1, 2, 3]


async def test_a_document_with_a_date_that_is_none_waits_for_a_person(database: Database, clock: ManualClock, tmp_path: Path) -> None:
    head = "云川市夜市办法\n（2024年2月30日云川市人民政府发布）\n"
    (tmp_path / "a.txt").write_text(head + "第一条 摊位应当整洁。\n第二条 收摊不迟于二十二时。", encoding="utf-8")
    (done,) = [one async for one in import_path(database.transaction, tmp_path, actor="周明", now=clock.now, approve=True)]
    assert done.doubtful[0].startswith("《云川市夜市办法》（编号 1）：2024年2月30日不是有效日期，没有采用。")
    async with database.reading() as session:
        assert (await session.exec(select(PolicyDocument.state))).all() == [DocumentState.PENDING]
        assert (await session.exec(select(Clause).where(col(Clause.usable)))).all() == []
