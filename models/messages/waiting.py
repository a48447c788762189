"""Messages that waited because the customer's window was closed or used up, and go out when the customer writes again.

Five messages are all that KF allows until the customer writes once more, so waiting texts are merged into as few as
possible, what was to be said several times is said once, and one of the five is kept for what is asked now: who has
not written for months has many files waiting, and still wants an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.content import Content
from models.messages.outbox import TEXT_BYTES, WAITS, OutboxMessage, OutboxStatus
from models.messages.window import MESSAGES

_GAP = "\n\n"
FOR_ANSWERS = 1
"""Of the five, what is kept for the answer to the message that opened the window [practice]."""


async def wake_waiting(session: AsyncSession, recipient: str, account: str, now: datetime) -> None:
    """Lets what waited for this person go out, merged; `recipient` is "" for somebody we can not place."""
    rows = await session.scalars(
        select(OutboxMessage)
        .where(WAITS)
        .where(or_(OutboxMessage.recipient == recipient, OutboxMessage.account == account))
        .order_by(OutboxMessage.id)
        .with_for_update()
    )
    waiting = list(rows)
    for row in waiting:
        row.status, row.due_at = OutboxStatus.DUE, now
        row.tried = [channel for channel in row.tried if channel != "kf"]  # the window is open again
    _merge([row for row in waiting if set(row.content) == {"text"}], now)
    _hold_back([row for row in waiting if row.status is OutboxStatus.DUE])


def _hold_back(rows: Sequence[OutboxMessage]) -> None:
    """Words go before files, and of these the newest; the others wait for the next time the person writes."""
    first = sorted(rows, key=lambda row: -row.id if "file" in row.content else float("-inf"))
    for row in first[MESSAGES - FOR_ANSWERS :]:
        row.status = OutboxStatus.WAITING


def _merge(rows: Sequence[OutboxMessage], now: datetime) -> None:
    """Plain texts become one message as long as it stays within the limit; the others say where they went.

    What may have arrived is left alone: it goes out byte for byte, so that the platform can tell a repetition.
    """
    carrier: OutboxMessage | None = None
    for row in rows:
        if row.in_doubt_since is not None:
            carrier = None
        elif carrier and (text := _joined(str(carrier.content["text"]), str(row.content["text"]))):
            carrier.content, carrier.request = Content(text=text).to_json(), None
            row.status, row.settled_at, row.reason = OutboxStatus.WITHHELD, now, f"并入第 {carrier.id} 条"
        else:
            carrier = row


def _joined(first: str, second: str) -> str:
    """Both texts, or "" where they are too long together."""
    if second in first.split(_GAP):
        return first
    text = first + _GAP + second
    return text if len(text.encode()) <= TEXT_BYTES else ""
