"""Copies of one database, put aside and taken up again, on SQLite and on PostgreSQL.

There is one shelf for each database of the process, and what stands on it lasts as long: see tests.fakes.chapters.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import text

from models.database import Database
from tests.fakes.sqlite_rows import Rows, fresh, refill, rows_of
from tests.fakes.stores import empty_postgres, keep_postgres, lasting, renew, restore_postgres


class Shelf(Protocol):
    """db: the database in use. The name "" stands for an empty one with the schema."""

    db: Database

    async def put(self, name: str) -> None:
        """Keeps a copy under that name; nothing may be under way."""

    async def take(self, name: str) -> None:
        """Makes the database what it was then."""

    async def leave(self) -> None:
        """The test is over."""

    def put_now(self, name: str) -> None:
        """Keeps a copy of what is committed, at once, whatever is under way."""

    async def drop(self, name: str) -> None:
        """That copy is not wanted any more."""


class SqliteShelf:
    """Copies of the rows, in memory. The file stays and its connections stay open: a new one has to read the schema and
    to write out every statement anew, which costs more than the rows.
    """

    def __init__(self, db: Database, template: Path) -> None:
        self.db, self._file, self._template = db, Path(str(db.engine.url.database)), template
        self._kept: dict[str, Rows] = {"": {}}

    async def put(self, name: str) -> None:
        """See Shelf."""
        self.put_now(name)

    def put_now(self, name: str) -> None:
        """See Shelf."""
        self._kept[name] = rows_of(self._file)

    async def take(self, name: str) -> None:
        """See Shelf."""
        renew(self.db)
        await self.leave()
        try:
            refill(self._file, self._template, self._kept[name])
        except sqlite3.Error:  # somebody has broken it, or holds it still
            await self.db.close()
            fresh(self._file, self._template)
            refill(self._file, self._template, self._kept[name])

    async def leave(self) -> None:
        """See Shelf. The connections stay, unless somebody still holds one."""
        pool: Any = self.db.engine.pool
        if pool.checkedout() > self.db.kept:
            await self.db.close()

    async def drop(self, name: str) -> None:
        """See Shelf."""
        del self._kept[name]


class PostgresShelf:
    """Copies of the tables, each in a schema of its own."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._kept: dict[str, list[str]] = {}
        self._aside: Database | None = None

    async def put(self, name: str) -> None:
        """See Shelf."""
        self._kept[name] = await keep_postgres(self.db, name)

    async def take(self, name: str) -> None:
        """See Shelf."""
        renew(self.db)
        if name:
            await restore_postgres(self.db, name, self._kept[name])
        else:
            await empty_postgres(self.db)

    async def leave(self) -> None:
        """See Shelf. The connections stay, unless somebody still holds one."""
        pool: Any = self.db.engine.pool
        if pool.checkedout() > self.db.kept:
            await self.db.close()

    def put_now(self, name: str) -> None:
        """See Shelf. Another thread does it, with a connection of its own: the loop of this one has to stand still."""
        if self._aside is None:
            self._aside = Database(self.db.engine.url.render_as_string(hide_password=False), pool_size=1)
            self._loop = asyncio.new_event_loop()
            threading.Thread(target=self._loop.run_forever, daemon=True).start()
        done = asyncio.run_coroutine_threadsafe(keep_postgres(self._aside, name), self._loop)
        self._kept[name] = done.result()

    async def drop(self, name: str) -> None:
        """See Shelf."""
        del self._kept[name]
        async with self.db.engine.begin() as connection:
            await connection.execute(text(f"DROP SCHEMA {name} CASCADE"))


_shelves: dict[Database, Shelf] = {}


def shelf_of(db: Database) -> Shelf:
    """Where copies of that database stand. KeyError: it was made by nobody here."""
    return _shelves[db]


async def sqlite_shelf(folder: Path, template: Path, name: str = "test.sqlite") -> Shelf:
    """The shelf of the file with that name in the folder."""
    db = await lasting(f"sqlite+aiosqlite:///{folder / name}", durable=False)
    return _shelves.setdefault(db, SqliteShelf(db, template))


async def sqlite_copy(folder: Path, template: Path, name: str = "test.sqlite") -> Database:
    """An empty database in that file."""
    shelf = await sqlite_shelf(folder, template, name)
    await shelf.take("")
    return shelf.db


async def postgres_shelf(url: str) -> Shelf:
    """The shelf of that database."""
    db = await lasting(url, pool_size=5)
    return _shelves.setdefault(db, PostgresShelf(db))
