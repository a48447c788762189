"""SQLite in the loop's own thread: nobody else may stand still because of it."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from models.database import Database
from models.people.staff import Staff


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    """A file with the present schema."""
    path = tmp_path / "shared.sqlite"
    database = Database(f"sqlite+aiosqlite:///{path}", durable=False)
    await database.create_all()
    await database.close()
    return path


async def test_who_waits_for_another_process_lets_the_loop_go_on(file: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{file}")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with database.begin() as session:
            session.add(Staff(userid="a", name="甲", department="工程部", roles=[]))

    waiting = asyncio.create_task(write())
    for _ in range(20):
        await asyncio.sleep(0)  # the loop turns although the file is locked
    assert not waiting.done()
    other.execute("COMMIT")
    await waiting
    assert other.execute("SELECT count(*) FROM staff").fetchone() == (1,)
    other.close()
    await database.close()


async def test_what_is_wrong_is_said_at_once(file: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{file}")
    with pytest.raises(OperationalError, match="no such table"):
        async with database.read() as session:
            await session.execute(text("SELECT * FROM nowhere"))
    await database.close()


async def test_many_questions_in_a_row_let_others_in_between(file: Path) -> None:
    database, turns = Database(f"sqlite+aiosqlite:///{file}"), 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(others())
    async with database.read() as session:
        await session.connection()
        before = turns
        for _ in range(300):
            await session.scalars(select(Staff))
    beside.cancel()
    assert turns > before
    await database.close()
