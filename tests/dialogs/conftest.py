"""Worlds that several dialogues begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.config import Config
from models.database import Database
from tests.fakes.debt import MANUAL, debt_world, served_world
from tests.fakes.full_park import everything_open
from tests.fakes.shelf import sqlite_copy
from tests.fakes.world import World, small_park_open


@pytest.fixture
async def full_world(
    sqlite_template: Path, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """The small park with everything open, on SQLite; how many messages share a transaction does not hang on the clock."""
    monkeypatch.setattr("bot.handling._TOGETHER_S", 1.0)
    db = await sqlite_copy(sqlite_template.parent, sqlite_template)
    world = World(db, config, tmp_path / "files")
    await world.begins_with(small_park_open, everything_open)
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
