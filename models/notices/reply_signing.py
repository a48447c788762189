"""Signing for a letter by replying “签收” to the SMS that pointed to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, exists, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.notices.notice import Notice, Receipt
from models.notices.signing import Proof, Signer, sign
from models.people.tenant import Contact

WITHIN = timedelta(days=30)
"""A reply belongs to a letter pointed to within this time [practice]."""


async def sign_by_reply(
    session: AsyncSession, contacts: Sequence[Contact], key: str, evidence: dict[str, Any], now: datetime
) -> str:
    """Signs for the one open letter that an SMS to this number pointed to; why not, "" when signed.

    With several letters open nobody can tell which was meant, and a number shared by contacts names no signer.
    """
    if len(contacts) != 1:
        return "该号码登记给了多位联系人"
    (contact,) = contacts
    letters = await _open_letters(session, contact, now)
    if not letters:
        return "近期没有发给该号码的待签收通知单"
    if len(letters) > 1:
        return f"有 {len(letters)} 份待签收的通知单，不能确定是哪一份"
    await sign(session, letters[0], Signer.of(contact), Proof("短信", key, evidence), now)
    return ""


async def _open_letters(session: AsyncSession, contact: Contact, now: datetime) -> list[Notice]:
    pointed = exists().where(
        OutboxMessage.contact_id == contact.id,
        OutboxMessage.channel == "sms",
        OutboxMessage.purpose == Purpose.NOTICE,
        OutboxMessage.status == OutboxStatus.SENT,
        OutboxMessage.settled_at > now - WITHIN,
        OutboxMessage.subject == literal("notice:") + cast(Notice.id, String),
    )
    signed = exists().where(Receipt.notice_id == Notice.id, Receipt.sufficient)
    rows = await session.scalars(
        select(Notice)
        .where(Notice.tenant_id == contact.tenant_id, Notice.void_at.is_(None), pointed, ~signed)
        .order_by(Notice.id)
    )
    return list(rows)
