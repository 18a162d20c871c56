"""How fast clauses are found, against bm25s and Chroma alone in the same run: `python -P benchmarks/retrieval.py [CORPUS QUERIES [COUNT]]`.

CORPUS are rows of {"id", "title", "article", "text"}, QUERIES rows of {"text"}; without them the sample city's documents and posts serve.
With COUNT the corpus is made up to so many clauses by mixing its sentences. Queries are asked one at a time, as people ask; milliseconds
are of the process's own time, for other work on the machine is not ours. The ratios are what compares between machines.
"""

import itertools
import random
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

import bm25s  # type: ignore[import-untyped]
import numpy as np

from bot.evaluation.clauses import region_of, shelved_clause
from bot.evaluation.json_lines import read_rows
from knowledge_base.document import ParsedDocument
from knowledge_base.reading_files import read_path
from knowledge_base.structure import split
from retrieval.dense import Chroma
from retrieval.embedding import HashedEmbedder
from retrieval.indexes import Indexes
from retrieval.library import Library
from retrieval.shelf import ShelvedClause
from retrieval.terms import terms

SAMPLE = Path(__file__).parents[1] / "bot" / "sample_city"
MOST_QUERIES = 300
FOUND = 10
LARGEST_FOR_OTHERS = 100_000
"""bm25s and Chroma alone are asked up to this size only: beyond it they would take most of the memory and the hour."""

T = TypeVar("T")


def main(corpus: Path | None = None, queries: Path | None = None, *, count: int = 0) -> None:
    """Time filling, opening and searching, and print milliseconds, ratios and memory."""
    clauses = [shelved_clause(number, row) for number, row in enumerate(read_rows(corpus), 1)] if corpus else sample_clauses()
    clauses += mixed(clauses, count - len(clauses))
    asked = [row["text"] for row in read_rows(queries or SAMPLE / "posts.jsonl")][:MOST_QUERIES]
    print(f"{len(clauses)} clauses, {len(asked)} queries of {np.mean([len(text) for text in asked]):.0f} characters on average")
    texts, found = [clause.entry().text for clause in clauses], {}
    timed("embed 10,000 clauses", lambda: HashedEmbedder().embed((texts * (1 + 10_000 // len(texts)))[:10_000]))
    found["embedding a query"] = percentiles(asked, HashedEmbedder().embed_question)
    if len(clauses) <= LARGEST_FOR_OTHERS:
        found |= others(texts, asked)
    with tempfile.TemporaryDirectory() as name:
        library = timed("fill ours, in a folder", lambda: Library.of(clauses, [], folder=Path(name)))
        found["ours"] = percentiles(asked, lambda text: library.search_clauses(text, region=region_of({}), on=date.max, limit=FOUND))
        library.search_by_words_alone()
        found["ours, words alone"] = percentiles(
            asked, lambda text: library.search_clauses(text, region=region_of({}), on=date.max, limit=FOUND)
        )
        library.close()
        timed("open the filled indexes", lambda: Indexes(Path(name), HashedEmbedder()).close())
    for name, (middle, slowest) in found.items():
        against = f"   p95 against bm25s {slowest / found['bm25s'][1]:.2f}" if "bm25s" in found else ""
        print(f"{name:<24} p50 {middle:7.2f} ms   p95 {slowest:7.2f} ms{against}")
    print(f"at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB of memory")


def others(texts: Sequence[str], asked: Sequence[str]) -> dict[str, tuple[float, float]]:
    """bm25s over our terms, and Chroma alone over our vectors."""
    baseline = timed("fill bm25s, same terms", lambda: filled_bm25s(texts))
    found = {
        "bm25s": percentiles(
            asked, lambda text: baseline.retrieve([terms(text)], k=min(FOUND, len(texts)), show_progress=False, n_threads=1)
        )
    }
    with tempfile.TemporaryDirectory() as folder, Chroma(Path(folder)) as chroma:
        vectors, embedder = chroma.collection("clauses", "benchmark"), HashedEmbedder()
        entries = [shelved_clause(number, {"id": number, "title": "", "text": text}).entry() for number, text in enumerate(texts)]
        timed("fill Chroma alone", lambda: vectors.replace((), entries, embedder.embed(texts)))
        found["Chroma alone"] = percentiles(asked, lambda text: vectors.search(embedder.embed_question(text), FOUND))
    return found


def mixed(clauses: Sequence[ShelvedClause], count: int) -> list[ShelvedClause]:
    """So many more clauses, each of sentences of three others, with the title of the first."""
    drawn, made = random.Random(0), []  # noqa: S311  # a benchmark, no secret
    sentences = [re.findall(r"[^。；\n]+[。；]?", clause.hit.text) or [clause.hit.text] for clause in clauses]
    for number in range(len(clauses) + 1, len(clauses) + max(0, count) + 1):
        parts = [drawn.choice(drawn.choice(sentences)) for _ in range(3)]
        row = {"id": number, "title": drawn.choice(clauses).hit.title, "text": "".join(parts)}
        made.append(shelved_clause(number, row))
    return made


def sample_clauses() -> list[ShelvedClause]:
    """The clauses of the sample city's documents, as if they held everywhere."""
    documents = [entry for entry in read_path(SAMPLE / "policies") if isinstance(entry, ParsedDocument)]
    rows = [
        {
            "id": f"{document.title}|{span.article}",
            "title": document.title,
            "article": span.article,
            "text": document.body[span.start : span.end],
        }
        for document in documents
        for span in split(document.body)
    ]
    return [shelved_clause(number, row) for number, row in enumerate(rows, 1)]


def filled_bm25s(texts: Sequence[str]) -> bm25s.BM25:
    """bm25s over the terms that our index holds."""
    index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    index.index([terms(text) for text in texts], show_progress=False)
    return index


def timed(name: str, work: Callable[[], T]) -> T:
    """Do the work and print how long it took, on the clock and of our own time."""
    start, own = time.perf_counter(), time.process_time()
    result = work()
    print(f"{name:<24} {time.perf_counter() - start:7.2f} s, own {time.process_time() - own:7.2f} s", flush=True)
    return result


def percentiles(queries: Sequence[str], search: Callable[[str], object]) -> tuple[float, float]:
    """50th and 95th percentile of the process's own time for one query, in milliseconds, after ten to warm up."""
    took = []
    for query in itertools.chain(queries[:10], queries):
        start = time.process_time()
        search(query)
        took.append(1000 * (time.process_time() - start))
    return float(np.percentile(took[10:], 50)), float(np.percentile(took[10:], 95))


if __name__ == "__main__":
    corpus_and_queries, counts = [Path(name) for name in sys.argv[1:3]], [int(number) for number in sys.argv[3:]]
    main(*corpus_and_queries, count=counts[0] if counts else 0)
