"""limits in the database"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.base

revision = '7284646b1376'
down_revision = 'fd25b3ee83f8'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('send_count',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('until', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('sent', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_send_count'))
    )
    op.create_table('send_pause',
    sa.Column('api', sa.String(), nullable=False),
    sa.Column('until', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('api', name=op.f('pk_send_pause'))
    )
    with op.batch_alter_table('card', schema=None) as batch_op:
        batch_op.add_column(sa.Column('title', sa.String(), nullable=False, server_default=''))
    with op.batch_alter_table('card', schema=None) as batch_op:
        batch_op.alter_column('title', server_default=None)

    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mobile_dead_at', models.base.UtcDateTime(timezone=True), nullable=True))

    with op.batch_alter_table('kf_window', schema=None) as batch_op:
        batch_op.add_column(sa.Column('state', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('state_at', models.base.UtcDateTime(timezone=True), nullable=True))
    with op.batch_alter_table('kf_window', schema=None) as batch_op:
        batch_op.alter_column('state', server_default=None)

    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_channel_address_settled_at'), ['channel', 'address', 'settled_at'], unique=False)

    with op.batch_alter_table('staff', schema=None) as batch_op:
        batch_op.add_column(sa.Column('stale_at', models.base.UtcDateTime(timezone=True), nullable=True))

    op.create_table('sms_reply',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('mobile', sa.String(), nullable=False),
    sa.Column('content', sa.String(), nullable=False),
    sa.Column('meaning', sa.String(), nullable=False),
    sa.Column('received_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('raw', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sms_reply')),
    sa.UniqueConstraint('key', name=op.f('uq_sms_reply_key'))
    )
    with op.batch_alter_table('sms_reply', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sms_reply_mobile'), ['mobile'], unique=False)
