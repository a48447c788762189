"""Rows as text that both databases understand: what the one wrote the other can read.

A table is one member of the backup: its columns first, then a JSON list for each row. Instants are UTC as SQLite keeps them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Boolean, Connection, Date, DateTime, inspect
from sqlalchemy.types import TypeEngine

_INSTANT = "%Y-%m-%d %H:%M:%S.%f"
VERSIONS = "alembic_version"


class Holds(StrEnum):
    """What a column holds, as far as the databases keep it differently."""

    INSTANT = "instant"
    DAY = "day"
    FLAG = "flag"
    JSON = "json"
    PLAIN = "plain"  # numbers and texts


_TYPES: tuple[tuple[type[TypeEngine[Any]], Holds], ...] = (
    (DateTime, Holds.INSTANT),
    (Date, Holds.DAY),
    (Boolean, Holds.FLAG),
    (JSON, Holds.JSON),
)


def columns_of(connection: Connection, table: str) -> dict[str, Holds]:
    """The columns as the database has them, whatever version of the software made it."""
    return {
        column["name"]: next(
            (holds for kind, holds in _TYPES if isinstance(column["type"], kind)), Holds.PLAIN
        )
        for column in inspect(connection).get_columns(table)
    }


def tables_of(connection: Connection) -> list[str]:
    """Every table, those first that others refer to."""
    ordered = inspect(connection).get_sorted_table_and_fkc_names()
    return [name for name, _ in ordered if name and name != VERSIONS]


def to_line(holds: Sequence[Holds], row: Sequence[Any]) -> bytes:
    """One row of either database."""
    values = [_plain(kind, value) for kind, value in zip(holds, row, strict=True)]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(holds: Holds, value: Any) -> Any:
    match holds, value:
        case _, None:
            return None
        case Holds.INSTANT, datetime():
            return value.astimezone(UTC).strftime(_INSTANT)
        case Holds.DAY, date():
            return value.isoformat()
        case Holds.FLAG, _:
            return bool(value)
    return value


def from_line(holds: Sequence[Holds], line: bytes, *, sqlite: bool) -> tuple[Any, ...]:
    """The row as that database's driver takes it."""
    values = json.loads(line)
    if sqlite:
        return tuple(values)
    return tuple(
        value if value is None or kind not in _READ else _READ[kind](value)
        for kind, value in zip(holds, values, strict=True)
    )


_READ: dict[Holds, Callable[[Any], Any]] = {
    Holds.INSTANT: lambda text: datetime.fromisoformat(text).replace(tzinfo=UTC),
    Holds.DAY: date.fromisoformat,
}
