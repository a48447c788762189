"""Delivery reports: what the provider says of a message after it took it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.database import insert_new
from models.messages.after_sms import say_otherwise
from models.messages.delivery_report import DeliveryReport, reports_on
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.messages.window import note_closed, note_sent
from models.notices.aftermath import is_signed, undelivered
from models.rules import Rules

_MAY_BOUNCE = (OutboxStatus.SENT, OutboxStatus.DUE, OutboxStatus.LEASED, OutboxStatus.UNKNOWN)
_LATE = "短信发送结果曾不明，回执确认已送达"


@dataclass(frozen=True, slots=True)
class SmsReport:
    """One report. `out_id` is ours; `code` is the carrier's. raw: the callback's fields as they came."""

    out_id: str
    success: bool
    code: str
    raw: Mapping[str, Any] = field(default_factory=dict)


async def take_reports(
    session: AsyncSession, reports: Sequence[SmsReport], now: datetime, rules: Rules
) -> None:
    """Notes what became of sent messages. Twice the same or unknown ones change nothing; late ones are only kept."""
    for report in reports:
        row = await session.scalar(
            select(OutboxMessage)
            .where(OutboxMessage.provider_id == report.out_id, OutboxMessage.channel == "sms")
            .with_for_update()
        )
        if row is None:
            continue
        await _keep(session, row, report, now)
        await _apply(session, row, report, now, rules)


async def take_early_reports(
    session: AsyncSession, rows: Sequence[OutboxMessage], now: datetime, rules: Rules
) -> None:
    """What was told of these while they were on their way, and nobody could act on before the answer was here."""
    ids = [row.id for row in rows if row.channel == "sms"]
    reports = await reports_on(session, ids) if ids else {}
    if not reports:
        return
    known = select(OutboxMessage).where(OutboxMessage.id.in_(reports)).order_by(OutboxMessage.id)
    for row in await session.scalars(known.execution_options(populate_existing=True)):
        for report in reports[row.id]:
            if report.raw.get("channel") == "kf":  # of the try before, which came back: this one goes by SMS
                continue
            await _apply(session, row, report, now, rules)


async def _apply(
    session: AsyncSession, row: OutboxMessage, report: SmsReport | DeliveryReport, now: datetime, rules: Rules
) -> None:
    if row.delivered_at is not None or not _is_open(row):
        return
    if report.success:
        row.delivered_at = now
        if row.status is not OutboxStatus.SENT:  # the answer was lost, the message was not
            row.status, row.settled_at, row.reason = OutboxStatus.SENT, row.settled_at or now, _LATE
    else:
        row.status, row.reason = OutboxStatus.DEAD, f"短信未送达（{report.code}）"
        await _failed(session, row, now, rules)


async def _failed(session: AsyncSession, row: OutboxMessage, now: datetime, rules: Rules) -> None:
    """Another way, where one is open by now; else a person."""
    if not (await is_signed(session, row) or await say_otherwise(session, row, now, rules)):
        await undelivered(session, row, row.reason, now, rules)


def _is_open(row: OutboxMessage) -> bool:
    """Sent, or gone with nobody knowing whether it was taken; what is being sent right now is settled first."""
    if row.status in (OutboxStatus.SENT, OutboxStatus.UNKNOWN):
        return True
    return row.status is OutboxStatus.DUE and row.in_doubt_since is not None


async def _keep(session: AsyncSession, row: OutboxMessage, report: SmsReport, now: datetime) -> None:
    """The report itself, as evidence."""
    kept = {
        "outbox_id": row.id, "success": report.success, "code": report.code, "received_at": now,
        "raw": dict(report.raw),
    }  # fmt: skip
    await insert_new(session, DeliveryReport, [kept])


async def bounced(
    session: AsyncSession,
    msgid: str,
    reason: str,
    now: datetime,
    *,
    window_closed: bool = False,
    raw: Mapping[str, Any] | None = None,
) -> None:
    """A message that 微信客服 took could not be shown after all (msg_send_fail): it is unsent again, and moves on.

    window_closed: nothing else will be shown either until the customer writes.
    """
    row = await session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.provider_id == msgid, OutboxMessage.channel == "kf")
        .where(OutboxMessage.status.in_(_MAY_BOUNCE))
        .with_for_update()
    )
    if row is None:
        return
    went_at = row.in_doubt_since or now
    if row.status is not OutboxStatus.SENT:  # the answer to our sending was lost, or is not here yet
        await note_sent(session, [(row.address, went_at)])
    kept = {"channel": "kf", "msgid": msgid, "reason": reason, **(raw or {})}
    await _keep(session, row, SmsReport(msgid, False, reason[:60], kept), now)
    if window_closed:
        await note_closed(session, row.address, went_at)
    if row.purpose is Purpose.WELCOME:  # twenty seconds have gone
        row.status, row.reason = OutboxStatus.DEAD, reason
        return
    row.status, row.due_at, row.request, row.reason = OutboxStatus.DUE, now, None, reason
    row.tried, row.attempts, row.in_doubt_since = [*row.tried, "kf"], 0, None
