"""How often a document's clauses answered what people asked, whatever is asked now: 民法典 more often than the rules of one trade."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from knowledge_base.document import comparable_name

WEIGHTS = Path(__file__).parent / "weights" / "standing.npz"
DOUBT = 0.3
"""Answers that are added to what was counted and to what was expected, so that few of them move little."""
OWN_DOUBT = 3.0
"""The same for what a department's own replies cited: one reply moves little, ten say something."""
MOST_OWN = 1.5
"""So much, at most, do its own citations raise a document: what is cited is found, and what is found is cited."""
_ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?$")


@dataclass(frozen=True)
class Standing:
    """The standing of documents by their hashed titles: the logarithm of answers counted against answers expected from so many clauses."""

    by_title: Mapping[int, float]

    @classmethod
    def load(cls, file: Path) -> "Standing":
        with np.load(file) as stored:
            return cls(dict(zip(stored["titles"].tolist(), stored["standing"].tolist(), strict=True)))

    @classmethod
    def counted(cls, titles: Iterable[str], answering: Iterable[set[str]]) -> "Standing":
        """From experience.

        Args:
            titles: the title of each clause.
            answering: for each question the titles whose clauses answer it.
        """
        clauses = Counter(map(_number, titles))
        answers = Counter(number for titles_of_one in answering for number in {_number(title) for title in titles_of_one})
        rate = answers.total() / clauses.total()
        return cls({number: float(np.log((answers[number] + DOUBT) / (rate * held + DOUBT))) for number, held in clauses.items()})

    def experienced(self, cited: Mapping[str, int], held: Mapping[str, int], clauses: int) -> "Standing":
        """The same standing, raised for the documents that a department's published replies cited more often than their size explains.

        Args:
            cited: title -> how many published replies cited it.
            held: title -> how many clauses it has.
            clauses: how many there are in all.
        """
        rate = sum(cited.values()) / max(1, clauses)
        own = {title: float(np.log((count + OWN_DOUBT) / (rate * held.get(title, 0) + OWN_DOUBT))) for title, count in cited.items()}
        raised = {_number(title): self.of(title) + min(max(more, 0.0), MOST_OWN) for title, more in own.items()}
        return Standing({**self.by_title, **raised})

    def save(self, file: Path) -> None:
        titles = sorted(self.by_title)
        values = np.array([self.by_title[number] for number in titles], np.float16)
        np.savez_compressed(file, titles=np.array(titles, np.uint64), standing=values)

    def of(self, title: str) -> float:
        """The standing of a document; 0 where nothing is known of it."""
        return self.by_title.get(_number(title), 0.0)


@cache
def shipped() -> Standing:
    """The standing that was counted in training; card: docs/models/embedding.md."""
    return Standing.load(WEIGHTS)


def _number(title: str) -> int:
    plain = _ARTICLE.sub("", comparable_name(title))
    return int.from_bytes(hashlib.sha256(plain.encode()).digest()[:8], "big")
