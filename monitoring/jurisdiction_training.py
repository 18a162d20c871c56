"""Training of `weights/jurisdiction.npz`. Needs scikit-learn; running the model does not.

Use: `python -m monitoring.jurisdiction_training --labelled FILE… --routed FILE… --unlabelled FILE… --private FILE… --without FILE…
--out NPZ`, all files JSON lines, gzipped or not, each row with a `text` and perhaps a `title`; `docs/models/relevance.md` tells the kinds.
"""

import argparse
import gzip
import json
import random
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitoring.item import Relevance
from monitoring.jurisdiction import BUCKETS, HEADS, OURS, OWN_LINES, JurisdictionModel, folded
from monitoring.negativity import features
from monitoring.relevance import PLACE_MARK, UNANSWERED, Claim, weigh
from monitoring.watch import Watch, build_watch

INVERSE_REGULARISATION = 10.0
"""As good as 3 and 30 by cross-validation."""
LABELLED_WEIGHT, WEAK_WEIGHT, PRIVATE_WEIGHT, WORDS_WEIGHT = 3.0, 0.3, 1.0, 1.0
"""A row that a person labelled, one that the rules labelled, a private post, a handful of a rule's own words."""
HANDFUL = 5
SURE_LEAD, LINE_LEAD = 1.46, 0.6
"""By so much a claim of the rules outweighs what speaks against it (nine to one), and the next line's claim, where it labels a row."""
MOST_PRIVATE = 6_000
FEWEST_ROWS = 3
"""An n-gram in fewer rows weighs nothing: it says more about that row than about the matter."""
NOT_OURS_CATEGORIES = frozenset({"劳动和社会保障", "教育文体", "卫生计生", "交通运输"})
"""First-level categories of the national classification of petitions that are other departments' in the main."""
_LARGEST = 127
_CERTAIN = 9.0
"""Logit of a head that the rows show on one side only."""
_SHARED_CHARACTERS = 20


@dataclass(frozen=True)
class Row:
    """One text to learn from. `target` is a line, `no` or `noise`; `weight` says how far to trust it; `is_post` is False for bare words."""

    ngrams: NDArray[np.uint32]
    target: str
    weight: float
    is_post: bool = True


def labelled(rows: Iterable[dict[str, Any]], watch: Watch) -> Iterator[Row]:
    """Rows of {"text", "relevance", "line"}; what is ours without one of our lines is left out."""
    for row in rows:
        target = row["line"] if Relevance(row["relevance"]).is_ours else row["relevance"]
        if target in OWN_LINES or target in set(Relevance):
            yield Row(watch.read(row.get("title") or "", row["text"]).ngrams, target, LABELLED_WEIGHT)


def labelled_weakly(rows: Iterable[dict[str, Any]], watch: Watch) -> Iterator[Row]:
    """Rows that the rules are sure about; a `category` that is other departments' counts where the rules do not claim the row for us."""
    for row in rows:
        reading = watch.read(row.get("title") or "", row["text"])
        if target := _weak_target(weigh(reading, watch.rules), row.get("category")):
            yield Row(reading.ngrams, target, WEAK_WEIGHT)


def private(rows: Iterable[dict[str, Any]], watch: Watch) -> Iterator[Row]:
    """Posts of private life, less those that the rules claim for us."""
    for row in rows:
        reading = watch.read(row.get("title") or "", row["text"])
        if not any(claim.relevance.is_ours for claim in weigh(reading, watch.rules)):
            yield Row(reading.ngrams, Relevance.NOISE.value, PRIVATE_WEIGHT)


def words_of_rules(watch: Watch) -> Iterator[Row]:
    """The words of the rules, a handful at a time: they say of which line a matter is, but not whether a post is ours at all."""
    for rule in watch.rules:
        words = sorted(rule.rule.all_words() - {PLACE_MARK})
        if rule.relevance.is_ours and rule.line in OWN_LINES:
            for start in range(0, len(words), HANDFUL):
                text = "，".join(words[start : start + HANDFUL])
                yield Row(features(text), rule.line, WORDS_WEIGHT, is_post=False)


def train(rows: Sequence[Row]) -> JurisdictionModel:
    """Fit one logistic regression for each head and quantise its weights to eight bits."""
    targets = np.array([row.target for row in rows])
    trust = np.array([row.weight for row in rows])
    ours = np.isin(targets, OWN_LINES)
    posts = np.array([row.is_post for row in rows])
    matrix = _matrix(rows)
    columns, biases = [], []
    for head in HEADS:
        among = posts if head == OURS else ours if head in OWN_LINES else ~ours
        positive = ours if head == OURS else targets == head
        column, bias = _fit(matrix[among], positive[among], trust[among], balanced=head in OWN_LINES)
        columns.append(column)
        biases.append(bias)
    weights = np.column_stack(columns)
    weights[np.asarray((matrix > 0).sum(axis=0)).ravel() < FEWEST_ROWS] = 0
    scales = np.maximum(np.abs(weights).max(axis=0), 1e-9) / _LARGEST
    return JurisdictionModel(np.round(weights / scales).astype(np.int8), scales.astype(np.float32), np.array(biases, dtype=np.float32))


