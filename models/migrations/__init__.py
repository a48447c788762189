"""Schema changes, in order. `upgrade` brings any earlier database to the present schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from models.database import Database


def alembic_config(connection: Connection) -> Config:
    """Alembic for this folder, on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(alembic_config(connection), "head")


def _is_current(connection: Connection) -> bool:
    head = ScriptDirectory.from_config(alembic_config(connection)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


async def upgrade(database: Database) -> None:
    """Creates or upgrades the schema; nothing happens when it is current."""
    async with database.engine.begin() as connection:
        if not await connection.run_sync(_is_current):
            await connection.run_sync(_upgrade)


async def is_current(database: Database) -> bool:
    """Whether the schema is the one this version was written for."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(_is_current)
