"""Small indexes over the messages that wait: the queue is found without a look at what was handled in three years."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "85fb33f92bea"
down_revision = "cdff0511856c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Changes no column: may run beside the previous version."""
    waiting: dict[str, Any] = {
        "sqlite_where": sa.text("status = 'new'"),
        "postgresql_where": sa.text("status = 'new'"),
    }
    op.create_index("ix_inbox_waiting", "inbox", ["rank", "id"], **waiting)
    op.create_index("ix_inbox_waiting_sender", "inbox", ["channel", "sender", "id"], **waiting)
    failed: dict[str, Any] = {
        "sqlite_where": sa.text("status = 'failed'"),
        "postgresql_where": sa.text("status = 'failed'"),
    }
    op.create_index("ix_inbox_failed", "inbox", ["id"], **failed)
    op.drop_index("ix_inbox_status", "inbox")
