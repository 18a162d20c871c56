"""`wensheng eval past`: the replies of past cases, found by messages."""

from pathlib import Path
from typing import Any

from bot.evaluation.json_lines import read_rows, write_rows
from retrieval.evidence import CaseHit
from retrieval.library import Library
from retrieval.shelf import ShelvedCase

DEPTH = 100


def run_past(cases: Path, queries: Path, out: Path) -> None:
    """Write the past replies nearest to each query, with the search that drafting uses."""
    library = Library.of([], shelved_cases(cases))
    found = ((query["qid"], library.search_cases(query["text"], limit=DEPTH)) for query in read_rows(queries))
    write_rows(out, ({"qid": qid, "hits": [{"id": hit.key, "score": hit.score} for hit in hits]} for qid, hits in found))


def shelved_cases(cases: Path) -> list[ShelvedCase]:
    """The past cases of a file; the question may be left out."""
    return [_shelved(number, row) for number, row in enumerate(read_rows(cases), 1)]


def _shelved(number: int, row: dict[str, Any]) -> ShelvedCase:
    return ShelvedCase(number, CaseHit(str(row["id"]), row.get("question", ""), row["reply"], "", "", None, 0.0))
