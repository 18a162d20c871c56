"""How a post is meant: a linear model over its character n-grams and the cues found in it, run with numpy alone."""

import re
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from language.hashed_ngrams import summed
from monitoring.cues import Cues
from monitoring.reading import Reading

WEIGHTS = Path(__file__).parent / "weights" / "tenor.npz"
BUCKETS = 1 << 16
INTENTS = ("投诉", "求助", "咨询", "建议", "表扬", "举报", "中性资讯")
BLAME = "blame"
HEADS = (*INTENTS, BLAME)
"""One column of weights each: the intents, one against the others; blame of the department, by itself."""
_LISTS = (
    "report", "illegal", "own_harm", "ask_help", "help_plea", "consult", "suggest", "news", "first_person", "demand", "grievance",
    "complain", "praise", "courtesy", "blame_official", "blame", "official", "private", "no_result", "repeated", "long_time",
)  # fmt: skip
_NAMED = ("投诉", "举报", "求助", "咨询", "建议", "请问", "反映", "希望", "感谢")
_SHAPES = tuple(re.compile(pattern) for pattern in (r"[?？]\s*$", r"[吗呢么]\s*[?？]?\s*$", r"[!！]", r"^.{0,24}$", r"^.{120,}"))
_PRAISE = INTENTS.index("表扬")
_BY_FAR = 0.7
"""Difference of two logits."""


@dataclass(frozen=True)
class Tenor:
    """What the model makes of one post: a logit for each intent, and one for blame of the department."""

    intents: NDArray[np.float32]
    blame: float

    @property
    def intent(self) -> str:
        """The likeliest intent."""
        return INTENTS[int(self.intents.argmax())]

    def intent_but(self, *but: str) -> str:
        """The likeliest intent that is none of `but`."""
        logits = zip(self.intents.tolist(), INTENTS, strict=True)
        return max((pair for pair in logits if pair[1] not in but), key=itemgetter(0))[1]

    def praises(self, *, certain: bool) -> bool:
        """Whether the post may be praise; `certain`: whether it is that rather than anything else, by far."""
        praise = self.intents[_PRAISE]
        others = np.delete(self.intents, _PRAISE).max()
        return bool(praise - others > (_BY_FAR if certain else -_BY_FAR))


@dataclass(frozen=True)
class TenorModel:
    """Quantised weights of n-grams and full ones of cues, a column for each of HEADS."""

    weights: NDArray[np.int8]
    scales: NDArray[np.float32]
    cue_weights: NDArray[np.float32]
    biases: NDArray[np.float32]

    def tenor(self, reading: Reading, cues: Cues) -> Tenor:
        """Judge one post."""
        ngrams = folded(reading.ngrams)
        sums = summed(self.weights, ngrams).astype(np.float32)
        by_words = self.scales * sums / np.float32(max(len(ngrams), 1) ** 0.5)
        logits = self.biases + by_words + cue_features(reading, cues) @ self.cue_weights
        return Tenor(logits[: len(INTENTS)], float(logits[-1]))


def folded(ngrams: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The n-grams of a reading in the fewer buckets of this model."""
    return ngrams & np.uint32(BUCKETS - 1)


def cue_features(reading: Reading, cues: Cues) -> NDArray[np.float32]:
    """Which lists of cues occur, which intent the headline names itself, how the post is shaped; ones and zeros."""
    head = reading.headline.text if reading.headline else reading.text[:12]
    found = [word in head for word in _NAMED]
    found += [word in reading.hits for word in _NAMED]
    held = cues.held(reading)
    found += [name in held for name in _LISTS]
    found += [pattern.search(reading.text) is not None for pattern in _SHAPES]
    return np.array(found, dtype=np.float32)


@cache
def load_tenor() -> TenorModel:
    """The stored model, read once."""
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        return TenorModel(stored["weights"], stored["scales"], stored["cue_weights"], stored["biases"])
