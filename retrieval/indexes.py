"""The indexes of both pools in one folder: who owns it, up to which change they are level, and bringing them level."""

import json
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Event
from typing import TypeVar

import numpy as np

from knowledge_base.past_case import Pool
from retrieval.dense import Chroma, ChromaVectors, FolderLock
from retrieval.errors import IndexUnavailable, ModelUnavailable
from retrieval.lexical import Entry, LexicalIndex
from retrieval.model import Embedder
from retrieval.pool import PoolIndex
from retrieval.vectors import MemoryVectors

TERMS_VERSION = 1
"""Changes whenever `retrieval.terms.terms` would cut a text differently; the lexical index is rebuilt then."""
LEVEL_FILE = "level.json"

T = TypeVar("T")

Entries = Mapping[Pool, Sequence[Entry]]
Subjects = Mapping[Pool, Collection[int]]


@dataclass(frozen=True)
class Level:
    """Up to which KnowledgeChange the indexes are level, and by what they were made. None: to be made anew.

    `filling`: the change as of which the dense index began to be filled, so that a process that was killed over it is followed by one that
    goes on; None once it is whole.
    """

    lexical: int | None = None
    dense: int | None = None
    filling: int | None = None
    embedder: str = ""
    terms_version: int = TERMS_VERSION

    @property
    def dense_from(self) -> int | None:
        """The dense index holds nothing that changed later."""
        return self.filling if self.dense is None else self.dense

    @property
    def least(self) -> int:
        """All changes up to this one are in both indexes, or they are to be made anew anyhow."""
        return min(self.lexical or 0, self.dense_from or 0)


