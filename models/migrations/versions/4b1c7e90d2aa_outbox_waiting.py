"""A small index over what waits for customers to write: it is asked for at every message of theirs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "4b1c7e90d2aa"
down_revision = "eb5c892dff2d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Changes no column: may run beside the previous version."""
    waiting = sa.text("status = 'waiting'")
    op.create_index(
        "ix_outbox_waiting", "outbox", ["account"], sqlite_where=waiting, postgresql_where=waiting
    )
