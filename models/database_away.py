"""Whether the database, and not what was to be written, is why a statement failed: then trying again will do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL,
    }
)  # fmt: skip
_POSTGRES = ("08", "25006", "40", "53", "55P03", "57")
"""Connection, read-only server, deadlock, no room, lock, shutdown or a statement cut off [PostgreSQL appendix A]."""
_BY_NAME = frozenset({"InterfaceError", "InternalClientError", "PendingRollbackError", "ResourceClosedError"})
"""What drivers and SQLAlchemy say of a connection that was closed under them, without a code."""


def is_away(failure: BaseException) -> bool:
    """Gone, locked, full or starting up."""
    return any(map(_tells_of_it, _causes(failure)))


def _tells_of_it(failure: BaseException) -> bool:
    if isinstance(failure, OSError | TimeoutError) or type(failure).__name__ in _BY_NAME:
        return True
    if isinstance(failure, sqlite3.Error):
        return getattr(failure, "sqlite_errorcode", 0) & 0xFF in _SQLITE
    state = getattr(failure, "sqlstate", None)
    return isinstance(state, str) and state.startswith(_POSTGRES)


def _causes(failure: BaseException) -> Iterator[BaseException]:
    """The failure and what it was made of, each once."""
    waiting, seen = [failure], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [
                more
                for more in (getattr(each, "orig", None), each.__cause__)
                if isinstance(more, BaseException)
            ]
