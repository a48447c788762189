"""A small index over the deadlines that may still fire: what was met in three years is not looked at every second."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "d1b7e2c95f30"
down_revision = "c3d9a1f04e57"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Changes no column: may run beside the previous version."""
    still_open = sa.text("fired_at IS NULL AND met_at IS NULL AND dropped_at IS NULL AND left_s IS NULL")
    op.create_index(
        "ix_deadline_open", "deadline", ["due_at"], sqlite_where=still_open, postgresql_where=still_open
    )
