"""What a process that stands still may hold on PostgreSQL, and for how long.

A process that dies gives its locks back at once: the server sees the connection close. One that is frozen (swapped out,
stopped, a machine that hangs) keeps them, and all others wait for the rows it had. The server ends such a transaction.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from models.database import Database

IDLE_IN_TRANSACTION_S = 45
"""A transaction of ours never waits for anything but the database, so that seconds would do [practice]."""


def give_up_what_is_frozen(database: Database) -> None:
    """Every new connection asks PostgreSQL to end its transaction when nothing is heard of it for so long."""
    if database.is_sqlite:
        return

    @event.listens_for(database.engine.sync_engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_IN_TRANSACTION_S}s'")
        cursor.close()
        connection.commit()
