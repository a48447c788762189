"""announcements"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.base

revision = 'fd25b3ee83f8'
down_revision = '66c24de7f4a3'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('announcement',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('body', sa.String(), nullable=False),
    sa.Column('area', sa.JSON(), nullable=False),
    sa.Column('audience', sa.JSON(), nullable=False),
    sa.Column('from_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('until_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('sign', sa.Boolean(), nullable=False),
    sa.Column('sms', sa.Boolean(), nullable=False),
    sa.Column('send_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('state', sa.Enum('待批准', '未批准', '待发送', '发送中', '已发送', '撤回中', '已撤回', name='announcementstate', native_enum=False, length=20), nullable=False),
    sa.Column('next_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('made_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(), nullable=False),
    sa.Column('decided_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('told_through', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('recalled_through', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sent_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('warned_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('over_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcement')),
    sa.UniqueConstraint('number', name=op.f('uq_announcement_number'))
    )
    op.create_index(op.f('ix_announcement_next_at'), 'announcement', ['next_at'], unique=False)
    op.create_index(op.f('ix_announcement_state'), 'announcement', ['state'], unique=False)

    op.create_table('announcement_copy',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('announcement_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('way', sa.String(), nullable=False),
    sa.Column('seen_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('signed_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('signed_how', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_announcement_copy_announcement_id_announcement')),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_announcement_copy_contact_id_contact')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcement_copy')),
    sa.UniqueConstraint('announcement_id', 'contact_id', name=op.f('uq_announcement_copy_announcement_id_contact_id')),
    sa.UniqueConstraint('code', name=op.f('uq_announcement_copy_code'))
    )
    op.create_index(op.f('ix_announcement_copy_announcement_id'), 'announcement_copy', ['announcement_id'], unique=False)
    op.create_index(op.f('ix_announcement_copy_contact_id'), 'announcement_copy', ['contact_id'], unique=False)

    op.create_table('outage_answer',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('announcement_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('answered_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('wants_word', sa.Boolean(), nullable=False),
    sa.Column('told_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('reported_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_outage_answer_announcement_id_announcement')),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_outage_answer_contact_id_contact')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outage_answer')),
    sa.UniqueConstraint('announcement_id', 'contact_id', name=op.f('uq_outage_answer_announcement_id_contact_id'))
    )
    op.create_index(op.f('ix_outage_answer_announcement_id'), 'outage_answer', ['announcement_id'], unique=False)
