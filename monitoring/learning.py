"""Learning from labels: a small correction on top of the shipped judgement of what is ours. numpy alone.

A logistic regression over the n-grams of the labelled posts, with the shipped logit of each post as its fixed offset and the weights held
near zero by a ridge: what the shipped judgement gets right needs no correction and gets none. It is solved for one number per label
(Newton's method on the kernel), since labels are few and n-grams many.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from monitoring.jurisdiction import BUCKETS, folded

FEWEST_LABELS = 20
FEWEST_OF_A_KIND = 5
MOST_LESSONS = 1_500
RIDGE = 0.5
"""How strongly the correction is held near zero."""
FOLDS = 5
_ROUNDS = 30
_SETTLED = 1e-6
_LEAST_CURVATURE = 1e-6


@dataclass(frozen=True)
class Lesson:
    """One post that people have judged.

    Attributes:
        ngrams: as `Reading.ngrams`.
        shipped: its logit of being ours without any correction.
        ours: what the people said.
        labelled: False for a case that was handled to its end, which says that it was ours without anybody having tapped anything.
    """

    ngrams: NDArray[np.uint32] = field(repr=False)
    shipped: float
    ours: bool
    labelled: bool = True


@dataclass(frozen=True)
class Score:
    """How many of the posts that are ours, and of those that are not, are judged rightly."""

    ours_right: int
    ours: int
    others_right: int
    others: int

    @property
    def balanced(self) -> float:
        """The mean of both shares, 0..1."""
        return (self.ours_right / max(self.ours, 1) + self.others_right / max(self.others, 1)) / 2

    def __str__(self) -> str:
        return f"{self.ours_right}/{self.ours} · {self.others_right}/{self.others}"


@dataclass(frozen=True)
class Shortage:
    """How many more labels are needed before learning makes sense; all 0 where there are enough."""

    labels: int
    ours: int
    others: int

    def __bool__(self) -> bool:
        return bool(self.labels or self.ours or self.others)


def shortage(lessons: Sequence[Lesson]) -> Shortage:
    """What is missing for learning."""
    labelled, ours = sum(lesson.labelled for lesson in lessons), sum(lesson.ours for lesson in lessons)
    return Shortage(max(0, FEWEST_LABELS - labelled), max(0, FEWEST_OF_A_KIND - ours), max(0, FEWEST_OF_A_KIND - (len(lessons) - ours)))


def learn(lessons: Sequence[Lesson]) -> NDArray[np.float32]:
    """The correction that the lessons teach: one weight for each bucket."""
    duals = _solve(_kernel(lessons), _offsets(lessons), _targets(lessons))
    weights = np.zeros(BUCKETS)
    for dual, lesson in zip(duals, lessons, strict=True):
        np.add.at(weights, folded(lesson.ngrams), dual / max(len(lesson.ngrams), 1) ** 0.5)
    return weights.astype(np.float32)


def score_before(lessons: Sequence[Lesson]) -> Score:
    """How the shipped judgement does on the lessons."""
    return _score(_offsets(lessons), lessons)


def score_after(lessons: Sequence[Lesson]) -> Score:
    """How the corrected judgement does on each lesson that it was not taught (cross-validated, each kind spread evenly over the folds)."""
    kernel, offsets, targets = _kernel(lessons), _offsets(lessons), _targets(lessons)
    folds = np.empty(len(lessons), dtype=int)
    for kind in (0.0, 1.0):
        members = np.flatnonzero(targets == kind)
        folds[members] = np.arange(len(members)) % FOLDS
    logits = offsets.copy()
    for fold in range(FOLDS):
        seen, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        logits[held] += kernel[np.ix_(held, seen)] @ _solve(kernel[np.ix_(seen, seen)], offsets[seen], targets[seen])
    return _score(logits, lessons)


def _score(logits: NDArray[np.float64], lessons: Sequence[Lesson]) -> Score:
    ours = _targets(lessons) > 0
    right = (logits >= 0) == ours
    return Score(int(right[ours].sum()), int(ours.sum()), int(right[~ours].sum()), int((~ours).sum()))


def _offsets(lessons: Sequence[Lesson]) -> NDArray[np.float64]:
    return np.array([lesson.shipped for lesson in lessons], dtype=np.float64)


def _targets(lessons: Sequence[Lesson]) -> NDArray[np.float64]:
    return np.array([lesson.ours for lesson in lessons], dtype=np.float64)


def _kernel(lessons: Sequence[Lesson]) -> NDArray[np.float64]:
    """The likeness of every two posts: the share of n-grams that they have in common."""
    lengths = np.maximum([len(lesson.ngrams) for lesson in lessons], 1)
    columns = np.concatenate([folded(lesson.ngrams) for lesson in lessons])
    owners = np.repeat(np.arange(len(lessons)), [len(lesson.ngrams) for lesson in lessons])
    kernel = np.empty((len(lessons), len(lessons)))
    for row, lesson in enumerate(lessons):
        present = np.bincount(folded(lesson.ngrams), minlength=BUCKETS).astype(np.float64)
        kernel[row] = np.bincount(owners, weights=present[columns], minlength=len(lessons))
    likeness: NDArray[np.float64] = kernel / np.sqrt(np.outer(lengths, lengths))
    return likeness


def _solve(kernel: NDArray[np.float64], offsets: NDArray[np.float64], targets: NDArray[np.float64]) -> NDArray[np.float64]:
    """The dual weights of the ridge-penalised logistic regression with offsets, by damped Newton steps."""
    duals = np.zeros(len(targets))
    for _ in range(_ROUNDS):
        chances = _logistic(offsets + kernel @ duals)
        curvature = np.maximum(chances * (1 - chances), _LEAST_CURVATURE)
        aim = np.linalg.solve(kernel + np.diag(RIDGE / curvature), kernel @ duals + (targets - chances) / curvature)
        step = _best_step(kernel, offsets, targets, duals, aim - duals)
        duals = duals + step
        if np.abs(step).max() < _SETTLED:
            break
    return duals


def _best_step(
    kernel: NDArray[np.float64], offsets: NDArray[np.float64], targets: NDArray[np.float64], duals: NDArray[np.float64],
    step: NDArray[np.float64],
) -> NDArray[np.float64]:  # fmt: skip
    """The step, halved until it lowers the loss: Newton's method overshoots where the offsets are large."""

    def loss(weights: NDArray[np.float64]) -> float:
        shift = kernel @ weights
        return float(np.logaddexp(0, np.where(targets > 0, -1, 1) * (offsets + shift)).sum() + RIDGE / 2 * weights @ shift)

    start = loss(duals)
    for _ in range(_ROUNDS):
        if loss(duals + step) <= start:
            return step
        step = step / 2
    return np.zeros_like(step)


def _logistic(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    chances: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    return chances
