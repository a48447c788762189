"""Databases for tests: made once in a process, emptied or brought back to a known state for each test.

An engine remembers how statements are compiled, which costs more than running them, so there is one for each address.
On PostgreSQL its connections stay open as well: a new one costs a process and the preparing of every statement.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

import models.tables
from models.database import Database

_databases: dict[str, Database] = {}


async def lasting(url: str, **options: Any) -> Database:
    """The database at that address, made when it is asked for first."""
    if url not in _databases:
        database = _databases[url] = Database(url, **options)
        if not database.is_sqlite:
            await database.create_all()
    return _databases[url]


def renew(database: Database) -> None:
    """As if newly made for this test's event loop."""
    database._writer = asyncio.Lock()
    database.commit_hook = None


_scribes: dict[Database, AsyncEngine] = {}


def _scribe(database: Database) -> AsyncEngine:
    """A connection for the scripts alone: whoever stops looking at foreign keys forgets the plans of all statements."""
    if database not in _scribes:
        _scribes[database] = create_async_engine(
            database.engine.url, pool_size=1, max_overflow=0, pool_pre_ping=True
        )
    return _scribes[database]


async def _script(database: Database, statements: Sequence[str]) -> None:
    """Many statements, one way there and back, for which no foreign key is looked at."""
    async with _scribe(database).connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        unchecked = ["SET session_replication_role = replica", *statements, "RESET session_replication_role"]
        await driver.execute(";\n".join(unchecked))


_TABLES = [table.name for table in models.tables.metadata.sorted_tables]
_FILLED = text(
    " UNION ALL ".join(
        f'SELECT {place} WHERE EXISTS (SELECT FROM public."{name}")' for place, name in enumerate(_TABLES)
    )
)
"""Most tables are empty at any time, and those are left alone."""


async def _filled(database: Database) -> list[str]:
    async with database.engine.connect() as connection:
        return [_TABLES[place] for (place,) in await connection.execute(_FILLED)]


def _emptied(filled: Sequence[str]) -> list[str]:
    """What empties them. DELETE is ten times as fast as TRUNCATE on small tables."""
    return [f'DELETE FROM public."{name}"' for name in filled]


async def empty_postgres(database: Database) -> None:
    """Leaves the schema and no rows; counters begin anew."""
    restart = (
        "SELECT setval(oid::regclass, 1, false) FROM pg_class"
        " WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
    )
    await _script(database, [*_emptied(await _filled(database)), restart])


async def keep_postgres(database: Database, schema: str) -> list[str]:
    """Puts copies of all rows, and where the counters stand, aside into a schema; the tables that have rows."""
    filled = await _filled(database)
    await _script(
        database,
        [
            f"DROP SCHEMA IF EXISTS {schema} CASCADE",
            f"CREATE SCHEMA {schema}",
            f"CREATE TABLE {schema}.counters AS SELECT sequencename, last_value FROM pg_sequences "
            "WHERE schemaname = 'public'",
            *(f'CREATE TABLE {schema}."{name}" AS TABLE public."{name}"' for name in filled),
        ],
    )
    return filled


async def restore_postgres(database: Database, schema: str, kept: Sequence[str]) -> None:
    """Makes the database what it was when that schema was kept, and rows were in those tables."""
    await _script(
        database,
        [
            *_emptied(await _filled(database)),
            *(f'INSERT INTO public."{name}" SELECT * FROM {schema}."{name}"' for name in kept),
            "SELECT setval(format('public.%I', sequencename)::regclass, coalesce(last_value, 1), "
            f"last_value IS NOT NULL) FROM {schema}.counters",
        ],
    )
