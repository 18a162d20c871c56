"""`wensheng eval answer`: questions of staff, answered word for word or refused."""

from datetime import date
from pathlib import Path
from typing import Any

from bot.evaluation.clauses import library_of, region_of
from bot.evaluation.json_lines import read_rows, write_rows
from retrieval.evidence import Answer


def run_answer(corpus: Path, queries: Path, out: Path) -> None:
    """Write the answer to each query."""
    library = library_of(corpus)
    answers = ((query["qid"], library.answer(query["text"], region=region_of(query), on=date.max)) for query in read_rows(queries))
    write_rows(out, (_row(qid, answer) for qid, answer in answers))


def _row(qid: Any, answer: Answer) -> dict[str, Any]:
    citations = [{"id": quote.clause.key, "quote": quote.text} for quote in answer.quotes]
    return {"qid": qid, "refused": answer.refused, "text": answer.text, "citations": citations}
