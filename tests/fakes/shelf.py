"""Copies of one database, put aside and taken up again, on SQLite and on PostgreSQL.

One engine serves all copies: it remembers how statements are compiled, which costs more than running them.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path
from typing import Protocol

from sqlalchemy import text

from models.database import Database
from tests.fakes.stores import empty_postgres, keep_postgres, restore_postgres

_END_OTHERS = text(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


class Shelf(Protocol):
    """db: the database in use. The name "" stands for an empty one with the schema."""

    db: Database

    async def put(self) -> str:
        """Closes the database and keeps a copy; its name."""

    async def take(self, name: str) -> None:
        """Makes the database what it was then."""


class SqliteShelf:
    """Copies of a file."""

    def __init__(self, folder: Path, template: Path) -> None:
        self._folder, self._file, self._count = folder, folder / "run.sqlite", 0
        self._copies = {"": template}
        self.db = Database(f"sqlite+aiosqlite:///{self._file}", durable=False)

    async def put(self) -> str:
        """See Shelf."""
        await self.db.close()
        self._count += 1
        copied = self._copies[str(self._count)] = self._folder / f"copy{self._count}.sqlite"
        with (
            contextlib.closing(sqlite3.connect(self._file)) as source,
            contextlib.closing(sqlite3.connect(copied)) as target,
        ):
            source.backup(target)
        return str(self._count)

    async def take(self, name: str) -> None:
        """See Shelf."""
        await self.db.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)
        shutil.copy(self._copies[name], self._file)

    async def remove(self) -> None:
        """Closes it; the folder goes with the test."""
        await self.db.close()


class PostgresShelf:
    """Copies of the tables, each in a schema of its own."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._schemas: list[str] = []

    @classmethod
    async def open(cls, url: str) -> PostgresShelf:
        """An empty database, and nothing on the shelf yet."""
        return cls(await empty_postgres(url))

    async def put(self) -> str:
        """See Shelf."""
        name = f"copy{len(self._schemas)}"
        self._schemas.append(name)
        await keep_postgres(self.db, name)
        await self.db.close()
        return name

    async def take(self, name: str) -> None:
        """See Shelf. What the dead still hold locked is taken from them first."""
        await self.db.close()
        async with self.db.engine.connect() as connection:
            await connection.execute(_END_OTHERS)
        if name:
            await restore_postgres(self.db, name)

    async def remove(self) -> None:
        """Leaves the server as it was found."""
        async with self.db.engine.begin() as connection:
            for name in self._schemas:
                await connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
        await self.db.close()
