"""How well questions find what answers them, by the search that the department uses. For training only."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Self

import numpy as np
from numpy.typing import NDArray

from knowledge_base.region import NATIONAL
from retrieval.bridging import weigh
from retrieval.embedding import HashedEmbedder
from retrieval.evidence import CaseHit, ClauseHit
from retrieval.lexical import LexicalIndex
from retrieval.library import Library
from retrieval.shelf import ShelvedCase, ShelvedClause
from retrieval.standing import Standing
from retrieval.training_texts import TrainingTexts

HARDEST = 60
"""So many articles that share a question's words are counter-examples."""
DEEP = 10
DRAWS = 1_000

Chosen = NDArray[np.bool_]


@dataclass
class Measured:
    """Values of single questions by way of searching and measure."""

    values: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))

    def note(self, way: str, ranked: Sequence[int], answers: Sequence[int], *, kind: str) -> None:
        """Note what one question found, best first."""
        first = next((1 / place for place, row in enumerate(ranked, 1) if row in answers), 0.0)
        self.values[way, f"{kind}: found among ten"].append(len(set(ranked[:DEEP]) & set(answers)) / len(answers))
        self.values[way, f"{kind}: reciprocal rank"].append(first)
        self.values[way, f"{kind}: found first"].append(float(first == 1.0))

    def table(self) -> str:
        """A line for each measure and way: mean and 95 % bootstrap interval."""
        random = np.random.default_rng(0)
        return "".join(
            f"{measure:<36} {way:<30} {_with_interval(values, random)}\n" for (way, measure), values in sorted(self.values.items())
        )


@dataclass(frozen=True)
class Measuring:
    """The articles and past replies of the training texts as the department's search knows them."""

    texts: TrainingTexts
    clauses: Sequence[ShelvedClause]
    cases: Sequence[ShelvedCase]

    @classmethod
    def of(cls, texts: TrainingTexts) -> Self:
        """The questions of past cases are left out: their messages search for the reply."""
        clauses = [_clause(number, document, text) for number, (document, text) in enumerate(zip(texts.documents, texts.bare, strict=True))]
        cases = [ShelvedCase(number, CaseHit(str(number), "", reply, "", "", None, 0.0)) for number, reply in enumerate(texts.replies)]
        return cls(texts, clauses, cases)

    def hard(self) -> list[NDArray[np.int64]]:
        """For each question the articles that share its words most and do not answer it."""
        index = LexicalIndex()
        index.replace((), [clause.entry() for clause in self.clauses])
        found = (list(index.search(weigh(question), HARDEST)) for question in self.texts.questions)
        return [np.setdiff1d(rows, answers) for rows, answers in zip(found, self.texts.answers, strict=True)]

    def measure(self, embedder: HashedEmbedder, standing: Standing, questions: Chosen, cases: Chosen, into: Measured) -> None:
        """Search for some questions and messages: as shipped, without standing, and by words alone."""
        library = Library.of(self.clauses, self.cases, embedder, standing)
        self._search("words, vectors and standing", library, questions, cases, into)
        library.standing = Standing({})
        self._search("words and vectors", library, questions, cases, into)
        library.search_by_words_alone()
        self._search("words alone", library, questions, cases, into)

    def _search(self, way: str, library: Library, questions: Chosen, cases: Chosen, into: Measured) -> None:
        for number in np.flatnonzero(questions):
            hits = library.search_clauses(self.texts.questions[number], region=NATIONAL, on=date.max, limit=100)
            into.note(way, [int(hit.key) for hit in hits], self.texts.answers[number], kind="articles")
        for number in np.flatnonzero(cases):
            replies = library.search_cases(self.texts.messages[number], limit=100)
            into.note(way, [int(hit.key) for hit in replies], [int(number)], kind="own reply")


def _clause(number: int, title: str, text: str) -> ShelvedClause:
    hit = ClauseHit(str(number), number, title, "", text, "", None, None, 0.0)
    return ShelvedClause(number, hit, NATIONAL)


def _with_interval(values: Sequence[float], random: np.random.Generator) -> str:
    held = np.array(values)
    means = held[random.integers(0, len(held), (DRAWS, len(held)))].mean(1)
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{held.mean():.3f} ({low:.3f}-{high:.3f}), {len(held)}"
