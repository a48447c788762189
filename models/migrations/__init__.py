"""Schema changes, in order. `upgrade` brings any earlier database to the present schema."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from models.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

_FOLDER = Path(__file__).parent
_NAMED = re.compile(r"^(down_revision|revision)\b[^=]*= ['\"](\w+)", re.MULTILINE)
_LOCK = 7_210_338
"""Any number that nobody else in this database locks."""


def alembic_config(connection: Connection) -> Config:
    """Alembic for this folder, on an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection, revision: str) -> None:
    from alembic import command

    command.upgrade(alembic_config(connection), revision)


@cache
def head() -> str:
    """The last revision: the one that no other builds on. Read from the files, for alembic takes half a second to load."""
    names = [dict(_NAMED.findall(file.read_text("utf-8"))) for file in (_FOLDER / "versions").glob("*.py")]
    (last,) = {each["revision"] for each in names} - {each.get("down_revision") for each in names}
    return str(last)


def _is_current(connection: Connection) -> bool:
    if not inspect(connection).has_table("alembic_version"):
        return False
    return list(connection.scalars(text("SELECT version_num FROM alembic_version"))) == [head()]


async def upgrade(database: Database, revision: str = "head") -> None:
    """Creates or upgrades the schema, up to that revision; nothing happens when it is current.

    All steps are one transaction: a process killed in the middle leaves the schema as it was. Of several that begin at
    the same time one does it and the others wait.
    """
    async with database.engine.begin() as connection:
        if not database.is_sqlite:  # SQLite lets one in at a time anyway
            await connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        if not await connection.run_sync(_is_current):
            await connection.run_sync(_upgrade, revision)


def is_known(revision: str) -> bool:
    """Whether this version of the software can read a database of that revision."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(_FOLDER))
    return revision in {script.revision for script in scripts.walk_revisions()}


async def is_current(database: Database) -> bool:
    """Whether the schema is the one this version was written for."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(_is_current)
