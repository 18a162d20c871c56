"""What one draft costs: evidence, three candidates and their checks for each post, against one query of the same library.

python benchmarks/drafting.py [CLAUSES CASES POSTS]
Without files: the posts of the sample city over its own policies. Run it on a quiet machine.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.answering import SAMPLE_PLACE, sample_clauses
from benchmarks.past_cases import CASES
from bot.evaluation.clauses import region_of, shelved_clauses
from bot.evaluation.drafts import DAY, check_candidate, clause_rows, matter_of
from bot.evaluation.json_lines import read_rows, write_rows
from bot.evaluation.past import shelved_cases
from casework.desk import Department, Desk
from casework.drafting.composer import compose
from casework.drafting.evidence import SEARCHED, find_evidence
from casework.drafting.matter import Matter
from knowledge_base.clause import Clause
from monitoring.watch import build_watch
from retrieval.library import Library
from storage.clock import SystemClock

SAMPLE_POSTS = CASES.with_name("posts.jsonl")
REPETITIONS = 3


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    if arguments:
        clauses, cases, posts = map(Path, arguments)
        measure(clauses, cases, posts)
    else:
        with tempfile.TemporaryDirectory() as folder:
            write_rows(clauses := Path(folder) / "clauses.jsonl", sample_clauses())
            write_rows(posts := Path(folder) / "posts.jsonl", (post | {"region": SAMPLE_PLACE} for post in read_rows(SAMPLE_POSTS)))
            measure(clauses, CASES, posts)


def measure(clauses: Path, cases: Path, posts: Path) -> None:
    """Time each post that is the department's business."""
    library, rows, watch = Library.of(shelved_clauses(clauses), shelved_cases(cases)), clause_rows(clauses), build_watch()
    matters = [(matter_of(post, desk), desk) for post in read_rows(posts) for desk in [Desk(Department("", region=region_of(post)), watch)]]
    ours = [(matter, desk) for matter, desk in matters if matter.ours]
    query = sorted(seconds(lambda m=matter, d=desk: _query(library, m, d)) for matter, desk in ours)  # type: ignore[misc]
    found = sorted(seconds(lambda m=matter, d=desk: find_evidence(m, library, d, DAY)) for matter, desk in ours)  # type: ignore[misc]
    whole = sorted(seconds(lambda m=matter, d=desk: draft(m, library, d, rows)) for matter, desk in ours)  # type: ignore[misc]
    print(f"{len(ours)} posts, milliseconds at p50 / p95")
    for name, times in (("one query", query), ("evidence", found), ("evidence, candidates, checks", whole)):
        print(f"{name:30}{_at(times, 0.5) * 1e3:8.1f} /{_at(times, 0.95) * 1e3:8.1f}{_at(times, 0.5) / _at(query, 0.5):8.1f} queries")


def draft(matter: Matter, library: Library, desk: Desk, rows: dict[str, list[Clause]]) -> int:
    """One whole draft with its checks; returns how many findings."""
    evidence, now = find_evidence(matter, library, desk, DAY), SystemClock().now()
    return sum(len(check_candidate(candidate, matter, rows, desk, now)) for candidate in compose(matter, evidence).candidates)


def seconds(work: Callable[[], object]) -> float:
    """The best of some rounds: others slow a machine down, nobody speeds it up."""
    times = []
    for _ in range(REPETITIONS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def _query(library: Library, matter: Matter, desk: Desk) -> object:
    return library.search_clauses(matter.headline, region=desk.department.region, on=DAY, limit=SEARCHED)


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


if __name__ == "__main__":
    main(sys.argv[1:])
