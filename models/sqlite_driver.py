"""SQLite for SQLAlchemy, in the event loop's own thread; only what may wait for the disk or a lock goes to another.

A statement on a local file takes some microseconds, a trip to a thread and back fifty times as long. So statements run
where they are asked for. Three things leave for the connection's thread: a commit, which waits for the disk; a long list
of rows; and a statement that found the file locked by another process, to wait there for its turn.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy import URL

LOCK_WAIT_MS = 5000
"""How long a statement waits for another process's transaction; then it fails as "database is locked"."""
_STRETCH_S = 0.005
"""Without a pause for others; a report asks hundreds of questions in a row."""
_FEW = 100
Operation = Callable[[sqlite3.Cursor], Any]


def connector(url: URL, *, durable: bool) -> Callable[[], Awaitable[aiosqlite.Connection]]:
    """What opens a connection to that database. durable: a commit waits for the disk."""
    arguments, options = url.get_dialect()().create_connect_args(url)
    options = {
        **options,
        "check_same_thread": False,  # one at a time, now here and now in its own thread
        "cached_statements": 512,  # the service has some hundreds; to plan a long one takes half a millisecond
    }

    async def connect() -> aiosqlite.Connection:
        connection = _Connection(partial(sqlite3.connect, *arguments, **options), iter_chunk_size=64)
        connection.waits_for_disk = durable
        connection._thread.daemon = True  # a forgotten connection must not keep the process alive
        return await connection

    return connect


class _Connection(aiosqlite.Connection):
    waits_for_disk = True
    _paused_at = 0.0

    async def commit(self) -> None:
        """In the thread where it waits for the disk."""
        if self.waits_for_disk:
            await super().commit()
        else:
            self._conn.commit()

    async def rollback(self) -> None:
        """Only when there is something to roll back: the pool asks at every return."""
        if self.in_transaction:
            self._conn.rollback()

    def cursor(self) -> Any:
        """A cursor that costs nothing until it executes."""
        return _Cursor(self)

    async def at_once(self, operation: Operation) -> tuple[sqlite3.Cursor, deque[Any]]:
        """Executes, fetches everything and closes, here and now; waits in the thread if the file is locked."""
        if time.perf_counter() - self._paused_at > _STRETCH_S:
            await asyncio.sleep(0)
            self._paused_at = time.perf_counter()
        try:
            return self._now(operation)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
        return await self.aside(operation)

    async def by_itself(self, operation: Operation) -> tuple[sqlite3.Cursor, deque[Any]]:
        """The same for a statement that is a whole transaction: in the thread where its end waits for the disk."""
        return await (self.aside if self.waits_for_disk else self.at_once)(operation)

    async def aside(self, operation: Operation) -> tuple[sqlite3.Cursor, deque[Any]]:
        """The same in the connection's thread, for what takes long or waits for the disk."""
        return await self._execute(self._patiently, operation)  # type: ignore[no-any-return,no-untyped-call]

    def _patiently(self, operation: Operation) -> tuple[sqlite3.Cursor, deque[Any]]:
        self._conn.execute(f"PRAGMA busy_timeout={LOCK_WAIT_MS}").close()
        try:
            return self._now(operation)
        finally:
            self._conn.execute("PRAGMA busy_timeout=0").close()

    def _now(self, operation: Operation) -> tuple[sqlite3.Cursor, deque[Any]]:
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
        run = self._connection.at_once if len(parameters) <= _FEW else self._connection.aside
        return self._take(*await run(lambda c: c.executemany(operation, parameters)))

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
