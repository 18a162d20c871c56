"""Taking policy files in: clauses a second, memory, a second run over what is there, and how long bad files take.

    python -m benchmarks.importing [documents] [--laws FILE.jsonl.gz ...]

Files are generated, of all kinds in one folder; with `--laws` the texts of real laws are also written as files of every kind and read
back, and each clause is compared with the clause of the text itself.
"""

import argparse
import asyncio
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from adapters.documents import DocumentReader
from bot.tables import metadata
from knowledge_base.document import ParsedDocument
from knowledge_base.errors import UnreadableDocument
from knowledge_base.extracting import extract
from knowledge_base.importing_in_bulk import import_path
from knowledge_base.preparing import prepare
from knowledge_base.reading_documents import read_one
from knowledge_base.reading_files import read_path
from knowledge_base.structure import split
from language.numerals import from_int
from storage.clock import CHINA
from storage.engine import Database, sqlite_url
from storage.migrations import upgrade
from tests.knowledge_base.hostile.test_hostile_files import CASES
from tests.knowledge_base.made_files import docx, html, pdf, wrapped

NOW = datetime(2026, 3, 6, tzinfo=CHINA)
THINGS = ("摊位", "招牌", "油烟", "噪声", "犬只", "垃圾", "道路", "绿地", "广告", "停车", "工地", "河道", "树木", "燃气", "电梯", "食品")
DUTIES = ("应当登记", "不得占用", "应当整洁", "不得倾倒", "应当备案", "不得损毁", "应当公示", "应当检查")
KINDS = {
    "txt": lambda lines: "\n".join(lines).encode("gb18030"), "md": lambda lines: "\n\n".join(lines).encode(), "docx": docx, "html": html,
    "pdf": lambda lines: pdf(wrapped(lines)),
}  # fmt: skip
PDF_SHARE = 25
"""One file in so many is a PDF: reading one costs as much as some twenty others."""


def generated(number: int, chance: random.Random) -> list[str]:
    """The lines of one invented document of 31 articles."""
    year = chance.randint(2001, 2024)
    lines = [f"云川市{chance.choice(THINGS)}管理第{number}号办法", f"（{year}年3月{chance.randint(1, 28)}日云川市人民政府发布）"]
    for article in range(1, 31):
        duties = (f"单位和个人的{chance.choice(THINGS)}{chance.choice(DUTIES)}，违者处{chance.randint(1, 99)}百元罚款；" for _ in range(3))
        lines.append(f"第{from_int(article)}条　{''.join(duties)}依照第{number}号规定执行。")
    return [*lines, f"第三十一条　本办法自{year}年7月1日起施行。"]


def write_folder(folder: Path, documents: int) -> None:
    """Write the documents, in turn as text, Markdown, Word and web page, one in PDF_SHARE as PDF."""
    chance = random.Random(7)  # noqa: S311 - invented texts
    usual = [kind for kind in KINDS if kind != "pdf"]
    for number in range(documents):
        kind = "pdf" if number % PDF_SHARE == 0 else usual[number % len(usual)]
        (folder / f"{number:05}.{kind}").write_bytes(KINDS[kind](generated(number, chance)))


async def measure_import(folder: Path) -> None:
    """Import the folder into a fresh database, and again."""
    with DocumentReader() as reader:
        async with Database(sqlite_url(folder.parent / "wensheng.sqlite3")) as database:
            await upgrade(database.engine, metadata())
            for run in ("first run", "second run"):
                started, used = time.perf_counter(), _processor_seconds()
                run_through = import_path(database.transaction, folder, actor="benchmark", now=lambda: NOW, approve=True, extract=reader)
                done = [progress async for progress in run_through][-1]
                seconds, processor = time.perf_counter() - started, _processor_seconds() - used
                rate = f"{done.clauses / seconds:,.0f} clauses/s, {done.clauses / processor:,.0f} per processor second"
                print(f"{run}: {done.documents} documents, {done.clauses} clauses, {done.known} known, {seconds:.1f} s; {rate}")
    print(f"peak memory of this process {_peak_megabytes(resource.RUSAGE_SELF):.0f} MB")


def measure_bad_files(folder: Path) -> None:
    """How long each hostile file takes until its sentence."""
    slowest: list[tuple[float, str]] = []
    with DocumentReader() as reader:
        reader("warm.html", "html", html(["第一条　甲。"]))
        for name, (content, _) in CASES.items():
            (path := folder / name).write_bytes(content())
            started = time.perf_counter()
            for entry in read_path(path, extract=reader):
                fault = _fault(entry)
            slowest.append((time.perf_counter() - started, f"{name}: {fault}"))
            path.unlink()
    for seconds, told in sorted(slowest, reverse=True)[:6]:
        print(f"{seconds:6.2f} s  {told}")
    print(f"{len(slowest)} bad files, {sum(seconds <= 2 for seconds, _ in slowest)} within 2 s")
    print(f"peak memory of the children {_peak_megabytes(resource.RUSAGE_CHILDREN):.0f} MB")


def measure_reading_back(files: list[Path]) -> None:
    """Write laws as files of every kind and count the clauses and titles that come back as they were."""
    laws = [law for file in files for law in read_path(file) if isinstance(law, ParsedDocument)]
    for kind, write in KINDS.items():
        right = total = titles = dates = 0
        started = time.perf_counter()
        for law in laws:
            read = read_one(f"x.{kind}", write(list(_printed(law))), extract)
            titles += read.title == law.title
            dates += read.version_date == law.version_date
            ours, theirs = _clauses(law), _clauses(read)
            right += sum(theirs.get(article) == text for article, text in ours.items())
            total += len(ours)
        seconds = time.perf_counter() - started
        print(f"{kind}: clauses {right}/{total} = {right / total:.4f}; titles {titles}, dates {dates} of {len(laws)}; {seconds:.0f} s")


def _printed(law: ParsedDocument) -> Iterator[str]:
    yield law.title
    if day := law.version_date:
        yield f"（{day.year}年{day.month}月{day.day}日云川市第十届人民代表大会常务委员会第三次会议通过）"
    yield from (line.replace("#", "").strip() for line in law.body.split("\n") if line.strip())


def _clauses(document: ParsedDocument) -> dict[str, str]:
    spans = (span for span in split(document.body) if span.article.startswith("第"))
    return {span.article: "".join(document.body[span.start : span.end].replace("#", "").split()) for span in spans}


def _fault(entry: object) -> str:
    if isinstance(entry, ParsedDocument):
        try:
            prepare(entry)
        except UnreadableDocument as error:
            return str(error)
    return str(entry) if isinstance(entry, UnreadableDocument) else "it was read"


def _processor_seconds() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _peak_megabytes(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1_000


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("documents", type=int, nargs="?", default=3_000)
    asked.add_argument("--laws", type=Path, nargs="*", default=[])
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as place:
        (folder := Path(place) / "files").mkdir()
        write_folder(folder, told.documents)
        asyncio.run(measure_import(folder))
        measure_bad_files(Path(place))
    if told.laws:
        measure_reading_back(told.laws)


if __name__ == "__main__":
    main()
