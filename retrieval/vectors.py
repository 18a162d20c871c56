"""Where vectors are kept and found: the port, and a store in memory for small or passing collections."""

from collections.abc import Collection, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.lexical import Entry

Vectors = NDArray[np.float32]


class VectorStore(Protocol):
    """Vectors of rows, replaced by subject. A derived thing: it may be cleared and filled again at any time."""

    def count(self) -> int:
        """How many rows it holds."""
        ...

    def rows(self) -> set[int]:
        """The rows it holds."""
        ...

    def clear(self) -> None:
        """Take everything out."""
        ...

    def replace(self, subjects: Collection[int], entries: Sequence[Entry], vectors: Vectors) -> None:
        """Take out all rows of `subjects` and put `entries` with their vectors in."""
        ...

    def search(self, vector: Vectors, limit: int) -> dict[int, float]:
        """Rows with their cosine similarity to a vector of unit length, best first."""
        ...


class MemoryVectors:
    """Exact search by one product; gone with the process."""

    def __init__(self, dimensions: int) -> None:
        self._dimensions = dimensions
        self.clear()

    def count(self) -> int:
        return len(self._rows)

    def rows(self) -> set[int]:
        return set(self._rows.tolist())

    def clear(self) -> None:
        self._rows: NDArray[np.int64] = np.zeros(0, np.int64)
        self._subjects: NDArray[np.int64] = np.zeros(0, np.int64)
        self._vectors: Vectors = np.zeros((0, self._dimensions), np.float32)

    def replace(self, subjects: Collection[int], entries: Sequence[Entry], vectors: Vectors) -> None:
        kept = ~np.isin(self._subjects, list(subjects))
        self._rows = np.concatenate([self._rows[kept], np.array([entry.row for entry in entries], np.int64)])
        self._vectors = np.concatenate([self._vectors[kept], vectors])
        self._subjects = np.concatenate([self._subjects[kept], np.array([entry.subject for entry in entries], np.int64)])

    def search(self, vector: Vectors, limit: int) -> dict[int, float]:
        rows, vectors = self._rows, self._vectors
        likeness = vectors[: len(rows)] @ vector
        nearest = np.argpartition(-likeness, limit)[:limit] if limit < len(likeness) else np.arange(len(likeness))
        best = nearest[np.argsort(-likeness[nearest], kind="stable")]
        return {int(rows[place]): float(likeness[place]) for place in best}
