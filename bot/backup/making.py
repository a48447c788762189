"""Makes a backup while the service goes on: the rows as they were at one instant, then the files, which only grow."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.archive.box import BoxWriter, Counted, Sealed
from bot.backup.rows import VERSIONS, Holds, columns_of, tables_of, to_line
from models.database import Database

KIND = "guanjia-backup"
_PAGE = 2000
Progress = Callable[[int, int], None]
"""Called with members done and members in all."""


async def make_backup(
    database: Database,
    folders: dict[str, Path],
    target: Path,
    key: str,
    now: datetime,
    progress: Progress | None = None,
) -> Sealed:
    """Rows and the files of these folders into one encrypted ZIP. Raises ArchiveError for a missing or short key.

    folders: name in the backup → where it lies.
    """
    writer = BoxWriter(target, key)
    try:
        about = {"kind": KIND, "made_at": now.isoformat()} | await _add_rows(database, writer)
        found = [(name, root, path) for name, root in folders.items() for path in _files(root)]
        for done, (name, root, path) in enumerate(found, start=1):
            _add_file(writer, f"{name}/{path.relative_to(root).as_posix()}", path)
            if progress:
                progress(done, len(found))
        return writer.finish(about)
    except BaseException:  # a backup that was stopped half-way is none
        writer.abandon()
        raise


async def _add_rows(database: Database, writer: BoxWriter) -> dict[str, Any]:
    """All tables in one snapshot: what they belong to, and how many rows each has."""
    options: dict[str, Any] = (
        {"guanjia_read": True} if database.is_sqlite else {"isolation_level": "REPEATABLE READ"}
    )
    counts = {}
    async with database.engine.execution_options(**options).connect() as connection, connection.begin():
        for table in await connection.run_sync(tables_of):
            with writer.member(f"tables/{table}.jsonl") as file:
                counts[table] = await _add_table(connection, table, file, sqlite=database.is_sqlite)
        revision = await connection.scalar(text(f"SELECT version_num FROM {VERSIONS}"))  # noqa: S608
    return {"revision": revision, "rows": counts}


async def _add_table(connection: AsyncConnection, table: str, file: Counted, *, sqlite: bool) -> int:
    columns = await connection.run_sync(columns_of, table)
    file.write(json.dumps(list(columns.items())).encode() + b"\n")
    holds, count = list(columns.values()), 0
    # PostgreSQL's driver would take JSON apart; it is to stay the text that it is.
    names = ", ".join(
        f'CAST("{name}" AS TEXT)' if kind is Holds.JSON and not sqlite else f'"{name}"'
        for name, kind in columns.items()
    )
    rows = _pages if sqlite else _streamed
    async for row in rows(connection, table, names):
        file.write(to_line(holds, row))
        count += 1
    return count


async def _pages(connection: AsyncConnection, table: str, names: str) -> AsyncIterator[Sequence[Any]]:
    """Page by page, so that a large table never is in memory as a whole."""
    query = text(f'SELECT rowid, {names} FROM "{table}" WHERE rowid > :after ORDER BY rowid LIMIT {_PAGE}')  # noqa: S608
    after = -(2**63)
    while rows := (await connection.execute(query, {"after": after})).all():
        for _, *row in rows:
            yield row
        after = rows[-1][0]


async def _streamed(connection: AsyncConnection, table: str, names: str) -> AsyncIterator[Sequence[Any]]:
    async for row in await connection.stream(text(f'SELECT {names} FROM "{table}" ORDER BY 1')):  # noqa: S608
        yield row


def _files(root: Path) -> list[Path]:
    """What lies there, without drafts."""
    return sorted(path for path in root.rglob("*") if path.is_file() and not path.name.startswith("."))


def _add_file(writer: BoxWriter, name: str, path: Path) -> None:
    with path.open("rb") as source, writer.member(name) as file:
        while chunk := source.read(1024 * 1024):
            file.write(chunk)
