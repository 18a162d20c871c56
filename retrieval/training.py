"""Making the weights of the embedded embedder. Run: `python -m retrieval.training DATA_FOLDER WEIGHTS [SEED]`; ten minutes.

First what belongs together in the articles and messages themselves, then which texts answer which questions. Printed before the
weights are written: how well questions, and messages of past cases, find what answers them in five-fold cross-validation. Needs scipy.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from retrieval.contrastive import Bags, Learner, mean_of
from retrieval.embedding import HashedEmbedder, NgramWeights
from retrieval.measuring import Measured, Measuring
from retrieval.standing import Standing
from retrieval.training_texts import Buckets, TrainingTexts, choose_buckets, read_texts

DIMENSIONS = 256
FOLDS = 5
ALIKE_ROUNDS, ALIKE_BATCH, HALVES_A_ROUND = 5, 384, 20_000
ASKING_ROUNDS, ASKING_BATCH, CASE_BATCH, REMEMBERED_BATCHES = 3, 96, 256, 8
HARD, RANDOM = 8, 384
LEARNERS = 3

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Lessons:
    """All training texts as bags, and for each question the articles that share its words but do not answer it."""

    texts: TrainingTexts
    buckets: Buckets
    articles: Bags
    questions: Bags
    messages: Bags
    replies: Bags
    titles: Bags
    bodies: Bags
    firsts: Bags
    seconds: Bags
    hard: Sequence[Numbers]

    @classmethod
    def of(cls, texts: TrainingTexts, hard: Sequence[Numbers]) -> "Lessons":
        buckets = choose_buckets(texts)
        firsts, seconds = zip(*texts.halves, strict=True)
        kinds = (texts.articles, texts.questions, texts.messages, texts.replies, texts.titles, texts.bodies, firsts, seconds)
        articles, questions, messages, replies, titles, bodies, *halves = map(buckets.bags, kinds)
        return cls(texts, buckets, articles, questions, messages, replies, titles, bodies, halves[0], halves[1], hard)


def train(folder: Path, weights: Path, seed: int = 0, out: TextIO = sys.stdout) -> None:
    """Cross-validate, print the figures, and write `embedding.npz` and `standing.npz` into the folder `weights`."""
    random = np.random.default_rng(seed)
    texts = read_texts(folder, random)
    measuring = Measuring.of(texts)
    lessons = Lessons.of(texts, measuring.hard())
    start = learn_alike(lessons, random)
    questions, cases = random.integers(0, FOLDS, len(texts.questions)), random.integers(0, FOLDS, len(texts.messages))
    measured = Measured()
    for fold in range(FOLDS):
        embedder = HashedEmbedder(learn_asking(start, lessons, np.flatnonzero(questions != fold), np.flatnonzero(cases != fold), seed))
        measuring.measure(embedder, standing_of(texts, questions != fold), questions == fold, cases == fold, into=measured)
    out.write(measured.table())
    learn_asking(start, lessons, np.arange(len(questions)), np.arange(len(cases)), seed).save(weights / "embedding.npz")
    standing_of(texts, questions >= 0).save(weights / "standing.npz")


def standing_of(texts: TrainingTexts, asked: NDArray[np.bool_]) -> Standing:
    """The standing of the articles' documents by some of the questions."""
    chosen = [answers for answers, is_asked in zip(texts.answers, asked, strict=True) if is_asked]
    return Standing.counted(texts.documents, [{texts.documents[article] for article in answers} for answers in chosen])


def learn_alike(lessons: Lessons, random: np.random.Generator) -> Learner:
    """From no question: halves of one article, title and body of one message."""
    learner = Learner.fresh(len(lessons.buckets.numbers), DIMENSIONS, random)
    for _ in range(ALIKE_ROUNDS):
        halves = random.permutation(lessons.firsts.shape[0])[:HALVES_A_ROUND]
        feed = random.permutation(lessons.titles.shape[0])
        steps = [(lessons.firsts, lessons.seconds, batch) for batch in _batches(halves, ALIKE_BATCH)]
        steps += [(lessons.titles, lessons.bodies, batch) for batch in _batches(feed, ALIKE_BATCH)]
        for number in random.permutation(len(steps)):
            first, second, batch = steps[number]
            learner.step_alike(first[batch], second[batch])
    return learner


def learn_asking(start: Learner, lessons: Lessons, questions: Numbers, cases: Numbers, seed: int) -> NgramWeights:
    """From the questions and past cases that are named, several times in different order; the mean is kept."""
    learners = [_learnt(start.copy(), lessons, questions, cases, np.random.default_rng([seed, number])) for number in range(LEARNERS)]
    return mean_of(learners).weights(lessons.buckets.numbers, lessons.buckets.rarity)


def _learnt(learner: Learner, lessons: Lessons, questions: Numbers, cases: Numbers, random: np.random.Generator) -> Learner:
    pairs = np.array([(question, article) for question in questions for article in lessons.texts.answers[question]])
    for _ in range(ASKING_ROUNDS):
        steps: list[tuple[Callable[..., None], Numbers]] = []
        steps += [(_learn_questions, pairs[batch]) for batch in _batches(random.permutation(len(pairs)), ASKING_BATCH)]
        steps += [(_learn_cases, batch) for batch in _batches(random.permutation(cases), CASE_BATCH)]
        remembered = random.permutation(lessons.firsts.shape[0])[: REMEMBERED_BATCHES * ALIKE_BATCH]
        steps += [(_remember, batch) for batch in _batches(remembered, ALIKE_BATCH)]
        for number in random.permutation(len(steps)):
            step, batch = steps[number]
            step(learner, lessons, batch, random)
    return learner


def _learn_questions(learner: Learner, lessons: Lessons, pairs: Numbers, random: np.random.Generator) -> None:
    """Against articles that share the question's words, and any articles.

    Not against what answers the batch's other questions: that is what people ask about, and would sink below what nobody does.
    """
    questions, articles = pairs.T
    hard = [random.choice(lessons.hard[question], HARD, replace=False) for question in questions]
    shown = np.concatenate([articles, *hard, random.choice(lessons.articles.shape[0], RANDOM, replace=False)])
    excluded = np.array([np.isin(shown, lessons.texts.answers[question]) for question in questions])
    excluded[:, : len(articles)] = True
    np.fill_diagonal(excluded, val=False)
    learner.step_asking(lessons.questions[questions], lessons.articles[shown], excluded)


def _learn_cases(learner: Learner, lessons: Lessons, cases: Numbers, _: np.random.Generator) -> None:
    learner.step_asking(lessons.messages[cases], lessons.replies[cases], np.zeros((len(cases), len(cases)), bool), mutual=True)


def _remember(learner: Learner, lessons: Lessons, halves: Numbers, _: np.random.Generator) -> None:
    learner.step_alike(lessons.firsts[halves], lessons.seconds[halves])


def _batches(numbers: Numbers, size: int) -> list[Numbers]:
    """In order; a rest of less than half a batch is left out, for it holds too few counter-examples."""
    return [numbers[start : start + size] for start in range(0, len(numbers) - size // 2, size)]


if __name__ == "__main__":
    train(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)
