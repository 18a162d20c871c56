"""Training of the models under `weights/`. Needs scikit-learn; running them does not.

Use: `python -m monitoring.training ROWS WEIGHTS`, ROWS being JSON lines of {"text", "negative"}, gzipped or not.
"""

import gzip
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from language.normalising import normalise
from monitoring.negativity import BUCKETS, LONGEST_READ, NegativityModel, features

INVERSE_REGULARISATION = 10.0
"""Best of 3, 10, 30 by cross-validation."""
FOLDS = 5
_LARGEST = 127


def train_negativity(texts: Sequence[str], negative: Sequence[bool]) -> NegativityModel:
    """Fit a logistic regression and quantise its weights to eight bits.

    Args:
        texts: as they were written.
        negative: whether the text of the same place is negative.
    """
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=INVERSE_REGULARISATION, solver="liblinear").fit(_matrix(texts), np.asarray(negative, dtype=int))
    weights = model.coef_[0]
    scale = float(np.abs(weights).max()) / _LARGEST
    return NegativityModel(np.round(weights / scale).astype(np.int8), scale, float(model.intercept_[0]))


def cross_validate(texts: Sequence[str], negative: Sequence[bool]) -> NDArray[np.float64]:
    """The negativity of each text by a model that has not seen it."""
    from sklearn.model_selection import StratifiedKFold

    scores = np.zeros(len(texts))
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(texts, negative):
        model = train_negativity([texts[i] for i in train], [negative[i] for i in train])
        scores[test] = [model.negativity(texts[i]) for i in test]
    return scores


def store(model: NegativityModel, path: Path) -> None:
    """Write the weights without pickle, compressed."""
    np.savez_compressed(path, weights=model.weights, scale=np.float64(model.scale), bias=np.float64(model.bias))


def _matrix(texts: Sequence[str]) -> Any:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # no stubs; needed for training only

    rows = [features(normalise(text[:LONGEST_READ]).text) for text in texts]
    lengths = np.array([len(row) for row in rows])
    values = np.repeat(1 / np.sqrt(np.maximum(lengths, 1)), lengths)
    return csr_matrix((values, np.concatenate(rows), np.concatenate([[0], np.cumsum(lengths)])), shape=(len(rows), BUCKETS))


def main(rows_path: Path, weights_path: Path) -> None:
    """Cross-validate, train on everything, store; prints the area under the ROC curve."""
    from sklearn.metrics import roc_auc_score

    opener: Any = gzip.open if rows_path.suffix == ".gz" else open
    with opener(rows_path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    texts, negative = [row["text"] for row in rows], [bool(row["negative"]) for row in rows]
    area = roc_auc_score(negative, cross_validate(texts, negative))
    sys.stdout.write(f"{len(rows)} rows, {FOLDS}-fold AUC {area:.4f}\n")
    store(train_negativity(texts, negative), weights_path)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
