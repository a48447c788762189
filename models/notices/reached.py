"""How far a letter has come: queued, sent, seen, signed, posted. The states are kept apart [domain §6]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.notices.notice import Notice, Receipt
from models.notices.posting import Posting

_CHANNELS = {"kf": "微信", "sms": "短信"}


@dataclass(frozen=True, slots=True)
class Reached:
    """channels: that took the letter, as people call them; posted: tracking numbers; warning: a signature without
    authority, None when there is none or a sufficient one stands beside it.
    """

    channels: tuple[str, ...]
    posted: tuple[str, ...]
    seen: bool
    signature: Receipt | None
    warning: Receipt | None
    on_its_way: bool

    @property
    def words(self) -> str:
        """In a few words."""
        if self.signature:
            return f"{self.signature.how}签收"
        if self.posted:
            return f"邮寄 {self.posted[-1]}"
        if self.channels:
            return f"{'、'.join(self.channels)}{'已查看' if self.seen else '已发送'}"
        return "待发送" if self.on_its_way else "未送达"


async def how_reached(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, Reached]:
    """For each letter by id; four queries however many there are."""
    ids = [notice.id for notice in notices]
    receipts = await _by_notice(session, ids)
    tracking: dict[int, list[str]] = {}
    for notice_id, number in await session.execute(
        select(Posting.notice_id, Posting.tracking).where(Posting.notice_id.in_(ids)).order_by(Posting.id)
    ):
        tracking.setdefault(notice_id, []).append(number)
    sent, waiting = await _sent(session, notices)
    return {
        notice.id: Reached(
            channels=tuple(sent.get(notice.subject, ())),
            posted=tuple(tracking.get(notice.id, ())),
            seen=notice.seen_at is not None,
            signature=next((r for r in receipts.get(notice.id, ()) if r.sufficient), None),
            warning=next((r for r in receipts.get(notice.id, ()) if not r.sufficient), None),
            on_its_way=notice.subject in waiting,
        )
        for notice in notices
    }


async def _by_notice(session: AsyncSession, ids: Sequence[int]) -> dict[int, list[Receipt]]:
    found: dict[int, list[Receipt]] = {}
    for receipt in await session.scalars(
        select(Receipt).where(Receipt.notice_id.in_(ids)).order_by(Receipt.id)
    ):
        found.setdefault(receipt.notice_id, []).append(receipt)
    return found


async def _sent(
    session: AsyncSession, notices: Sequence[Notice]
) -> tuple[dict[str, dict[str, None]], set[str]]:
    """Channels that took the letter, by subject; and the subjects of which something is still to be sent."""
    rows = await session.execute(
        select(OutboxMessage.subject, OutboxMessage.channel, OutboxMessage.status)
        .where(OutboxMessage.purpose == Purpose.NOTICE)
        .where(OutboxMessage.subject.in_([notice.subject for notice in notices]))
        .order_by(OutboxMessage.id)
    )
    sent: dict[str, dict[str, None]] = {}
    waiting = set()
    for subject, channel, status in rows:
        if status is OutboxStatus.SENT:
            sent.setdefault(subject, {})[_CHANNELS.get(channel, channel)] = None
        elif status in (OutboxStatus.DUE, OutboxStatus.LEASED):
            waiting.add(subject)
    return sent, waiting
