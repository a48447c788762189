"""A database for the long stories, which are told on one of the two."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models.database import Database


@pytest.fixture
async def sqlite(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Database]:
    """An empty SQLite database."""
    path = tmp_path / "story.sqlite"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite+aiosqlite:///{path}", durable=False)
    yield database
    await database.close()
