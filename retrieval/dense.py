"""The dense index on disk: Chroma in this process, one collection for each pool, owned by one process at a time."""

import contextlib
import fcntl
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from retrieval.errors import IndexUnavailable
from retrieval.lexical import Entry
from retrieval.vectors import Vectors

BATCH_ROWS = 1_000
_INNER_PRODUCT = {"hnsw": {"space": "ip", "ef_construction": 100, "ef_search": 100}}


class FolderLock:
    """The right to write to a folder of indexes; lost with the process, so that a killed owner leaves nothing behind."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / "owner.lock").open("w")

    def acquire(self) -> bool:
        """Take it. False when another process has it."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        self._file.close()


class Chroma:
    """The opened vector database of a folder; a context manager. The caller holds the FolderLock.

    Raises:
        IndexUnavailable: the folder holds no readable database.
    """

    def __init__(self, folder: Path) -> None:
        import chromadb
        from chromadb.config import Settings

        _check_database(folder / "chroma.sqlite3")
        with _translated():
            self._client: Any = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def collection(self, name: str, embedder: str) -> "ChromaVectors":
        """The collection of a pool; one that another embedder filled is begun anew. Raises IndexUnavailable."""
        with _translated():
            collection = self._create(name, embedder)
            if (collection.metadata or {}).get("embedder") != embedder:
                self._client.delete_collection(name)
                collection = self._create(name, embedder)
            return ChromaVectors(self._client, collection)

    def _create(self, name: str, embedder: str) -> Any:
        return self._client.get_or_create_collection(
            name, embedding_function=None, configuration=_INNER_PRODUCT, metadata={"embedder": embedder}
        )


class ChromaVectors:
    """One collection. The port is `retrieval.vectors.VectorStore`."""

    def __init__(self, client: Any, collection: Any) -> None:
        self._client, self._collection = client, collection

    def count(self) -> int:
        with _translated():
            return int(self._collection.count())

    def rows(self) -> set[int]:
        with _translated():
            return set(map(int, self._collection.get(include=[])["ids"]))

    def clear(self) -> None:
        name, metadata = self._collection.name, self._collection.metadata
        with _translated():
            self._client.delete_collection(name)
            self._collection = self._client.create_collection(
                name, embedding_function=None, configuration=_INNER_PRODUCT, metadata=metadata
            )

    def replace(self, subjects: Collection[int], entries: Sequence[Entry], vectors: Vectors) -> None:
        with _translated():
            if subjects:
                self._collection.delete(where={"subject": {"$in": list(subjects)}})
            for start in range(0, len(entries), BATCH_ROWS):
                batch = entries[start : start + BATCH_ROWS]
                self._collection.upsert(
                    ids=[str(entry.row) for entry in batch],
                    embeddings=vectors[start : start + BATCH_ROWS],
                    metadatas=[{"subject": entry.subject} for entry in batch],
                )

    def search(self, vector: Vectors, limit: int) -> dict[int, float]:
        with _translated():
            limit = min(limit, self._collection.count())
            if not limit:
                return {}
            found = self._collection.query(query_embeddings=[vector], n_results=limit, include=["distances"])
        return {int(row): 1.0 - float(distance) for row, distance in zip(found["ids"][0], found["distances"][0], strict=True)}


def _check_database(file: Path) -> None:
    """Raises IndexUnavailable for a file that is no database: Chroma would remember that folder as broken for as long as we run."""
    if not file.exists():
        return
    try:
        with contextlib.closing(sqlite3.connect(file)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        raise IndexUnavailable(f"{file}：{error}") from error


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """Chroma's errors as ours."""
    from chromadb.errors import ChromaError

    try:
        yield
    except ChromaError as error:
        raise IndexUnavailable(str(error)) from error
