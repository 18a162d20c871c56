"""Learning vectors of n-grams by contrast: a question and the text that answers it near, other texts far. Training only; needs scipy.

Loss: InfoNCE (van den Oord and others, 2018), over the texts of a batch and hard ones; row-wise Adagrad (Duchi and others, 2011).
"""

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding import NgramWeights, Vectors

TEMPERATURE = 0.06
VECTOR_STEP = 0.025
LEANING_STEP = 0.025
ASKING_STEP = 0.025
LEAST_ASKING, MOST_ASKING = 0.1, 4.0
_TINY = 1e-8

Bags = Any
"""A sparse matrix of scipy, one row of unit length for each text, one column for each bucket that has a vector."""


@dataclass
class Learner:
    """Vectors being learnt, with the squares of the gradients so far that shorten each next step.

    Attributes:
        vectors, asking, leaning: as in `retrieval.embedding.NgramWeights`.
    """

    vectors: Vectors
    asking: Vectors
    leaning: Vectors
    _vector_squares: Vectors
    _asking_squares: Vectors
    _leaning_square: Vectors

    @classmethod
    def fresh(cls, buckets: int, dimensions: int, random: np.random.Generator) -> Self:
        """Random vectors, which turn no text toward another yet."""
        vectors = (random.standard_normal((buckets, dimensions)) / np.sqrt(dimensions)).astype(np.float32)
        zeros = np.zeros(buckets, np.float32)
        return cls(vectors, np.ones(buckets, np.float32), np.zeros(dimensions, np.float32), zeros, zeros.copy(), np.zeros(1, np.float32))

    def copy(self) -> Self:
        return replace(self, **{field.name: getattr(self, field.name).copy() for field in fields(self)})

    def step_alike(self, firsts: Bags, seconds: Bags) -> None:
        """Learn from texts that belong together, row by row: each finds the other among all of the batch."""
        count = firsts.shape[0]
        first, first_length = _unit(firsts @ self.vectors)
        second, second_length = _unit(seconds @ self.vectors)
        likeness = first @ second.T / TEMPERATURE
        own = np.eye(count, dtype=np.float32)
        pull: Vectors = (_softmax(likeness, 1) + _softmax(likeness, 0) - 2 * own) / (2 * count * TEMPERATURE)
        pulled: Vectors = pull @ second
        self._move(firsts, _through_unit(pulled, first, first_length))
        self._move(seconds, _through_unit(pull.T @ first, second, second_length))

    def step_asking(self, questions: Bags, texts: Bags, excluded: NDArray[np.bool_], *, mutual: bool = False) -> None:
        """Learn from questions and texts; text i answers question i, further texts answer none.

        Args:
            excluded: shape (questions, texts): texts that are no counter-example to a question.
            mutual: whether the texts that answer also look for their question.
        """
        count = questions.shape[0]
        asked, asked_length = _unit(questions.multiply(self.asking).tocsr() @ self.vectors)
        found, found_length = _unit(texts @ self.vectors)
        moved = asked + self.leaning
        likeness = np.where(excluded, np.float32(-1e9), moved @ found.T / TEMPERATURE)
        own = np.eye(count, found.shape[0], dtype=np.float32)
        pull: Vectors = _softmax(likeness, 1) - own
        if mutual:
            pull[:, :count] += _softmax(likeness[:, :count], 0)
            pull -= own
        pull /= (1 + mutual) * count * TEMPERATURE
        gradient: Vectors = pull @ found
        self._lean(gradient.sum(0))
        self._move(questions, _through_unit(gradient, asked, asked_length), asking=True)
        self._move(texts, _through_unit(pull.T @ moved, found, found_length))

    def weights(self, buckets: NDArray[np.int64], rarity: Vectors) -> NgramWeights:
        """The weights to ship, with each bucket's rarity folded into its vector."""
        vectors = self.vectors * rarity[:, None]
        scale = np.maximum(np.abs(vectors).max(1), _TINY) / 127
        return NgramWeights(
            buckets.astype(np.uint32),
            np.round(vectors / scale[:, None]).astype(np.int8),
            scale.astype(np.float32),
            self.asking,
            self.leaning,
        )

    def _move(self, bags: Bags, gradient: Vectors, *, asking: bool = False) -> None:
        rows = np.unique(bags.indices)
        towards: Vectors = bags.T.tocsr()[rows] @ gradient
        if asking:
            self._weigh(rows, (self.vectors[rows] * towards).sum(1))
            towards = towards * self.asking[rows, None]
        self._vector_squares[rows] += (towards**2).mean(1)
        self.vectors[rows] -= VECTOR_STEP * towards / np.sqrt(self._vector_squares[rows] + _TINY)[:, None]

    def _weigh(self, rows: NDArray[np.int64], gradient: Vectors) -> None:
        self._asking_squares[rows] += gradient**2
        moved = self.asking[rows] - ASKING_STEP * gradient / np.sqrt(self._asking_squares[rows] + 1e-6)
        self.asking[rows] = np.clip(moved, LEAST_ASKING, MOST_ASKING)

    def _lean(self, gradient: Vectors) -> None:
        self._leaning_square += (gradient**2).mean()
        self.leaning -= LEANING_STEP * gradient / np.sqrt(self._leaning_square + _TINY)


def mean_of(learners: list[Learner]) -> Learner:
    """One learner between several that started alike and learnt in different order: better than each of them."""
    names = ("vectors", "asking", "leaning")
    return replace(learners[0].copy(), **{name: np.mean([getattr(each, name) for each in learners], axis=0) for name in names})


def _unit(vectors: Vectors) -> tuple[Vectors, Vectors]:
    lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True) + np.float32(1e-6)
    return vectors / lengths, lengths


def _through_unit(gradient: Vectors, unit: Vectors, lengths: Vectors) -> Vectors:
    """The gradient before vectors were made unit long."""
    across: Vectors = gradient - (gradient * unit).sum(1, keepdims=True) * unit
    return across / lengths


def _softmax(likeness: Vectors, axis: int) -> Vectors:
    powers: Vectors = np.exp(likeness - likeness.max(axis, keepdims=True))
    shares: Vectors = powers / powers.sum(axis, keepdims=True)
    return shares