def store(model: JurisdictionModel, path: Path) -> None:
    """Write the weights without pickle, compressed."""
    np.savez_compressed(path, weights=model.weights, scales=model.scales, biases=model.biases)


def _weak_target(claims: Sequence[Claim], category: str | None) -> str | None:
    ours = [claim for claim in claims if claim.relevance.is_ours]
    theirs = next((claim for claim in claims if not claim.relevance.is_ours), None)
    if category in NOT_OURS_CATEGORIES:
        return Relevance.NO.value if not ours or (theirs and theirs.weight >= ours[0].weight) else None
    if not ours:
        return theirs.relevance.value if theirs and theirs.relevance is Relevance.NO else None
    sure = ours[0].weight - (theirs.weight if theirs else UNANSWERED) >= SURE_LEAD and ours[0].line in OWN_LINES
    alone = len(ours) == 1 or ours[0].weight - ours[1].weight >= LINE_LEAD
    return ours[0].line if sure and alone else None


def _fit(matrix: Any, positive: NDArray[np.bool_], trust: NDArray[np.float64], *, balanced: bool) -> tuple[NDArray[np.float64], float]:
    """Weights and bias of one head. A balanced head hears a rare line louder, by the root of what it is short of an even share."""
    from sklearn.linear_model import LogisticRegression

    if positive.all() or not positive.any():
        return np.zeros(BUCKETS), _CERTAIN if positive.all() else -_CERTAIN
    if balanced:
        share = trust.sum() / len(OWN_LINES) / max(trust[positive].sum(), 1e-9)
        trust = np.where(positive, trust * np.sqrt(share), trust)
    model = LogisticRegression(C=INVERSE_REGULARISATION, solver="liblinear", tol=1e-2, random_state=0)
    model.fit(matrix, positive, sample_weight=trust)
    return model.coef_[0], float(model.intercept_[0])


def _matrix(rows: Sequence[Row]) -> Any:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # no stubs; needed for training only

    lengths = np.array([len(row.ngrams) for row in rows])
    values = np.repeat(1 / np.sqrt(np.maximum(lengths, 1)), lengths)
    buckets = np.concatenate([folded(row.ngrams) for row in rows])
    matrix = csr_matrix((values, buckets, np.concatenate([[0], np.cumsum(lengths)])), shape=(len(rows), BUCKETS))
    matrix.sum_duplicates()
    return matrix


def shingles(rows: Iterable[dict[str, Any]]) -> frozenset[str]:
    """Every stretch of twenty characters of some texts, by which copies of them are known."""
    return frozenset(piece for row in rows for piece in _pieces(row))


def without_copies(rows: Iterable[dict[str, Any]], of: Collection[str]) -> Iterator[dict[str, Any]]:
    """The rows that share no stretch of twenty characters with the texts whose shingles are given."""
    return (row for row in rows if not any(piece in of for piece in _pieces(row)))


def _pieces(row: dict[str, Any]) -> Iterator[str]:
    letters = re.sub(r"\W", "", (row.get("title") or "") + row["text"])
    return (letters[start : start + _SHARED_CHARACTERS] for start in range(max(1, len(letters) - _SHARED_CHARACTERS + 1)))


def _rows(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    for path in paths:
        opener: Any = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield {**row, "text": row.get("text") or row.get("question") or ""}


def _gather(options: argparse.Namespace) -> list[Row]:
    watch, barred = build_watch(), shingles(_rows(options.without))
    posts = list(without_copies(_rows(options.private), barred))
    random.Random(0).shuffle(posts)  # noqa: S311  # a sample, not a secret
    return [
        *labelled(without_copies(_rows(options.labelled), barred), watch),
        *labelled_weakly(without_copies(_rows([*options.routed, *options.unlabelled]), barred), watch),
        *private(posts[:MOST_PRIVATE], watch),
        *words_of_rules(watch),
    ]


def main() -> None:
    """Read the files, train, store."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("labelled", "routed", "unlabelled", "private", "without"):
        parser.add_argument(f"--{name}", nargs="*", type=Path, default=[])
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    store(train(_gather(options)), options.out)


if __name__ == "__main__":
    main()
