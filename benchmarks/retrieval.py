"""How fast clauses are found, against bm25s and Chroma alone in the same run: `python -P benchmarks/retrieval.py [CORPUS QUERIES]`.

CORPUS are rows of {"id", "title", "article", "text"}, QUERIES rows of {"text"}; without them the sample city's documents and posts serve.
One core: bm25s and Chroma are asked one query at a time, as people ask. The ratios are what compares between machines.
"""

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
from retrieval.library import Library
from retrieval.shelf import ShelvedClause
from retrieval.terms import terms

SAMPLE = Path(__file__).parents[1] / "bot" / "sample_city"
MOST_QUERIES = 300
FOUND = 10

T = TypeVar("T")


def main(corpus: Path | None = None, queries: Path | None = None) -> None:
    """Time filling and searching, and print milliseconds and ratios."""
    clauses = [shelved_clause(number, row) for number, row in enumerate(read_rows(corpus), 1)] if corpus else sample_clauses()
    asked = [row["text"] for row in read_rows(queries or SAMPLE / "posts.jsonl")][:MOST_QUERIES]
    print(f"{len(clauses)} clauses, {len(asked)} queries of {np.mean([len(text) for text in asked]):.0f} characters on average")
    texts, region = [clause.entry().text for clause in clauses], region_of({})
    timed("split 1,000 clauses again", lambda: [split(f"第一条 {text}") for text in texts[:1000]])
    library = timed("fill ours, in memory", lambda: Library.of(clauses, []))
    baseline = timed("fill bm25s, same terms", lambda: filled_bm25s(texts))
    with tempfile.TemporaryDirectory() as folder, Chroma(Path(folder)) as chroma:
        vectors = chroma.collection("clauses", "benchmark")
        timed("fill Chroma alone", lambda: vectors.replace((), [clause.entry() for clause in clauses], HashedEmbedder().embed(texts)))
        against = percentiles(
            asked, lambda text: baseline.retrieve([terms(text)], k=min(FOUND, len(texts)), show_progress=False, n_threads=1)
        )
        found = {
            "bm25s": against,
            "Chroma alone": percentiles(asked, lambda text: vectors.search(HashedEmbedder().embed([text])[0], FOUND)),
            "ours": percentiles(asked, lambda text: library.search_clauses(text, region=region, on=date.max, limit=FOUND)),
        }
    for name, (middle, slowest) in found.items():
        print(f"{name:<24} p50 {middle:7.2f} ms   p95 {slowest:7.2f} ms   p95 against bm25s {slowest / against[1]:.2f}")


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
    """Do the work and print how long it took."""
    start = time.perf_counter()
    result = work()
    print(f"{name:<24} {time.perf_counter() - start:7.2f} s")
    return result


def percentiles(queries: Sequence[str], search: Callable[[str], object]) -> tuple[float, float]:
    """50th and 95th percentile of the time of one query, in milliseconds, after one to warm up."""
    search(queries[0])
    took = []
    for query in queries:
        start = time.perf_counter()
        search(query)
        took.append(1000 * (time.perf_counter() - start))
    return float(np.percentile(took, 50)), float(np.percentile(took, 95))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
