"""What is in the tables, all of it, in one statement: reading table by table costs more than most tests do in between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import JSON, Column, Table, TextClause, text

import models.tables
from models.database import Database

Wanted = Callable[[Table], list[Column[Any]]]
"""The columns of a table that are looked at; none where it is left out."""


_TABLES: tuple[Table, ...] = tuple(models.tables.metadata.sorted_tables)  # sorting costs as much as reading
_COUNTS = text(" UNION ALL ".join(f"SELECT '{each.name}', count(*) FROM \"{each.name}\"" for each in _TABLES))


async def content(db: Database, wanted: Wanted) -> dict[str, list[str]]:
    """Of each table its rows as JSON objects, in the order of their text."""
    found = defaultdict(list)
    async with db.read() as session:
        for name, row in await session.execute(_statement(db.is_sqlite, wanted)):
            found[name].append(row)
    return {table.name: sorted(found[table.name]) for table in _TABLES if wanted(table)}


async def row_counts(db: Database) -> dict[str, int]:
    """How many rows each table has."""
    async with db.read() as session:
        return {name: count for name, count in await session.execute(_COUNTS)}


@cache
def _statement(is_sqlite: bool, wanted: Wanted) -> TextClause:
    each = _sqlite_rows if is_sqlite else _postgres_rows
    return text(" UNION ALL ".join(each(table, columns) for table in _TABLES if (columns := wanted(table))))


def _sqlite_rows(table: Table, columns: list[Column[Any]]) -> str:
    pairs = ", ".join(f"'{column.name}', {_sqlite_value(column)}" for column in columns)
    return f"SELECT '{table.name}', json_object({pairs}) FROM \"{table.name}\""


def _sqlite_value(column: Column[Any]) -> str:
    return f'json("{column.name}")' if isinstance(column.type, JSON) else f'"{column.name}"'


def _postgres_rows(table: Table, columns: list[Column[Any]]) -> str:
    names = ", ".join(f'"{column.name}"' for column in columns)
    return f"SELECT '{table.name}', row_to_json(r)::text FROM (SELECT {names} FROM \"{table.name}\") r"
