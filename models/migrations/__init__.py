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


def _upgrade(connection: Connection, revision: str) -> None:
    command.upgrade(alembic_config(connection), revision)


def _is_current(connection: Connection) -> bool:
    head = ScriptDirectory.from_config(alembic_config(connection)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


async def upgrade(database: Database, revision: str = "head") -> None:
    """Creates or upgrades the schema, up to that revision; nothing happens when it is current."""
    async with database.engine.begin() as connection:
        if not await connection.run_sync(_is_current):
            await connection.run_sync(_upgrade, revision)


def is_known(revision: str) -> bool:
    """Whether this version of the software can read a database of that revision."""
    scripts = ScriptDirectory(str(Path(__file__).parent))
    return revision in {script.revision for script in scripts.walk_revisions()}


async def is_current(database: Database) -> bool:
    """Whether the schema is the one this version was written for."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(_is_current)
