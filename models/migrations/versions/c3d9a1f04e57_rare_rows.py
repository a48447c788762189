"""The small indexes once more, with conditions for which SQLite does not plan other statements anew (models.rare)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c3d9a1f04e57"
down_revision = "4b1c7e90d2aa"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_inbox_waiting", "inbox", ["rank", "id"], "new"),
    ("ix_inbox_waiting_sender", "inbox", ["channel", "sender", "id"], "new"),
    ("ix_inbox_failed", "inbox", ["id"], "failed"),
    ("ix_outbox_waiting", "outbox", ["account"], "waiting"),
)


def upgrade() -> None:
    """Changes no column: may run beside the previous version, which then reads past the new indexes."""
    for name, table, columns, value in _INDEXES:
        op.drop_index(name, table)
        condition = sa.text(f"(status = '{value}') IS TRUE")
        op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
