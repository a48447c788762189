"""All rows of a SQLite file, read out and put back, past the service and its connections."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import models.tables

Rows = dict[str, list[tuple[Any, ...]]]
"""By table; those without rows are left out."""

_TABLES = [table.name for table in models.tables.metadata.sorted_tables]
_FILLED = " UNION ALL ".join(
    f'SELECT {place} WHERE EXISTS (SELECT 1 FROM "{name}")' for place, name in enumerate(_TABLES)
)
_open: dict[Path, sqlite3.Connection] = {}


def rows_of(file: Path) -> Rows:
    """What is committed by now."""
    connection = _connection(file)
    return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in _filled(connection)}


def refill(file: Path, template: Path, rows: Rows) -> None:
    """Makes these its only rows. sqlite3.Error: it is locked, or its schema is not the template's any more."""
    if not file.exists():
        fresh(file, template)
    connection = _connection(file)
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _schema(connection) != _schema(_connection(template)):
            raise sqlite3.DatabaseError("another schema")
        for name in _filled(connection):
            connection.execute(f'DELETE FROM "{name}"')
        for name, values in rows.items():
            places = ",".join("?" * len(values[0]))
            connection.executemany(f'INSERT INTO "{name}" VALUES ({places})', values)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def fresh(file: Path, template: Path) -> None:
    """A new file with the schema and no rows; nobody may have it open but us."""
    if file in _open:
        _open.pop(file).close()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)
    shutil.copy(template, file)


def _connection(file: Path) -> sqlite3.Connection:
    if file not in _open:
        _open[file] = sqlite3.connect(file, isolation_level=None, timeout=0, cached_statements=512)
        _open[file].execute("PRAGMA synchronous = OFF")
    return _open[file]


def _filled(connection: sqlite3.Connection) -> list[str]:
    return [_TABLES[place] for (place,) in connection.execute(_FILLED)]


def _schema(connection: sqlite3.Connection) -> int:
    """Counts its changes."""
    return int(connection.execute("PRAGMA schema_version").fetchone()[0])
