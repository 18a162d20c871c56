"""The corpora of clauses that `eval` is handed, as a library in memory."""

from pathlib import Path
from typing import Any

from bot.evaluation.json_lines import read_rows
from knowledge_base.importing import text_hash
from knowledge_base.region import Region
from retrieval.evidence import ClauseHit
from retrieval.library import Library
from retrieval.shelf import ShelvedClause


def library_of(corpus: Path) -> Library:
    """The clauses of a corpus file that are in force by its own `in_force`, as a library."""
    return Library.of(shelved_clauses(corpus), [])


def shelved_clauses(corpus: Path) -> list[ShelvedClause]:
    """The clauses of a corpus file that are in force by its own `in_force`."""
    rows = (row for row in read_rows(corpus) if row.get("in_force", True))
    return [shelved_clause(number, row) for number, row in enumerate(rows, 1)]


def region_of(query: dict[str, Any]) -> Region:
    """The place of a query; without one only national clauses apply."""
    region = query.get("region") or {}
    return Region(region.get("province"), region.get("city"))


def shelved_clause(number: int, row: dict[str, Any]) -> ShelvedClause:
    """A clause of a corpus: its validity was judged by `in_force`, so no date ends it."""
    hit = ClauseHit(
        key=str(row["id"]), clause_id=number, title=row["title"], article=row.get("article") or "", text=row["text"],
        text_hash=text_hash(row["text"]), version_date=None, effective_on=None, score=0.0,
    )  # fmt: skip
    return ShelvedClause(number, hit, Region(row.get("province"), row.get("city")))
