"""Databases for tests: made once in a process, emptied or brought back to a known state for each test.

An engine remembers how statements are compiled, which costs more than running them, so there is one for each address.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import text

import models.tables
from models.database import Database

Build = Callable[[Database], Awaitable[None]]
_databases: dict[str, Database] = {}


async def lasting(url: str, **options: Any) -> Database:
    """The database at that address, as if newly made for this test's event loop."""
    database = _databases.get(url)
    if database is None:
        database = _databases[url] = Database(url, **options)
        if not database.is_sqlite:
            await database.create_all()
    database._writer = asyncio.Lock()
    database.commit_hook = None
    return database


async def _script(database: Database, statements: Sequence[str]) -> None:
    """Many statements, one way there and back."""
    if not statements:
        return
    async with database.engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.execute(";\n".join(statements))


_TABLES = [table.name for table in models.tables.metadata.sorted_tables]
_FILLED = " UNION ALL ".join(
    f'SELECT {place} WHERE EXISTS (SELECT FROM public."{name}")' for place, name in enumerate(_TABLES)
)
"""Most tables are empty at any time, and those are left alone."""


async def _emptied(database: Database) -> list[str]:
    """What empties the tables that have rows. DELETE is ten times as fast as TRUNCATE on small tables."""
    async with database.engine.connect() as connection:
        filled = {place for (place,) in await connection.execute(text(_FILLED))}
    return [f'DELETE FROM public."{_TABLES[place]}"' for place in sorted(filled, reverse=True)]


async def empty_postgres(url: str) -> Database:
    """A database with the schema and no rows."""
    database = await lasting(url, pool_size=5)
    await _script(database, await _emptied(database))
    return database


async def park_postgres(url: str, build: Build) -> Database:
    """A database with what `build` puts in; the second time from copies of the tables."""
    if url in _parks:
        database = await lasting(url, pool_size=5)
        await restore_postgres(database, "park")
        return database
    database = await empty_postgres(url)
    await build(database)
    await keep_postgres(database, "park")
    _parks.add(url)
    return database


async def keep_postgres(database: Database, schema: str) -> None:
    """Puts copies of all rows, and where the counters stand, aside into a schema."""
    async with database.engine.connect() as connection:
        filled = sorted(place for (place,) in await connection.execute(text(_FILLED)))
    await _script(
        database,
        [
            f"DROP SCHEMA IF EXISTS {schema} CASCADE",
            f"CREATE SCHEMA {schema}",
            f"CREATE TABLE {schema}.counters AS SELECT sequencename, last_value FROM pg_sequences "
            "WHERE schemaname = 'public'",
            *(f'CREATE TABLE {schema}."{_TABLES[n]}" AS TABLE public."{_TABLES[n]}"' for n in filled),
        ],
    )
    _kept[database.engine.url.render_as_string(), schema] = [_TABLES[n] for n in filled]


async def restore_postgres(database: Database, schema: str) -> None:
    """Makes the database what it was when that schema was kept."""
    kept = _kept[database.engine.url.render_as_string(), schema]
    await _script(
        database,
        [
            *await _emptied(database),
            *(f'INSERT INTO public."{name}" SELECT * FROM {schema}."{name}"' for name in kept),
            "SELECT setval(format('public.%I', sequencename)::regclass, coalesce(last_value, 1), "
            f"last_value IS NOT NULL) FROM {schema}.counters",
        ],
    )


_parks: set[object] = set()
"""Where the small park has been built and kept."""
_kept: dict[tuple[str, str], list[str]] = {}
"""The tables that had rows, in an order that pleases foreign keys, by address and schema."""


async def sqlite_copy(folder: Path, template: Path, name: str = "test.sqlite") -> Database:
    """A copy of the file, always at the same place."""
    path = folder / name
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    shutil.copy(template, path)
    return await lasting(f"sqlite+aiosqlite:///{path}", durable=False)


async def park_sqlite(folder: Path, template: Path, build: Build) -> Database:
    """A database with what `build` puts in; the second time a copy of the first."""
    park = folder / "park.sqlite"
    if park not in _parks:
        database = await sqlite_copy(folder, template)
        await build(database)
        keep_sqlite(database, park)
        _parks.add(park)
        return database
    return await sqlite_copy(folder, park)


def keep_sqlite(database: Database, path: Path) -> None:
    """Puts a copy of the file aside; nothing may be under way."""
    with (
        contextlib.closing(sqlite3.connect(str(database.engine.url.database))) as source,
        contextlib.closing(sqlite3.connect(path)) as target,
    ):
        source.backup(target)
