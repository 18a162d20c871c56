"""How negative a text itself is, 0..1: a linear model over hashed character n-grams, run with numpy alone."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from language.hashed_ngrams import hashed_ngrams
from language.normalising import normalise

WEIGHTS = Path(__file__).parent / "weights" / "negativity.npz"
SIZES = (1, 2, 3)
BUCKETS = 1 << 18
LONGEST_READ = 400


@dataclass(frozen=True)
class NegativityModel:
    """Quantised weights: the logit is `bias + scale * sum(weights of the text's buckets) / sqrt(how many)`."""

    weights: NDArray[np.int8]
    scale: float
    bias: float

    def negativity(self, text: str) -> float:
        """How likely the text is negative, 0..1; `text` as it was written."""
        return self.of_normal(normalise(text[:LONGEST_READ]).text)

    def of_normal(self, text: str) -> float:
        """The same for a text in matching form."""
        return self.of_features(features(text))

    def of_features(self, buckets: NDArray[np.uint32]) -> float:
        """The same for what `features` makes of a text."""
        if not len(buckets):
            return 0.5
        logit = self.bias + self.scale * float(self.weights.take(buckets).sum(dtype=np.int64)) / len(buckets) ** 0.5
        return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


def features(text: str) -> NDArray[np.uint32]:
    """The buckets of a text in matching form."""
    return hashed_ngrams(text[:LONGEST_READ], SIZES, BUCKETS)


@cache
def load_negativity() -> NegativityModel:
    """The stored model, read once."""
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        return NegativityModel(stored["weights"], float(stored["scale"]), float(stored["bias"]))
