"""Fills a dense index with another embedder, a batch for each line on the standard input; the test kills it in the middle.

`python killed_filling.py DATABASE FOLDER BATCH`
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from retrieval.embedding import Vectors
from retrieval.library import Library
from retrieval.pool import PoolIndex
from storage.engine import Database, sqlite_url
from tests.retrieval.embedders import ShortEmbedder


class AskingEmbedder(ShortEmbedder):
    """Tells how many texts it is to embed, and waits for a line."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        if texts:
            sys.stdout.write(f"{len(texts)}\n")
            sys.stdout.flush()
            sys.stdin.readline()
        return super().embed(texts)


async def fill(file: str, folder: str) -> None:
    async with Database(sqlite_url(Path(file))) as database, Library.open(Path(folder), AskingEmbedder()) as library:
        async with database.reading() as session:
            await library.refresh(session)
        await library.wait_until_level()


if __name__ == "__main__":
    PoolIndex.embedded_at_once = int(sys.argv[3])
    asyncio.run(fill(*sys.argv[1:3]))
