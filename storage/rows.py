"""Many rows in one statement, past SQLAlchemy's unit of work, which takes some ten times as long for each.

Rows that are `put` are written with the next `settle`, before anything that the session itself writes: they may be named by that. From then
on the session knows them like rows that it has read.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Table, event
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.instrumentation import manager_of_class
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

_UNSETTLED = "unsettled_rows"

Process = Callable[[Any], Any] | None
T = TypeVar("T", bound=SQLModel)


def new_row(table: type[T], columns: Mapping[str, Any]) -> T:
    """A row of columns that are known to be right; what is not given stands at its default.

    Its id is given out beforehand (`storage.numbering`). It is not validated, and SQLAlchemy takes no note of each column.
    """
    row: T = manager_of_class(table).new_instance()
    row.__dict__.update({name: make() for name, make in _defaults(table)})
    row.__dict__.update(columns)
    return row


def put(session: AsyncSession, row: SQLModel) -> None:
    """Let a row with an id be written with the next `settle`, or before whatever the session writes next."""
    info = session.sync_session.info
    if _UNSETTLED not in info:
        info[_UNSETTLED] = {}
        event.listen(session.sync_session, "before_flush", lambda flushing, *_: _settle(flushing))
        event.listen(session.sync_session, "before_commit", _settle)
    info[_UNSETTLED].setdefault(type(row), []).append(row)


async def settle(session: AsyncSession) -> None:
    """Write what was put, and all else that is pending, so that queries find it."""
    if session.sync_session.info.get(_UNSETTLED):
        await session.run_sync(_settle)
    await session.flush()


async def insert(
    session: AsyncSession, table: type[SQLModel], columns: Sequence[str], rows: Sequence[Sequence[Any]], *, where_missing: bool = False
) -> None:
    """Write rows that nobody needs as objects.

    Args:
        rows: values in the order of `columns`.
        where_missing: whether rows that stand already are left alone.
    """
    if rows:
        await session.run_sync(lambda sync: _insert(sync.connection(), _table(table), tuple(columns), rows, where_missing=where_missing))


def _settle(session: Session) -> None:
    unsettled: dict[type[SQLModel], list[SQLModel]] = session.info[_UNSETTLED]
    if not unsettled:
        return
    session.info[_UNSETTLED] = {}
    for table in _in_order(frozenset(unsettled)):
        columns = tuple(_table(table).columns.keys())
        values = itemgetter(*columns)
        _insert(session.connection(), _table(table), columns, [values(row.__dict__) for row in unsettled[table]])
        for row in unsettled[table]:
            make_transient_to_detached(row)
        session.add_all(unsettled[table])


def _insert(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[Sequence[Any]], *, where_missing: bool = False
) -> None:
    statement, processes = _insertion(table, columns, connection.dialect, where_missing)
    if any(processes):
        told = [[value if process is None else process(value) for process, value in zip(processes, row, strict=True)] for row in rows]
        rows = [tuple(row) for row in told]
    connection.exec_driver_sql(statement, list(rows))


@cache
def _insertion(table: Table, columns: tuple[str, ...], dialect: Dialect, where_missing: bool) -> tuple[str, tuple[Process, ...]]:
    """The statement in the driver's own words, and how each value is made ready for it."""
    numbered = dialect.paramstyle.startswith("numeric")
    places = ", ".join(f"${place}" if numbered else "?" for place in range(1, len(columns) + 1))
    named = ", ".join(f'"{name}"' for name in columns)
    statement = f'INSERT INTO "{table.name}" ({named}) VALUES ({places})'  # noqa: S608  # own names
    processes = tuple(table.columns[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns)
    return statement + (" ON CONFLICT DO NOTHING" if where_missing else ""), processes


@cache
def _in_order(tables: frozenset[type[SQLModel]]) -> list[type[SQLModel]]:
    """Each table after those that it names."""
    places = {table.name: place for place, table in enumerate(SQLModel.metadata.sorted_tables)}
    return sorted(tables, key=lambda table: places[_table(table).name])


@cache
def _table(table: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(table.__tablename__)]


@cache
def _defaults(table: type[SQLModel]) -> Sequence[tuple[str, Callable[[], Any]]]:
    return [(name, _maker(field)) for name, field in table.model_fields.items() if not field.is_required()]


def _maker(field: Any) -> Callable[[], Any]:
    return field.default_factory or (lambda: field.default)
