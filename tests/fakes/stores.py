"""Databases for tests: made once in a process, emptied or brought back to a known state for each test.

An engine remembers how statements are compiled, which costs more than running them, so there is one for each address.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

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


async def _script(database: Database, statements: Iterable[str]) -> None:
    """Many statements, one way there and back."""
    async with database.engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.execute(";\n".join(statements))


def _emptied() -> list[str]:
    """DELETE is ten times as fast as TRUNCATE on small tables."""
    return [f'DELETE FROM "{table.name}"' for table in reversed(models.tables.metadata.sorted_tables)]


async def empty_postgres(url: str) -> Database:
    """A database with the schema and no rows."""
    database = await lasting(url, pool_size=5)
    await _script(database, _emptied())
    return database


async def park_postgres(url: str, build: Build) -> Database:
    """A database with what `build` puts in; the second time from copies of the tables."""
    database = await lasting(url, pool_size=5)
    tables = [table.name for table in models.tables.metadata.sorted_tables]
    if url not in _parks:
        await _script(database, _emptied())
        await build(database)
        await _script(
            database,
            [
                "DROP SCHEMA IF EXISTS park CASCADE",
                "CREATE SCHEMA park",
                *(f'CREATE TABLE park."{name}" AS TABLE public."{name}"' for name in tables),
            ],
        )
        _parks.add(url)
        return database
    counted = [
        table.name
        for table in models.tables.metadata.sorted_tables
        if "id" in table.c and table.c.id.autoincrement
    ]
    await _script(
        database,
        [
            *_emptied(),
            *(f'INSERT INTO "{name}" SELECT * FROM park."{name}"' for name in tables),
            *(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM \"{name}\""
                for name in counted
            ),
        ],
    )
    return database


_parks: set[object] = set()
"""Where the small park has been built and kept."""


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
