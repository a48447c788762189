"""desk: helpers, walk-ins, call-backs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.base

revision = 'cdff0511856c'
down_revision = '20378cec75f1'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('call_back',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('asked_on', sa.Date(), nullable=False),
    sa.Column('done_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('done_by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_call_back_case_id_case_')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_back')),
    sa.UniqueConstraint('case_id', 'asked_on', name=op.f('uq_call_back_case_id_asked_on'))
    )
    with op.batch_alter_table('call_back', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_call_back_case_id'), ['case_id'], unique=False)

    with op.batch_alter_table('case_', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reporter_name', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('reporter_mobile', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('helpers', sa.JSON(), nullable=False, server_default='[]'))
    # The defaults are for the rows that are there; the program gives its own.
    with op.batch_alter_table('case_', schema=None) as batch_op:
        for column in ('reporter_name', 'reporter_mobile', 'helpers'):
            batch_op.alter_column(column, server_default=None)
