"""Whose business a post sounds like: a linear model over its character n-grams beside the rules, run with numpy alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from language.hashed_ngrams import ngrams_in_place, summed
from monitoring.item import Relevance
from monitoring.lines import LINES, OTHER
from monitoring.negativity import BUCKETS as NGRAM_BUCKETS
from monitoring.negativity import LONGEST_READ, SIZES
from monitoring.reading import Reading, Span

WEIGHTS = Path(__file__).parent / "weights" / "jurisdiction.npz"
BUCKETS = 1 << 16
OWN_LINES = tuple(line for line in LINES if line != OTHER)
OURS = "ours"
HEADS = (*OWN_LINES, Relevance.NOISE.value, OURS)
"""One row of weights each: every line, given that the post is ours; private matters, given that it is not; whether it is ours at all."""

_WORD_SIZES = tuple(size for size in SIZES if size > 1)
MOST_WORDS = 3


@dataclass(frozen=True)
class Opinion:
    """What the model makes of one post.

    Attributes:
        ours: logit of the post being the department's business.
        line: the likeliest line, were it ours; `lines` how likely each is, in the order of OWN_LINES, summing to 1.
        elsewhere: NO or NOISE, were it not ours.
    """

    ours: float
    lines: NDArray[np.float32]
    elsewhere: Relevance

    @property
    def line(self) -> str:
        return OWN_LINES[int(self.lines.argmax())]

    def likelihood(self, line: str) -> float:
        """How likely `line` is, were the post ours; 0 for a line that the model does not know."""
        return float(self.lines[OWN_LINES.index(line)]) if line in OWN_LINES else 0.0


@dataclass(frozen=True)
class JurisdictionModel:
    """Quantised weights, one column for each of HEADS: a head's logit is `bias + scale * sum(weights of the n-grams) / sqrt(how many)`."""

    weights: NDArray[np.int8]
    scales: NDArray[np.float32]
    biases: NDArray[np.float32]

    def opinion(self, ngrams: NDArray[np.uint32]) -> Opinion:
        """Judge a post by its n-grams (`Reading.ngrams`)."""
        logits = self.logits(ngrams)
        likelihoods = np.exp(logits[: len(OWN_LINES)] - logits[: len(OWN_LINES)].max())
        elsewhere = Relevance.NOISE if logits[HEADS.index(Relevance.NOISE.value)] > 0 else Relevance.NO
        return Opinion(float(logits[-1]), likelihoods / likelihoods.sum(), elsewhere)

    def logits(self, ngrams: NDArray[np.uint32]) -> NDArray[np.float32]:
        """The logit of every head."""
        sums = summed(self.weights, folded(ngrams)).astype(np.float32)
        logits: NDArray[np.float32] = self.biases + self.scales * sums / np.float32(max(len(ngrams), 1) ** 0.5)
        return logits

    def telling_words(self, reading: Reading, head: str) -> tuple[str, ...]:
        """The post's own words that speak most for a head, in the order of the text."""
        return strongest_words(reading, self.weights[:, HEADS.index(head)])


def folded(ngrams: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The n-grams of a reading in the fewer buckets of this model."""
    return ngrams & np.uint32(BUCKETS - 1)


def strongest_words(reading: Reading, weights: NDArray[np.int8] | NDArray[np.float32]) -> tuple[str, ...]:
    """The words of a post whose n-grams weigh most, positive ones only, as they stand in the original."""
    chosen: list[Span] = []
    for span in _weightiest(reading.text[:LONGEST_READ], weights):
        if len(chosen) == MOST_WORDS:
            break
        if all(span.end <= other.start or other.end <= span.start for other in chosen):
            chosen.append(span)
    return tuple(reading.normal.quote(span.start, span.end) for span in sorted(chosen, key=lambda span: span.start))


def _weightiest(text: str, weights: NDArray[np.int8] | NDArray[np.float32]) -> Iterator[Span]:
    """Each n-gram of two characters and more that is a word or part of one and weighs more than nothing, the weightiest first."""
    values = [weights[folded(ngrams_in_place(text, size, NGRAM_BUCKETS))] for size in _WORD_SIZES]
    positive = [np.flatnonzero(each > 0) for each in values]
    starts, worth = np.concatenate(positive), np.concatenate([each[where] for each, where in zip(values, positive, strict=True)])
    sizes = np.repeat(_WORD_SIZES, [len(where) for where in positive])
    order = np.lexsort((starts, -worth.astype(np.float32)))
    for start, size in zip(starts[order].tolist(), sizes[order].tolist(), strict=True):
        gram = text[start : start + size]
        if gram.isalnum():
            yield Span(start, start + size, gram)


@cache
def load_jurisdiction() -> JurisdictionModel:
    """The stored model, read once."""
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        return JurisdictionModel(stored["weights"], stored["scales"], stored["biases"])
