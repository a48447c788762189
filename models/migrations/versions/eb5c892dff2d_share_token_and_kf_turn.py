"""share token and kf turn"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.base

revision = 'eb5c892dff2d'
down_revision = '77d451fd6acf'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('access_token',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('sealed', sa.String(), nullable=False),
    sa.Column('valid_until', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('owner', sa.String(), nullable=False),
    sa.Column('lease_until', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_access_token'))
    )
    with op.batch_alter_table('kf_cursor', schema=None) as batch_op:
        batch_op.add_column(sa.Column('owner', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('lease_until', models.base.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('pulled_at', models.base.UtcDateTime(timezone=True), nullable=True))
    with op.batch_alter_table('kf_cursor', schema=None) as batch_op:
        batch_op.alter_column('owner', server_default=None)
