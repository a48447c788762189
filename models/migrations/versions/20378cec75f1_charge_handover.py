"""charge handover"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.base

revision = '20378cec75f1'
down_revision = '7284646b1376'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('charge_handover',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('month', sa.String(), nullable=False),
    sa.Column('charges', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('amount_fen', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('handed_by', sa.String(), nullable=False),
    sa.Column('handed_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_charge_handover')),
    sa.UniqueConstraint('month', name=op.f('uq_charge_handover_month'))
    )
