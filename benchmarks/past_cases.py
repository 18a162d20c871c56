"""How well similar past cases are found: graded queries of our own over the sample city's closed cases.

python -m benchmarks.past_cases
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.answering import QUESTIONS
from bot.evaluation.json_lines import read_rows
from knowledge_base.past_case import ParsedCase
from knowledge_base.reading_files import read_path
from retrieval.evidence import CaseHit
from retrieval.library import Library
from retrieval.shelf import ShelvedCase

CASES = Path(__file__).parents[1] / "bot" / "sample_city" / "past_cases.jsonl"
DEPTH = 10
RESAMPLED = 2_000


def main() -> None:
    """Print nDCG@10 with a bootstrap interval, and how often a case of the same matter comes first."""
    library = sample_cases()
    rows = list(read_rows(QUESTIONS / "past_cases.jsonl"))
    gains = np.array([_ndcg(_found(library, row["text"]), {each["id"]: each["grade"] for each in row["gold"]}) for row in rows])
    first = np.mean([_found(library, row["text"])[0] in {each["id"] for each in row["gold"] if each["grade"] == 2} for row in rows])
    samples = np.random.default_rng(0).choice(gains, (RESAMPLED, len(gains))).mean(axis=1)
    low, high = np.quantile(samples, (0.025, 0.975))
    print(f"{len(rows)} queries: nDCG@{DEPTH} {gains.mean():.3f} ({low:.3f}-{high:.3f}), same matter first {first:.3f}")


def sample_cases() -> Library:
    """The sample city's past cases as a library."""
    cases = [each for each in read_path(CASES) if isinstance(each, ParsedCase)]
    return Library.of(
        [], [ShelvedCase(n, CaseHit(case.key, case.question, case.reply, "", "", None, 0.0)) for n, case in enumerate(cases, 1)]
    )


def _found(library: Library, query: str) -> list[str]:
    return [hit.key for hit in library.search_cases(query, limit=DEPTH)]


def _ndcg(found: Sequence[str], grades: dict[str, int]) -> float:
    discounts = 1 / np.log2(np.arange(2, DEPTH + 2))
    gained = sum((2 ** grades.get(key, 0) - 1) * discount for key, discount in zip(found, discounts, strict=False))
    best = sum((2**grade - 1) * discount for grade, discount in zip(sorted(grades.values(), reverse=True), discounts, strict=False))
    return float(gained / best)


if __name__ == "__main__":
    main()
