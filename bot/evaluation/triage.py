"""`wensheng eval triage`: what the analysis makes of single posts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.evaluation.json_lines import read_rows, write_rows
from monitoring.analysis import analyse
from monitoring.watch import Watch, build_watch


def run_triage(posts: Path, out: Path) -> None:
    """Analyse every post of `posts` and write one row each to `out`, in the formats of the evaluation.

    Raises:
        ValueError: a line of `posts` is no JSON object.
    """
    watch = build_watch()
    write_rows(out, (_triaged(row, watch) for row in read_rows(posts)))


def _triaged(row: Mapping[str, Any], watch: Watch) -> dict[str, Any]:
    found = analyse(
        row.get("title") or "",
        row.get("text") or "",
        likes=row.get("likes"),
        dislikes=row.get("dislikes"),
        reposts=row.get("reposts"),
        comments=row.get("comments"),
        watch=watch,
    )
    return {
        "pid": row["pid"],
        "relevance": found.relevance.value,
        "line": found.line,
        "intent": found.intent,
        "attitude": found.attitude.value,
        "attitude_score": round(found.attitude_score, 4),
        "level": found.level,
        "asks": list(found.asks),
        "place": found.place,
        "reasons": list(found.reasons),
    }
