"""Training of `weights/tenor.npz`. Needs scikit-learn; running the model does not.

Use: `python -m monitoring.tenor_training --labelled FILE… --cases FILE… --titled FILE… --out NPZ [--check]`.
All files are JSON lines, gzipped or not, each row with a `text` and perhaps a `title`; see `docs/models/intent.md` for what each kind is.
`--check` stores the logits of a cross-validation over the labelled posts instead of a model.
"""

import argparse
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitoring.item import Attitude
from monitoring.jurisdiction_training import shingles, without_copies
from monitoring.reading import Reading, read_post
from monitoring.tenor import BUCKETS, HEADS, INTENTS, TenorModel, cue_features, folded
from monitoring.watch import Watch, build_watch

LABELLED_WEIGHT, CASE_WEIGHT, TITLED_WEIGHT, UNBLAMED_WEIGHT = 1.5, 1.0, 0.1, 0.4
"""A post that a person labelled, an invented case, a message whose title names its intent, a case that says nothing of attitude."""
INTENT_INVERSE_REGULARISATION, BLAME_INVERSE_REGULARISATION = 3.0, 10.0
BALANCE = 0.8
"""0 leaves the intents as frequent as they are, 1 makes them equally frequent."""
CUE_SCALE = 0.3
"""What one cue weighs against all n-grams together, before learning."""
FOLDS = 5
_LARGEST = 127
_NAMED = re.compile("举报|投诉|求助|咨询|建议|请问|表扬")
_MEANS = {"请问": "咨询"}


@dataclass(frozen=True)
class Row:
    """One text to learn from; None where it says nothing of the intent or of blame."""

    reading: Reading
    intent: str | None
    blames: bool | None
    weight: float


def labelled(rows: Iterable[dict[str, Any]], watch: Watch, weight: float) -> Iterator[Row]:
    """Rows of {"text", "intent"?, "attitude"?}; private posts teach nothing of intents, cases without an attitude blame nobody."""
    for row in rows:
        intent = row.get("intent") if row.get("intent") in INTENTS and row.get("relevance") != "noise" else None
        blames = row["attitude"] == Attitude.NEGATIVE if "attitude" in row else False if intent else None
        yield Row(_read(row, watch), intent, blames, weight if "attitude" in row else weight * UNBLAMED_WEIGHT)
        if intent and "attitude" not in row:
            yield Row(_read(row, watch), intent, None, weight * (1 - UNBLAMED_WEIGHT))


def titled(rows: Iterable[dict[str, Any]], watch: Watch) -> Iterator[Row]:
    """Messages whose title names one intent; the word itself is cut out, so that the body has to be learned."""
    for row in rows:
        title, _, body = f"{row.get('title') or ''}\n{row['text']}".strip().partition("\n")
        named = {_MEANS.get(word, word) for word in _NAMED.findall(title)}
        if len(named) == 1:
            yield Row(read_post(_NAMED.sub("", title), _NAMED.sub("", body), watch.lexicon.find), named.pop(), None, TITLED_WEIGHT)


def train(rows: Sequence[Row], watch: Watch) -> TenorModel:
    """Fit the intents against one another, blame by itself, and quantise the weights of the n-grams to eight bits."""
    from sklearn.linear_model import LogisticRegression

    meant = [row for row in rows if row.intent]
    intents = LogisticRegression(C=INTENT_INVERSE_REGULARISATION, max_iter=300)
    intents.fit(_matrix(meant, watch), [row.intent for row in meant], sample_weight=_balanced(meant))
    order = [list(intents.classes_).index(intent) for intent in INTENTS]
    judged = [row for row in rows if row.blames is not None]
    blame = LogisticRegression(C=BLAME_INVERSE_REGULARISATION, max_iter=300)
    blame.fit(_matrix(judged, watch), [row.blames for row in judged], sample_weight=[row.weight for row in judged])
    columns = np.vstack([intents.coef_[order], blame.coef_])
    scales = np.abs(columns[:, :BUCKETS]).max(axis=1) / _LARGEST
    return TenorModel(
        np.round(columns[:, :BUCKETS] / scales[:, None]).astype(np.int8).T.copy(),
        scales.astype(np.float32),
        (CUE_SCALE * columns[:, BUCKETS:]).astype(np.float32).T.copy(),
        np.concatenate([intents.intercept_[order], blame.intercept_]).astype(np.float32),
    )


def cross_validate(measured: Sequence[Row], always: Sequence[Row], watch: Watch) -> NDArray[np.float32]:
    """The logits of each of `measured` by a model that has seen all but its fold, shape (rows, heads)."""
    logits = np.zeros((len(measured), len(HEADS)), dtype=np.float32)
    order = np.random.default_rng(0).permutation(len(measured))
    for fold in range(FOLDS):
        held = set(order[fold::FOLDS].tolist())
        model = train([*always, *(row for place, row in enumerate(measured) if place not in held)], watch)
        for place in held:
            tenor = model.tenor(measured[place].reading, watch.cues)
            logits[place] = [*tenor.intents, tenor.blame]
    return logits


def store(model: TenorModel, path: Path) -> None:
    """Write the weights without pickle, compressed."""
    np.savez_compressed(path, weights=model.weights, scales=model.scales, cue_weights=model.cue_weights, biases=model.biases)


def _balanced(rows: Sequence[Row]) -> list[float]:
    whole: Counter[str | None] = Counter()
    for row in rows:
        whole[row.intent] += row.weight  # type: ignore[assignment]  # a counter of weights
    even = sum(whole.values()) / len(whole)
    return [row.weight * (even / whole[row.intent]) ** BALANCE for row in rows]


def _matrix(rows: Sequence[Row], watch: Watch) -> Any:
    from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]  # no stubs; needed for training only

    buckets = [folded(row.reading.ngrams) for row in rows]
    lengths = np.array([len(row) for row in buckets])
    values = np.repeat(1 / np.sqrt(np.maximum(lengths, 1)), lengths)
    matrix = csr_matrix((values, np.concatenate(buckets), np.concatenate([[0], np.cumsum(lengths)])), shape=(len(rows), BUCKETS))
    matrix.sum_duplicates()
    cues = np.stack([cue_features(row.reading, watch.cues) for row in rows])
    return hstack([matrix, csr_matrix(CUE_SCALE * cues)]).tocsr()


def _files(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    for row in (row for path in paths for row in _lines(path)):
        yield {**row, "text": row.get("text") or row.get("question") or ""}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    opener: Any = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _read(row: dict[str, Any], watch: Watch) -> Reading:
    return read_post(row.get("title") or "", row["text"], watch.lexicon.find)


def main() -> None:
    """Read the files, train, store; or cross-validate and store the logits."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("labelled", "cases", "titled"):
        parser.add_argument(f"--{name}", nargs="*", type=Path, default=[])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    watch = build_watch()
    measured = list(labelled(_files(options.labelled), watch, LABELLED_WEIGHT))
    cases = (row for row in _files(options.cases) if row.get("half") != "held")
    barred = shingles(_files(options.labelled))
    always = [*labelled(cases, watch, CASE_WEIGHT), *titled(without_copies(_files(options.titled), barred), watch)]
    if options.check:
        np.save(options.out, cross_validate(measured, always, watch))
    else:
        store(train([*measured, *always], watch), options.out)


if __name__ == "__main__":
    main()
