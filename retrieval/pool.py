"""One pool's two indexes searched as one: lexical and dense ranking, fused, nothing kept that may not be offered."""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import islice

import numpy as np

from retrieval.errors import IndexUnavailable, ModelUnavailable
from retrieval.fusion import fuse
from retrieval.lexical import Entry, LexicalIndex
from retrieval.model import Embedder
from retrieval.vectors import VectorStore

DENSE_WEIGHT = 1.5
"""What likeness counts among clauses (docs/decisions/0003-lexical-index.md)."""
DEPTH = 400
"""So many rows of each ranking are fused, even where fewer are asked for."""
WIDENING = 4


class PoolIndex:
    """The indexes of one pool.

    Args:
        vectors: None searches lexically only.

    Attributes:
        dense_ready: whether the dense index is whole; otherwise it is not asked.
        embedded_at_once: so many texts are embedded and stored together.
    """

    embedded_at_once = 1_000

    def __init__(self, lexical: LexicalIndex, embedder: Embedder, vectors: VectorStore | None) -> None:
        self.lexical, self.embedder, self.vectors, self.dense_ready = lexical, embedder, vectors, False

    def count_dense(self) -> int:
        """How many rows the dense index holds."""
        return self.vectors.count() if self.vectors else 0

    def missing_dense(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """The entries that the dense index does not hold yet."""
        held = self.vectors.rows() if self.vectors else set()
        return [entry for entry in entries if entry.row not in held]

    def clear_dense(self) -> None:
        """Empty the dense index."""
        if self.vectors:
            self.vectors.clear()

    def replace_dense(self, subjects: Collection[int], entries: Sequence[Entry]) -> None:
        """Take all rows of `subjects` out of the dense index and put `entries` in."""
        if self.vectors:
            self.vectors.replace(subjects, (), np.zeros((0, self.embedder.dimensions), np.float32))
            for start in range(0, len(entries), self.embedded_at_once):
                batch = entries[start : start + self.embedded_at_once]
                self.vectors.replace((), batch, self.embedder.embed([entry.text for entry in batch]))

    def search(
        self,
        text: str,
        weights: Mapping[str, float],
        limit: int,
        *,
        keep: Callable[[int], bool],
        places: Collection[str] | None = None,
        standing: Callable[[int], float] = lambda _: 0.0,
        dense_weight: float = DENSE_WEIGHT,
    ) -> dict[int, float]:
        """Rows that may be offered, with their scores, best first. Each index is asked for more until enough are left.

        Args:
            text: the query for the dense ranking, in its own words.
            weights: the query's terms for the lexical one.
            keep: whether a row may be offered.
            places: places to which the lexical search is narrowed beforehand.
            standing: what a row has whatever is asked.
            dense_weight: what likeness counts against the share of the best lexical score.
        """
        lexical = _widened(lambda fetch: self.lexical.search(weights, fetch, places), limit, keep)
        fused = fuse(lexical, self._search_dense(text, limit, keep), dense_weight, standing)
        return dict(islice(fused.items(), limit))

    def _search_dense(self, text: str, limit: int, keep: Callable[[int], bool]) -> dict[int, float]:
        vectors = self.vectors
        if vectors is None or not self.dense_ready:
            return {}
        try:
            vector = self.embedder.embed_question(text)
            return _widened(lambda fetch: vectors.search(vector, fetch), limit, keep)
        except (ModelUnavailable, IndexUnavailable):
            return {}


def _widened(search: Callable[[int], dict[int, float]], limit: int, keep: Callable[[int], bool]) -> dict[int, float]:
    """Ask for ever more until `limit` rows are left that may be offered, or there are no more."""
    fetch = max(DEPTH, 2 * limit)
    while True:
        found = search(fetch)
        kept = {row: score for row, score in found.items() if keep(row)}
        if len(kept) >= limit or len(found) < fetch:
            return kept
        fetch *= WIDENING
