"""SQLite for SQLAlchemy with one trip to the connection's thread for each statement.

The usual way makes four: open a cursor, execute, fetch, close. Each trip costs more than a statement on a local file.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy import URL


def connector(url: URL) -> Callable[[], Awaitable[aiosqlite.Connection]]:
    """What opens a connection to that database."""
    arguments, options = url.get_dialect()().create_connect_args(url)

    async def connect() -> aiosqlite.Connection:
        connection = _Connection(partial(sqlite3.connect, *arguments, **dict(options)), iter_chunk_size=64)
        connection._thread.daemon = True  # a forgotten connection must not keep the process alive
        return await connection

    return connect


class _Connection(aiosqlite.Connection):
    async def rollback(self) -> None:
        """Goes to the thread only when there is something to roll back: the pool asks at every return."""
        if self.in_transaction:
            await super().rollback()

    def cursor(self) -> Any:
        """A cursor that costs nothing until it executes."""
        return _Cursor(self)

    async def at_once(self, operation: Callable[[sqlite3.Cursor], Any]) -> tuple[sqlite3.Cursor, deque[Any]]:
        """Executes, fetches everything and closes, in the connection's thread."""
        return await self._execute(self._now, operation)  # type: ignore[no-any-return,no-untyped-call]

    def _now(self, operation: Callable[[sqlite3.Cursor], Any]) -> tuple[sqlite3.Cursor, deque[Any]]:
        cursor = self._conn.cursor()
        try:
            operation(cursor)
            rows = deque(cursor.fetchall()) if cursor.description else deque()
        except BaseException:
            cursor.close()
            raise
        return cursor, rows


class _Cursor:
    """The part of a cursor that SQLAlchemy's adapter uses; all rows are here as soon as it has executed."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._rows: deque[Any] = deque()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> _Cursor:
        return self

    async def execute(self, operation: str, parameters: Any = ()) -> _Cursor:
        """One statement."""
        return self._take(*await self._connection.at_once(lambda c: c.execute(operation, parameters)))

    async def executemany(self, operation: str, parameters: Sequence[Any]) -> _Cursor:
        """One statement for many sets of values."""
        return self._take(*await self._connection.at_once(lambda c: c.executemany(operation, parameters)))

    def _take(self, done: sqlite3.Cursor, rows: deque[Any]) -> _Cursor:
        self._rows = rows
        self.description, self.rowcount, self.lastrowid = done.description, done.rowcount, done.lastrowid
        return self

    async def fetchone(self) -> Any:
        """The next row, None after the last."""
        return self._rows.popleft() if self._rows else None

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows."""
        return [self._rows.popleft() for _ in range(min(size or self.arraysize, len(self._rows)))]

    async def fetchall(self) -> list[Any]:
        """The remaining rows."""
        rows = list(self._rows)
        self._rows.clear()
        return rows

    async def close(self) -> None:
        """Nothing is open."""
        self._rows.clear()
