"""`wensheng eval retrieve`: clauses for complaints and questions, over a corpus that is handed in."""

from datetime import date
from pathlib import Path

from bot.evaluation.clauses import library_of, region_of
from bot.evaluation.json_lines import read_rows, write_rows

DEPTH = 100


def run_retrieve(corpus: Path, queries: Path, out: Path) -> None:
    """Write the best clauses of each query, with the search that drafting uses."""
    library = library_of(corpus)
    write_rows(
        out,
        (
            {
                "qid": query["qid"],
                "hits": [
                    {"id": hit.key, "score": hit.score}
                    for hit in library.search_clauses(query["text"], region=region_of(query), on=date.max, limit=DEPTH)
                ],
            }
            for query in read_rows(queries)
        ),
    )