class Indexes:
    """Both pools' indexes. Blocking: call it in threads; writing is for one thread at a time, searching for any.

    Args:
        folder: where they are kept; None keeps them in memory.

    Attributes:
        elsewhere: whether another process owns the folder; this one then searches lexically, in memory.
        filled: which part of a pool's dense index is filled while it is made anew, 0 to 1.
    """

    def __init__(self, folder: Path | None, embedder: Embedder) -> None:
        self._closing = Event()
        self._behind: dict[Pool, set[int]] = {pool: set() for pool in Pool}
        self.filled = dict.fromkeys(Pool, 0.0)
        with ExitStack() as opened:
            self._opened = opened
            self.embedder, self.elsewhere = embedder, folder is not None and not self._own(folder)
            self._folder = None if self.elsewhere else folder
            self.pools = self._open_pools()
            self.level = self._stored_level()
            self._opened = opened.pop_all()

    def close(self) -> None:
        """Give the folder back. The caller waits for writers first, which `stop` lets end early."""
        self._opened.close()

    def stop(self) -> None:
        """Let a writer end after the batch at hand; the next start goes on."""
        self._closing.set()

    def follow_lexical(self, entries: Entries, changed: Subjects, at: int) -> None:
        """Bring the lexical indexes level with all entries.

        Args:
            changed: documents and cases that changed since the index was last level.
            at: number of the last change.
        """
        for pool, index in self.pools.items():
            if self.level.lexical is not None:
                index.lexical.replace(changed[pool], [entry for entry in entries[pool] if entry.subject in changed[pool]])
            if self.level.lexical is None or index.lexical.count() != len(entries[pool]):
                index.lexical.clear()
                index.lexical.replace((), entries[pool])
        self._note(replace(self.level, lexical=at))

    def follow_dense(self, entries: Entries, changed: Subjects, at: int) -> None:
        """Bring the dense indexes level with all entries; while one is made anew its pool is searched lexically.

        Where the embedder does not answer they stay as they are, not level; the caller tries again.
        """
        if self.elsewhere:
            return
        for pool in self.pools:
            self._behind[pool].update(changed[pool])
        if self.level.dense_from is None:
            self._begin_dense(at)
        for pool, index in self.pools.items():
            try:
                if not self._follow_dense(pool, index, entries[pool]):
                    return
            except (IndexUnavailable, ModelUnavailable):
                index.dense_ready = False
                return
        self._note(replace(self.level, dense=at, filling=None))

    @property
    def is_behind(self) -> bool:
        """Whether a dense index is not whole, and could be."""
        return any(index.vectors is not None and not index.dense_ready for index in self.pools.values())

    def _begin_dense(self, at: int) -> None:
        """Empty the dense indexes, and note as of when they are filled: the process that follows a killed one goes on from there."""
        for pool, index in self.pools.items():
            index.clear_dense()
            self._behind[pool].clear()
        self._note(replace(self.level, filling=at))

    def _follow_dense(self, pool: Pool, index: PoolIndex, entries: Sequence[Entry]) -> bool:
        """Replace what changed and add what is missing. False when told to stop."""
        if changed := self._behind[pool]:
            index.replace_dense(changed, [entry for entry in entries if entry.subject in changed])
            changed.clear()
        if index.count_dense() != len(entries) and not self._fill(pool, index, entries):
            return False
        index.dense_ready = True
        return True

    def _fill(self, pool: Pool, index: PoolIndex, entries: Sequence[Entry]) -> bool:
        """Add what is missing in batches; begin anew where there is more than there should be. False when told to stop."""
        index.dense_ready = False
        missing = index.missing_dense(entries)
        if index.count_dense() + len(missing) != len(entries):
            index.clear_dense()
            missing = entries
        for start in range(0, len(missing), index.embedded_at_once):
            self.filled[pool] = 1 - (len(missing) - start) / len(entries)
            if self._closing.is_set():
                return False
            index.replace_dense((), missing[start : start + index.embedded_at_once])
        return True

    def _own(self, folder: Path) -> bool:
        lock = FolderLock(folder)
        self._opened.callback(lock.release)
        return lock.acquire()

    def _open_pools(self) -> Mapping[Pool, PoolIndex]:
        if self._folder is None:
            stores = {pool: None if self.elsewhere else MemoryVectors(self.embedder.dimensions) for pool in Pool}
            return {pool: PoolIndex(LexicalIndex(), self.embedder, stores[pool]) for pool in Pool}
        terms = {pool: _anew_if_damaged(self._folder / "terms" / pool, LexicalIndex) for pool in Pool}
        vectors = self._open_vectors(self._folder / "vectors", self._folder / "opening-vectors")
        return {pool: PoolIndex(terms[pool], self.embedder, vectors[pool]) for pool in Pool}

    def _open_vectors(self, folder: Path, opening: Path) -> Mapping[Pool, ChromaVectors]:
        """Open and probe the vectors. Damaged ones can take the process down: the file `opening` tells the next start that it did."""
        if opening.exists():
            shutil.rmtree(folder, ignore_errors=True)
        opening.touch()
        vectors = _anew_if_damaged(folder, self._probed_vectors)
        opening.unlink()
        return vectors

    def _probed_vectors(self, folder: Path) -> Mapping[Pool, ChromaVectors]:
        chroma = self._opened.enter_context(Chroma(folder))
        vectors = {pool: chroma.collection(pool, self.embedder.identity) for pool in Pool}
        for collection in vectors.values():
            collection.search(np.eye(1, self.embedder.dimensions, dtype=np.float32)[0], 1)
        return vectors

    def _stored_level(self) -> Level:
        fresh = Level(embedder=self.embedder.identity)
        if self._folder is None:
            return fresh
        try:
            stored = Level(**json.loads((self._folder / LEVEL_FILE).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return fresh
        lexical = stored.lexical if stored.terms_version == TERMS_VERSION else None
        if stored.embedder != fresh.embedder:
            return replace(fresh, lexical=lexical)
        return replace(fresh, lexical=lexical, dense=stored.dense, filling=stored.filling)

    def _note(self, level: Level) -> None:
        self.level = level
        if self._folder is not None:
            beside = self._folder / f"{LEVEL_FILE}.new"
            beside.write_text(json.dumps(asdict(level)), encoding="utf-8")
            beside.replace(self._folder / LEVEL_FILE)


def _anew_if_damaged(folder: Path, opened: Callable[[Path], T]) -> T:
    """Open an index; one that cannot be read is thrown away, for the rows hold all that was in it."""
    try:
        return opened(folder)
    except IndexUnavailable:
        shutil.rmtree(folder)
        return opened(folder)
