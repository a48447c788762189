"""A copy of the live data in a SQLite file of its own. The live database is opened for reading only."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert, make_url, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

import models.tables
from models.database import Database
from models.errors import ServiceError

_ROWS = 1_000
_NOT_NEEDED = frozenset({"audit"})
"""Long, and nothing that happens next depends on it."""


async def copy_of(url: str, folder: Path) -> Database:
    """Copies everything there is at one moment. Raises ServiceError when the database can not be read."""
    path = folder / "rehearsal.sqlite"
    if url.startswith("sqlite"):
        await asyncio.to_thread(_back_up, Path(make_url(url).database or ""), path)
        return Database(f"sqlite+aiosqlite:///{path}", durable=False)
    copy = Database(f"sqlite+aiosqlite:///{path}", durable=False)
    await copy.create_all()
    await _copy_rows(url, copy)
    return copy


def _back_up(live: Path, path: Path) -> None:
    """SQLite's own backup: consistent while the service goes on writing. mode=ro: not even a checkpoint is written."""
    if not live.is_file():
        raise ServiceError(f"找不到数据库文件：{live}。请先运行：python -m bot migrate")
    with (
        contextlib.closing(sqlite3.connect(f"{live.absolute().as_uri()}?mode=ro", uri=True)) as source,
        contextlib.closing(sqlite3.connect(path)) as copied,
    ):
        source.backup(copied)


async def _copy_rows(url: str, copy: Database) -> None:
    """Row by row, in one snapshot that the server itself keeps from writing."""
    live = create_async_engine(url)
    try:
        async with live.connect() as source:
            await source.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            async with copy.engine.begin() as target:
                # Rows may come before those they point to, so SQLite checks that at the end, not row by row.
                await target.execute(text("PRAGMA defer_foreign_keys = ON"))
                for table in models.tables.metadata.sorted_tables:
                    if table.name not in _NOT_NEEDED:
                        await _copy_table(source, target, table)
    finally:
        await live.dispose()


async def _copy_table(source: AsyncConnection, target: AsyncConnection, table: Table) -> None:
    rows: list[dict[str, Any]] = []
    async with source.stream(select(table)) as found:
        async for row in found.mappings():
            rows.append(dict(row))
            if len(rows) == _ROWS:
                await target.execute(insert(table), rows)
                rows.clear()
    if rows:
        await target.execute(insert(table), rows)
