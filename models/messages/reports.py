"""Delivery reports: what the provider says of a message after it took it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.outbox import OutboxMessage, OutboxStatus
from models.notices.aftermath import undelivered
from models.rules import Rules


@dataclass(frozen=True, slots=True)
class SmsReport:
    """One report. `out_id` is ours; `code` is the carrier's."""

    out_id: str
    success: bool
    code: str


async def take_reports(
    session: AsyncSession, reports: Sequence[SmsReport], now: datetime, rules: Rules
) -> None:
    """Notes what became of sent messages. Twice the same, unknown or late reports change nothing."""
    for report in reports:
        row = await session.scalar(
            select(OutboxMessage)
            .where(OutboxMessage.provider_id == report.out_id, OutboxMessage.channel == "sms")
            .where(OutboxMessage.status == OutboxStatus.SENT, OutboxMessage.delivered_at.is_(None))
            .with_for_update()
        )
        if row is None:
            continue
        if report.success:
            row.delivered_at = now
        else:
            row.status, row.reason = OutboxStatus.DEAD, f"短信未送达（{report.code}）"
            await undelivered(session, row, row.reason, now, rules)


async def bounced(session: AsyncSession, msgid: str, reason: str, now: datetime) -> None:
    """A message that 微信客服 took could not be shown after all (msg_send_fail): it is unsent again, and moves on."""
    row = await session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.provider_id == msgid, OutboxMessage.channel == "kf")
        .where(OutboxMessage.status == OutboxStatus.SENT)
        .with_for_update()
    )
    if row is None:
        return
    row.status, row.due_at, row.request, row.reason = OutboxStatus.DUE, now, None, reason
    row.tried = [*row.tried, "kf"]
