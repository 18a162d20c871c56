"""The migrations make exactly the tables of the classes, on both databases, forth and back."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from bot.tables import metadata
from storage.engine import Database
from storage.migrations import alembic_config, current_revision, upgrade

pytestmark = pytest.mark.both_databases
T = TypeVar("T")
TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    " UNION SELECT proname || '()' FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}


async def run(database: Database, act: Callable[[Connection], T]) -> T:
    async with database.transaction() as session:
        return await (await session.connection()).run_sync(act)


def described(connection: Connection) -> dict[str, dict[str, Any]]:
    """Everything the database itself says of each table: columns, keys, constraints, indexes."""
    found, tables = inspect(connection), {}
    for table in sorted(set(found.get_table_names()) - {"alembic_version"}):
        tables[table] = {
            "columns": {(c["name"], repr(c["type"]), c["nullable"], c["default"]) for c in found.get_columns(table)},
            "primary key": found.get_pk_constraint(table)["constrained_columns"],
            "foreign keys": {
                (*f["constrained_columns"], f["referred_table"], *f["referred_columns"]) for f in found.get_foreign_keys(table)
            },
            "unique": {tuple(u["column_names"]) for u in found.get_unique_constraints(table)},
            "checks": {(c["name"], c["sqltext"]) for c in found.get_check_constraints(table)},
            "indexes": {(i["name"], tuple(i["column_names"]), bool(i["unique"])) for i in found.get_indexes(table)},
        }
    return tables


def down_to_nothing(connection: Connection) -> None:
    command.downgrade(alembic_config(connection, metadata()), "base")


def triggers(connection: Connection) -> set[str]:
    """Triggers, and on PostgreSQL their functions too."""
    return set(connection.exec_driver_sql(TRIGGERS[connection.dialect.name]).scalars())


async def test_the_next_revision_would_be_empty(database: Database) -> None:
    assert await run(database, lambda connection: compare_metadata(MigrationContext.configure(connection), metadata())) == []


async def test_migrated_tables_are_those_of_the_classes(database: Database) -> None:
    migrated = await run(database, described)
    await run(database, down_to_nothing)
    assert await run(database, described) == {}
    await run(database, metadata().create_all)
    created = await run(database, described)
    assert migrated.keys() == created.keys() == metadata().tables.keys()
    for table in created:
        assert migrated[table] == created[table], table


async def test_down_to_nothing_and_up_again_gives_the_same(database: Database) -> None:
    before, guards = await run(database, described), await run(database, triggers)
    await run(database, down_to_nothing)
    assert (await run(database, described), await run(database, triggers)) == ({}, set())
    assert guards
    await upgrade(database.engine, metadata())
    assert (await run(database, described), await run(database, triggers)) == (before, guards)


async def test_what_is_up_to_date_is_left_alone(database: Database) -> None:
    revision, before = await run(database, current_revision), await run(database, described)
    await upgrade(database.engine, metadata())
    assert (await run(database, current_revision), await run(database, described)) == (revision, before)


async def test_processes_that_start_together_migrate_once(database: Database) -> None:
    await run(database, down_to_nothing)
    async with Database(database.url) as other:
        await asyncio.gather(*(upgrade(each.engine, metadata()) for each in (database, other)))
    assert (await run(database, described)).keys() == metadata().tables.keys()
