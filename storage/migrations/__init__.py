"""Bringing a database to the schema of this version, by explicit alembic revisions."""

from pathlib import Path

from sqlalchemy import Connection, MetaData, inspect
from sqlalchemy.ext.asyncio import AsyncEngine


async def upgrade(engine: AsyncEngine, metadata: MetaData, revision: str = "head") -> None:
    """Apply all revisions up to `revision`. A database that is up to date is left alone.

    Args:
        metadata: the tables of the whole house, for the comparison that alembic offers; handed in by bootstrap.
    """
    async with engine.execution_options(wensheng_writes=True).connect() as connection:
        await connection.run_sync(_upgrade, metadata, revision)
        await connection.commit()


def _upgrade(connection: Connection, metadata: MetaData, revision: str) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    config = alembic_config(connection, metadata)
    if revision == "head" and current_revision(connection) == ScriptDirectory.from_config(config).get_current_head():
        return
    command.upgrade(config, revision)


def current_revision(connection: Connection) -> str | None:
    """The revision the database stands at; None for an empty one."""
    from alembic.migration import MigrationContext

    if "alembic_version" not in inspect(connection).get_table_names():
        return None
    return MigrationContext.configure(connection).get_current_revision()


def alembic_config(connection: Connection, metadata: MetaData):  # type: ignore[no-untyped-def]  # alembic is imported only where used
    """What alembic's commands need to work on this connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes.update(connection=connection, target_metadata=metadata)
    return config
