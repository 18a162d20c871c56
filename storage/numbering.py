"""Ids that are given out before their rows are written, so that rows can name each other and be written together."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from sqlalchemy import text
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

BLOCK = 50
"""So many ids are fetched at once on PostgreSQL; those left over at the end of the transaction stay unused."""
_KEPT = "numbers"


async def number(session: AsyncSession, table: type[SQLModel], block: int = BLOCK) -> int:
    """The id of a row that is about to be added, in a transaction of `Database.transaction`, whose writers take turns.

    Args:
        block: how many ids are fetched at once; 1 where gaps would be seen by people.
    """
    transaction, numbers = session.info.get(_KEPT, (None, {}))
    if transaction is None or transaction is not session.sync_session.get_transaction():
        await session.flush()
        transaction, numbers = session.sync_session.get_transaction() or session.sync_session.begin(), {}
        session.info[_KEPT] = transaction, numbers
    name = str(table.__tablename__)
    if name not in numbers or (given := next(numbers[name], None)) is None:
        numbers[name] = await _more(session, name, block)
        given = next(numbers[name])
    return int(given)


async def _more(session: AsyncSession, name: str, block: int) -> Iterator[int]:
    """SQLite would number rows just so; PostgreSQL has a sequence, whose numbers no later row gets."""
    connection = await session.connection()
    if connection.dialect.name == "sqlite":
        highest: Any = (await connection.execute(text(f'SELECT coalesce(max(id), 0) FROM "{name}"'))).scalar_one()  # noqa: S608  # own names
        return count(highest + 1)
    fetched = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :block)")
    return iter((await connection.execute(fetched, {"name": f'"{name}"', "block": block})).scalars().all())
