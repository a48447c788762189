"""merge repairs of one fault"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.base

revision = '66c24de7f4a3'
down_revision = '35d0a14f4664'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('merge_proposal',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('other_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('made_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('verdict', sa.String(), nullable=False),
    sa.Column('decided_by', sa.String(), nullable=False),
    sa.Column('decided_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_merge_proposal_case_id_case_')),
    sa.ForeignKeyConstraint(['other_id'], ['case_.id'], name=op.f('fk_merge_proposal_other_id_case_')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merge_proposal')),
    sa.UniqueConstraint('case_id', 'other_id', name=op.f('uq_merge_proposal_case_id_other_id'))
    )
    op.create_index(op.f('ix_merge_proposal_case_id'), 'merge_proposal', ['case_id'], unique=False)
    op.create_index(op.f('ix_merge_proposal_other_id'), 'merge_proposal', ['other_id'], unique=False)

    if op.get_bind().dialect.name == 'sqlite':
        # Copying the table, as a batch does, would break off every row that refers to a case.
        op.execute(
            'ALTER TABLE case_ ADD COLUMN merged_into_id INTEGER '
            'CONSTRAINT fk_case__merged_into_id_case_ REFERENCES case_ (id)'
        )
    else:
        op.add_column('case_', sa.Column('merged_into_id', sa.BigInteger(), nullable=True))
        op.create_foreign_key(op.f('fk_case__merged_into_id_case_'), 'case_', 'case_', ['merged_into_id'], ['id'])
    op.create_index(op.f('ix_case__merged_into_id'), 'case_', ['merged_into_id'], unique=False)
