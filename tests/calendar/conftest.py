"""A database for the long stories, which are told on one of the two."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models.database import Database
from tests.fakes.shelf import sqlite_copy


@pytest.fixture
async def sqlite(sqlite_template: Path) -> AsyncIterator[Database]:
    """An empty SQLite database."""
    database = await sqlite_copy(sqlite_template.parent, sqlite_template, "story.sqlite")
    yield database
    await database.close()
