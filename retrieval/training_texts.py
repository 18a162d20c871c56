"""What the embedded embedder learns from: which questions, texts and halves of texts belong together."""

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.contrastive import Bags
from retrieval.embedding import Vectors
from retrieval.ngrams import BUCKETS, bags_of

HELD_BUCKETS = 65_536
LAY_COUNTS = 5
"""An n-gram in a citizen's message counts as in so many articles when the buckets that get a vector are chosen."""
SHORTEST_SENTENCE = 6
SHORTEST_HALVED = 30
_SENTENCE = re.compile(r"(?<=[。；\n])")


@dataclass(frozen=True)
class TrainingTexts:
    """Texts as they are read.

    Attributes:
        documents, bare: title and text of each article, side by side.
        questions, answers: lay questions, and for each the numbers of the articles that answer it.
        messages, replies: of past cases, side by side.
        titles, bodies: of citizens' messages, side by side.
        halves: two parts of one article, side by side, one of them with the title.
    """

    documents: list[str]
    bare: list[str]
    questions: list[str]
    answers: list[list[int]]
    messages: list[str]
    replies: list[str]
    titles: list[str]
    bodies: list[str]
    halves: list[tuple[str, str]]

    @property
    def articles(self) -> list[str]:
        """Each article as it is indexed, with its title."""
        return [f"{_short(title)} {text}" for title, text in zip(self.documents, self.bare, strict=True)]


@dataclass(frozen=True)
class Buckets:
    """The buckets of n-grams that get a vector, rising, and how rare each is among the articles."""

    numbers: NDArray[np.int64]
    rarity: Vectors

    def bags(self, texts: Sequence[str]) -> Bags:
        """Texts as a sparse matrix, a row of unit length each: as the embedder weighs them, but for the vectors."""
        from scipy import sparse  # type: ignore[import-untyped]  # no stubs; needed for training only

        weighed = _counts(texts)[:, self.numbers].sqrt() @ sparse.diags(self.rarity)
        lengths = np.sqrt(weighed.multiply(weighed).sum(1).A1)
        return (sparse.diags((1 / np.maximum(lengths, 1e-6)).astype(np.float32)) @ weighed).tocsr().astype(np.float32)


def read_texts(folder: Path, random: np.random.Generator) -> TrainingTexts:
    """The texts of a data folder: statutes/corpus, statutes/queries, cases/past_replies, feed/*; JSON lines, gzipped or not."""
    articles = list(_rows(folder, "statutes/corpus"))
    place = {str(row["id"]): number for number, row in enumerate(articles)}
    questions = list(_rows(folder, "statutes/queries"))
    cases = list(_rows(folder, "cases/past_replies"))
    feed = [row for file in sorted((folder / "feed").glob("*.jsonl*")) for row in _rows(folder, f"feed/{file.name.partition('.')[0]}")]
    return TrainingTexts(
        documents=[row["title"] for row in articles],
        bare=[row["text"] for row in articles],
        questions=[row["text"] for row in questions],
        answers=[[place[str(found["id"])] for found in row["gold"]] for row in questions],
        messages=[row["question"] for row in cases],
        replies=[row["reply"] for row in cases],
        titles=[row["title"] for row in feed],
        bodies=[row["text"] for row in feed],
        halves=[halves for row in articles if (halves := _halved(_short(row["title"]), row["text"].strip(), random))],
    )


def choose_buckets(texts: TrainingTexts) -> Buckets:
    """The buckets that most texts hold. The questions are left out, so that none is known before it is asked."""
    held = np.bincount(_counts(texts.articles).indices, minlength=BUCKETS)
    lay = np.bincount(_counts([*texts.messages, *texts.bodies]).indices, minlength=BUCKETS)
    numbers = np.sort(np.argsort(-(held + LAY_COUNTS * lay), kind="stable")[:HELD_BUCKETS])
    rarity = np.log(1 + (len(texts.articles) - held + 0.5) / (held + 0.5))
    return Buckets(numbers, rarity[numbers].astype(np.float32))


def _short(title: str) -> str:
    return title.removeprefix("中华人民共和国")


def _counts(texts: Sequence[str]) -> Any:
    from scipy import sparse

    bags = bags_of(texts)
    return sparse.csr_matrix((bags.times.astype(np.float32), (bags.text, bags.bucket)), shape=(len(texts), BUCKETS))


def _halved(title: str, text: str, random: np.random.Generator) -> tuple[str, str] | None:
    """An article in two parts, at the end of a sentence or, where it has only one, at a comma; None where it is too short."""
    sentences = [part for part in _SENTENCE.split(text) if len(part) > SHORTEST_SENTENCE]
    if len(sentences) > 1:
        cut = random.integers(1, len(sentences))
        return f"{title} {''.join(sentences[:cut])}", "".join(sentences[cut:])
    comma = text.find("，", len(text) // 3)
    return (text[:comma], f"{title} {text[comma:]}") if len(text) > SHORTEST_HALVED and comma > 0 else None


def _rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    plain = folder / f"{name}.jsonl"
    with plain.open(encoding="utf-8") if plain.exists() else gzip.open(f"{plain}.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)
