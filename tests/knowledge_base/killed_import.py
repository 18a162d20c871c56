"""A process that imports a folder and says so after each batch, to be killed: `killed_import.py <database> <folder>`."""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from bot.tables import metadata
from knowledge_base.importing_in_bulk import import_path
from storage.clock import CHINA
from storage.engine import Database, sqlite_url


async def main(database: str, folder: str) -> None:
    metadata()
    async with Database(sqlite_url(Path(database))) as opened:
        now = datetime(2026, 3, 6, 18, 42, tzinfo=CHINA)
        async for done in import_path(opened.transaction, Path(folder), actor="周明", now=lambda: now, approve=True):
            sys.stdout.write(f"{done.documents}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
