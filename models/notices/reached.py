"""How far a letter has come: queued, sent, delivered, seen, signed, refused, posted, returned; kept apart [domain §6]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local_date
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.notices.delivery_step import DeliveryStep, Rung, steps_of
from models.notices.notice import Notice, Receipt
from models.notices.posting import Posting
from models.notices.refusal import Refusal, refusals_of
from models.notices.withdrawing_proof import is_withdrawn

_CHANNELS = {"kf": "微信", "sms": "短信"}


@dataclass(frozen=True, slots=True)
class Reached:
    """channels: that took the letter, as people call them; arrived: those whose provider reported delivery.

    warning: a signature without authority, None when there is none or a sufficient one stands beside it.
    """

    channels: tuple[str, ...]
    arrived: tuple[str, ...]
    seen: bool
    signature: Receipt | None
    warning: Receipt | None
    on_its_way: bool
    sent_on: date | None
    parcels: tuple[Posting, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    steps: tuple[DeliveryStep, ...] = ()

    @property
    def parcel(self) -> Posting | None:
        """The newest parcel."""
        return self.parcels[-1] if self.parcels else None

    @property
    def delivered_parcel(self) -> Posting | None:
        """A parcel that arrived: with slip and tracking it proves receipt as a signature does [law: 诉讼时效规定 §8]."""
        return next((parcel for parcel in self.parcels if parcel.delivered_on), None)

    @property
    def proven(self) -> bool:
        """Whether the ladder has ended."""
        return self.signature is not None or self.delivered_parcel is not None

    @property
    def refused_on(self) -> date | None:
        """When it was refused at the door last."""
        return local_date(self.refusals[-1].at) if self.refusals else None

    @property
    def words(self) -> str:
        """In a few words."""
        if self.signature:
            return f"{self.signature.how}签收"
        if parcel := self.delivered_parcel:
            return f"邮件 {parcel.tracking} 妥投"
        if self.parcel:
            return f"邮寄 {self.parcel.tracking}{'（已退件）' if self.parcel.returned_on else ''}"
        if self.refusals:
            return "上门被拒收"
        if self.channels:
            how = "已查看" if self.seen else "已送达" if self.arrived else "已发送"
            return f"{'、'.join(self.channels)}{how}"
        return "待发送" if self.on_its_way else "未送达"

    @property
    def step(self) -> tuple[str, date] | None:
        """The highest step of the ladder reached, with its day; None before anything was sent."""
        told = [(step.reached_on, _HEIGHT[step.rung], step.rung.value) for step in self.steps]
        if self.sent_on:
            told.append((self.sent_on, 0, f"{'、'.join(self.channels)}发送"))
        told += [(local_date(refusal.at), 3, "上门被拒收") for refusal in self.refusals]
        told += [(local_date(parcel.posted_at), 5, f"邮寄 {parcel.tracking}") for parcel in self.parcels]
        told += [(p.returned_on, 6, f"邮件 {p.tracking} 退回") for p in self.parcels if p.returned_on]
        if not told:
            return None
        on, _, name = max(told)
        return name, on


_HEIGHT = {Rung.AGAIN: 1, Rung.VISIT: 2, Rung.POST: 4, Rung.TRACE: 4}


async def how_reached(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, Reached]:
    """For each letter by id; five queries however many there are."""
    ids = [notice.id for notice in notices]
    receipts = await _by_notice(session, ids)
    parcels: dict[int, list[Posting]] = {}
    for parcel in await session.scalars(
        select(Posting).where(Posting.notice_id.in_(ids)).order_by(Posting.id)
    ):
        parcels.setdefault(parcel.notice_id, []).append(parcel)
    refusals: dict[int, list[Refusal]] = {}
    for refusal in await refusals_of(session, ids):
        refusals.setdefault(refusal.notice_id, []).append(refusal)
    steps = await steps_of(session, ids)
    messages = await _messages(session, notices)
    return {
        notice.id: Reached(
            channels=tuple(dict.fromkeys(messages[notice.subject].sent)),
            arrived=tuple(dict.fromkeys(messages[notice.subject].arrived)),
            seen=notice.seen_at is not None,
            signature=next((r for r in receipts.get(notice.id, ()) if r.sufficient), None),
            warning=next(
                (r for r in receipts.get(notice.id, ()) if not (r.sufficient or is_withdrawn(r))), None
            ),
            on_its_way=messages[notice.subject].waiting,
            sent_on=messages[notice.subject].sent_on,
            parcels=tuple(parcels.get(notice.id, ())),
            refusals=tuple(refusals.get(notice.id, ())),
            steps=tuple(steps.get(notice.id, ())),
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


@dataclass(slots=True)
class _Messages:
    """What the messages of one letter have come to. sent, arrived: channels, in order."""

    sent: list[str]
    arrived: list[str]
    waiting: bool = False
    sent_on: date | None = None


async def _messages(session: AsyncSession, notices: Sequence[Notice]) -> dict[str, _Messages]:
    """By the subject of the letter."""
    found = {notice.subject: _Messages([], []) for notice in notices}
    rows = await session.execute(
        select(
            OutboxMessage.subject,
            OutboxMessage.channel,
            OutboxMessage.status,
            OutboxMessage.settled_at,
            OutboxMessage.delivered_at,
        )
        .where(OutboxMessage.purpose == Purpose.NOTICE, OutboxMessage.subject.in_(list(found)))
        .order_by(OutboxMessage.id)
    )
    for subject, channel, status, settled_at, delivered_at in rows:
        messages = found[subject]
        name = _CHANNELS.get(channel, channel)
        if status is OutboxStatus.SENT:
            messages.sent.append(name)
            if settled_at and messages.sent_on is None:
                messages.sent_on = local_date(settled_at)
        elif status in (OutboxStatus.DUE, OutboxStatus.LEASED):
            messages.waiting = True
        if delivered_at is not None:
            messages.arrived.append(name)
    return found
