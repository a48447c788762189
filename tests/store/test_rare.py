"""Small indexes over rare rows: found by the queries they are for, and in nobody else's way."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Index, select
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from models.cases.case import Deadline
from models.cases.overdue import running_out
from models.messages import inbox, outbox
from models.messages.inbox import InboxMessage
from models.messages.outbox import OutboxMessage
from models.tables import metadata

RARE = sorted(
    (
        index
        for table in metadata.tables.values()
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    ),
    key=lambda index: str(index.name),
)


@pytest.mark.parametrize("index", RARE, ids=lambda index: index.name)
def test_no_bound_value_is_held_against_it(index: Index) -> None:
    for dialect in ("sqlite", "postgresql"):
        assert str(index.dialect_options[dialect]["where"]).endswith(("IS TRUE", "IS NULL"))


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (select(InboxMessage.id).where(inbox.WAITS).order_by(InboxMessage.rank), "ix_inbox_waiting"),
        (select(InboxMessage.id).where(inbox.FAILED), "ix_inbox_failed"),
        (select(OutboxMessage.id).where(outbox.WAITS, OutboxMessage.account == "x"), "ix_outbox_waiting"),
        (select(Deadline.id).where(running_out(datetime(2026, 3, 16, tzinfo=UTC))), "ix_deadline_open"),
    ],
    ids=["inbox", "failed", "outbox", "deadlines"],
)
def test_its_queries_find_it(sqlite_template: Path, query: object, index: str) -> None:
    written = str(query.compile(dialect=SQLiteDialect(paramstyle="named")))  # type: ignore[attr-defined]
    with sqlite3.connect(sqlite_template) as connection:
        plan = connection.execute(
            f"EXPLAIN QUERY PLAN {written}", {"account_1": "x", "due_at_1": "2026-03-16"}
        ).fetchall()
    connection.close()
    assert any(index in step[-1] for step in plan), plan
