"""A park where everything is open, told once and then copied."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.config import Config
from models.database import Database
from tests.fakes.debt import MANUAL, debt_world, served_world
from tests.fakes.full_park import open_everything
from tests.fakes.platform import Entry
from tests.fakes.stores import keep_sqlite, sqlite_copy
from tests.fakes.world import World


@dataclass
class Told:
    """The story up to here: the database it has made, the hour, and what is on the phones."""

    path: Path
    files: Path
    at: datetime
    phones: dict[str, list[Entry]]
    count: int


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def told(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, config: Config) -> Told:
    """The park with everything open, on SQLite."""
    folder = tmp_path_factory.mktemp("told")
    db = await sqlite_copy(sqlite_template.parent, sqlite_template)
    async with World.open(db, config, folder / "files") as world:
        await open_everything(world)
    await db.close()
    path = folder / "told.sqlite"
    keep_sqlite(db, path)
    return Told(path, folder / "files", world.clock.now(), dict(world.platform.phones), world.count)


async def _nobody(_db: Database) -> None:
    """The park is there already."""


@pytest.fixture
async def full_world(told: Told, sqlite_template: Path, config: Config) -> AsyncIterator[World]:
    """A copy of that park, for one test."""
    db = await sqlite_copy(sqlite_template.parent, told.path)
    async with World.open(db, config, told.files, _nobody) as world:
        world.clock.set(told.at)
        world.platform.phones = defaultdict(list, copy.deepcopy(told.phones))
        world.count = told.count
        yield world
    await db.close()


@pytest.fixture
async def manual(db: Database, tmp_path: Path) -> AsyncIterator[World]:
    """31 March in mode manual: the paper 暂停服务通知书 has been there for seven full days."""
    async with served_world(db, tmp_path / "files", MANUAL) as world:
        yield world


@pytest.fixture
async def owing(db: Database, tmp_path: Path) -> AsyncIterator[World]:
    """16 March, 9:00, in mode manual: a tenant owes since January, the letters are still to come."""
    async with debt_world(db, tmp_path / "files", MANUAL) as world:
        yield world
