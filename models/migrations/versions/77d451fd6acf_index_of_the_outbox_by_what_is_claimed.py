"""index of the outbox by what is claimed"""

from __future__ import annotations

from alembic import op

revision = '77d451fd6acf'
down_revision = '85fb33f92bea'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_recipient'))
        batch_op.drop_index(batch_op.f('ix_outbox_status'))
        batch_op.create_index(batch_op.f('ix_outbox_recipient_status'), ['recipient', 'status'], unique=False)
        batch_op.create_index(batch_op.f('ix_outbox_status_purpose_due_at'), ['status', 'purpose', 'due_at'], unique=False)
