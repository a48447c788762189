"""Taking messages back: what has not left stays here, what the application sent is recalled; chats and SMS can not be.

Source: 撤回应用消息 (WeCom 94867): within 24 h, and only in the WeCom client; what was read in WeChat stays there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.content import Content
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose, enqueue

WITHIN = timedelta(hours=24)
RECALLED = "已撤回"


@dataclass(frozen=True, slots=True)
class Recalled:
    """How many were stopped before they left, how many are taken back from phones, and how many have gone for good."""

    stopped: int = 0
    taken_back: int = 0
    gone: int = 0


async def recall(session: AsyncSession, ids: Sequence[int], now: datetime) -> Recalled:
    """Takes back as many of these outbox messages as can be. What is just being sent counts as gone."""
    rows = await session.scalars(
        select(OutboxMessage).where(OutboxMessage.id.in_(ids)).order_by(OutboxMessage.id).with_for_update()
    )
    stopped = taken_back = gone = 0
    for row in rows:
        if row.status in (OutboxStatus.DUE, OutboxStatus.WAITING) and row.in_doubt_since is None:
            row.status, row.reason, row.settled_at = OutboxStatus.WITHHELD, RECALLED, now
            stopped += 1
        elif _can_be_recalled(row, now):
            await _take_back(session, row, now)
            taken_back += 1
        elif row.status is not OutboxStatus.WITHHELD:
            gone += 1
    return Recalled(stopped, taken_back, gone)


def _can_be_recalled(row: OutboxMessage, now: datetime) -> bool:
    sent = row.status is OutboxStatus.SENT and row.settled_at is not None and row.settled_at > now - WITHIN
    return sent and row.channel == "wecom" and bool(row.provider_id)


async def _take_back(session: AsyncSession, row: OutboxMessage, now: datetime) -> None:
    await enqueue(
        session,
        f"{row.dedupe_key}:recall",
        Content(recall=row.provider_id),
        recipient=row.recipient,
        account=row.account,
        purpose=Purpose.WORK,
        now=now,
        subject=row.subject,
    )
