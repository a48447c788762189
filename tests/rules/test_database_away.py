"""Which failures mean that the database is away, so that what arrives is kept and tried again; by the real errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from asyncpg import exceptions as pg
from sqlalchemy.exc import OperationalError

from models.database_away import is_away


def _full(file: sqlite3.Connection, _path: Path) -> None:
    file.execute("PRAGMA max_page_count=2")
    file.execute("INSERT INTO kept VALUES (zeroblob(100000))")


def _read_only(file: sqlite3.Connection, _path: Path) -> None:
    file.execute("PRAGMA query_only=ON")
    file.execute("INSERT INTO kept VALUES (1)")


def _locked(file: sqlite3.Connection, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        file.execute("INSERT INTO kept VALUES (1)")
    finally:
        other.close()


def _not_there(_file: sqlite3.Connection, path: Path) -> None:
    sqlite3.connect(path / "below a file")


def _wrong_table(file: sqlite3.Connection, _path: Path) -> None:
    file.execute("INSERT INTO nowhere VALUES (1)")


def _twice(file: sqlite3.Connection, _path: Path) -> None:
    for _ in range(2):
        file.execute("INSERT INTO kept VALUES (7)")


SQLITE: dict[str, tuple[Callable[[sqlite3.Connection, Path], None], bool]] = {
    "full": (_full, True),
    "read-only": (_read_only, True),
    "locked": (_locked, True),
    "not there": (_not_there, True),
    "a wrong statement": (_wrong_table, False),
    "a row that is there": (_twice, False),
}


@pytest.mark.parametrize(("what", "away"), SQLITE.values(), ids=SQLITE)
def test_sqlite(what: Callable[[sqlite3.Connection, Path], None], *, away: bool, tmp_path: Path) -> None:
    path = tmp_path / "any.sqlite"
    file = sqlite3.connect(path, isolation_level=None, timeout=0)
    file.execute("CREATE TABLE kept (what UNIQUE)")
    with pytest.raises(sqlite3.Error) as failure:
        what(file, path)
    file.close()
    assert is_away(failure.value) is away
    assert is_away(OperationalError("INSERT", None, failure.value)) is away


@pytest.mark.parametrize(
    "failure",
    [
        pg.CannotConnectNowError("starting up"), pg.AdminShutdownError("stopped"), pg.CrashShutdownError("crashed"),
        pg.ConnectionDoesNotExistError("gone"), pg.TooManyConnectionsError("full"), pg.DiskFullError("full"),
        pg.ReadOnlySQLTransactionError("a replica"), pg.DeadlockDetectedError("deadlock"),
        pg.QueryCanceledError("cut off"), pg.InterfaceError("connection is closed"), ConnectionRefusedError(111, "no"),
        FileNotFoundError(2, "no socket"), TimeoutError(),
    ],
    ids=lambda failure: type(failure).__name__,
)  # fmt: skip
def test_postgresql_is_away(failure: Exception) -> None:
    assert is_away(failure)
    try:
        try:
            raise failure
        except type(failure) as cause:
            raise RuntimeError("told by somebody else") from cause
    except RuntimeError as told:
        assert is_away(told)


@pytest.mark.parametrize(
    "failure",
    [
        pg.UndefinedTableError("no table"), pg.UniqueViolationError("twice"), pg.DataError("no number"),
        pg.CharacterNotInRepertoireError("not UTF-8"), ValueError("ours"), KeyError("ours"),
    ],
    ids=lambda failure: type(failure).__name__,
)  # fmt: skip
def test_what_is_wrong_with_the_statement_or_the_values_is_not(failure: Exception) -> None:
    assert not is_away(failure)
