"""Indexes over the few rows that have one rare value, and the condition that such an index serves.

Both are written as `(column = 'value') IS TRUE`. Against a plain `column = 'value'` SQLite holds the bound value of every
`column = ?`, and to do so it plans the statement anew each time it runs: the claim of the outbox took twenty times as
long.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, literal_column, text


def only(column: str, value: str) -> dict[str, Any]:
    """Of an `Index`: over the rows where the column has that value."""
    return rows_with(f"({column} = '{value}') IS TRUE")


def rows_with(condition: str) -> dict[str, Any]:
    """Of an `Index`: over the rows of which the condition holds, which the queries write word for word."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def stands(column: Any, value: str) -> ColumnElement[bool]:
    """The same as the condition of a query, written out: so the planner sees that the small index will do."""
    equal: ColumnElement[bool] = column == literal_column(f"'{value}'")
    condition: ColumnElement[bool] = equal.op("IS", is_comparison=True)(literal_column("TRUE"))
    return condition
