"""Copies of one database, put aside and taken up again, on SQLite and on PostgreSQL.

One engine serves all copies: it remembers how statements are compiled, which costs more than running them.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path
from typing import Protocol

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from models.database import Database


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
    """Databases of one server, copied as templates."""

    def __init__(self, url: str) -> None:
        self._admin = create_async_engine(url, isolation_level="AUTOCOMMIT")
        address = make_url(url)
        self.db = Database(address.set(database="run").render_as_string(hide_password=False), pool_size=5)
        self._count = 0

    async def put(self) -> str:
        """See Shelf."""
        await self.db.close()
        self._count += 1
        await self._copy("run", f"copy{self._count}")
        return f"copy{self._count}"

    async def take(self, name: str) -> None:
        """See Shelf."""
        await self.db.close()
        await self._drop("run")
        await self._copy(name or "template0", "run")
        if not name:
            await self.db.create_all()

    async def remove(self) -> None:
        """Leaves the server as it was found."""
        await self.db.close()
        for number in range(1, self._count + 1):
            await self._drop(f"copy{number}")
        await self._drop("run")
        await self._admin.dispose()

    async def _copy(self, source: str, target: str) -> None:
        async with self._admin.connect() as connection:
            await connection.execute(
                text(f'CREATE DATABASE "{target}" TEMPLATE "{source}" STRATEGY file_copy')
            )

    async def _drop(self, name: str) -> None:
        async with self._admin.connect() as connection:
            await connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
