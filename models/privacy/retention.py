"""What has been kept long enough goes, by class of data [law: 个人信息保护法 §19]. A step is one unit of work.

A step gets the row id to go on after, and says where it has come to; 0 when nothing is left.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, delete, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case
from models.fees.reading_upload import ReadingLink, ReadingUpload
from models.job_run import JobRun
from models.messages.card import Card
from models.messages.delivery_report import DeliveryReport
from models.messages.inbox import InboxMessage, InboxStatus
from models.messages.media import Media
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.messages.window import KfWindow
from models.people.identity import BindingAttempt, BindingCode, Identity
from models.privacy.blanking import blank_inbox, blank_outbox
from models.privacy.doomed import doom
from models.rules import RetentionRules
from models.uploads.link import UploadLink

_YEAR = timedelta(days=365)
_SETTLED = (OutboxStatus.SENT, OutboxStatus.WITHHELD, OutboxStatus.UNKNOWN, OutboxStatus.DEAD)


@dataclass(frozen=True, slots=True)
class Step:
    """What one unit of work did: how many rows, and after which id the next one goes on; 0 = nothing is left."""

    count: int
    after: int = 0


Work = Callable[[AsyncSession, RetentionRules, datetime, int, int], Awaitable[Step]]
"""Gets the session, the rules, now, the id to go on after, and how many rows at most."""


def _step(rows: list[Any], limit: int) -> Step:
    return Step(len(rows), rows[-1].id if len(rows) == limit else 0)


async def received(
    session: AsyncSession, rules: RetentionRules, now: datetime, after: int, limit: int
) -> Step:
    """Texts people sent."""
    old = now - timedelta(days=rules.inbox_days)
    query = (
        select(InboxMessage)
        .where(InboxMessage.id > after, InboxMessage.status != InboxStatus.NEW)
        .where(InboxMessage.erased_at.is_(None), InboxMessage.received_at < old)
    )
    rows = list(await session.scalars(query.order_by(InboxMessage.id).limit(limit).with_for_update()))
    for row in rows:
        blank_inbox(row, now)
    return _step(rows, limit)


async def sent(session: AsyncSession, rules: RetentionRules, now: datetime, after: int, limit: int) -> Step:
    """Texts sent to people. What waits for a chat to open that never did is given up."""
    old = now - timedelta(days=rules.outbox_days)
    proof = OutboxMessage.subject.startswith("notice:")
    query = (
        select(OutboxMessage)
        .where(OutboxMessage.id > after, OutboxMessage.status.in_((*_SETTLED, OutboxStatus.WAITING)))
        .where(OutboxMessage.erased_at.is_(None), OutboxMessage.created_at < old)
        .where(or_(~proof, OutboxMessage.created_at < now - rules.evidence_years * _YEAR))
    )
    rows = list(await session.scalars(query.order_by(OutboxMessage.id).limit(limit).with_for_update()))
    for row in rows:
        if row.status is OutboxStatus.WAITING:
            row.status, row.reason, row.settled_at = OutboxStatus.DEAD, "对方一直没有再发消息", now
        blank_outbox(row, now)
    return _step(rows, limit)


async def media(session: AsyncSession, rules: RetentionRules, now: datetime, after: int, limit: int) -> Step:
    """Pictures and files: loose ones, and those of cases closed long ago. What proves a delivery has a purpose and stays."""
    loose = and_(Media.subject == "", Media.received_at < now - timedelta(days=rules.loose_media_days))
    closed = select(literal("case:") + cast(Case.id, String)).where(
        Case.workflow != "claim", Case.closed_at < now - rules.case_media_years * _YEAR
    )
    of_case = and_(Media.purpose == "", Media.subject.in_(closed))
    query = select(Media).where(Media.id > after, or_(loose, of_case)).order_by(Media.id).limit(limit)
    rows = list(await session.scalars(query.with_for_update()))
    await session.execute(delete(Media).where(Media.id.in_([row.id for row in rows])))
    await doom(session, [row.sha256 for row in rows], now)
    return _step(rows, limit)


async def visitors(
    session: AsyncSession, rules: RetentionRules, now: datetime, after: int, limit: int
) -> Step:
    """Names and numbers of those who reported something and are no contacts of ours: as long as what people wrote."""
    rows = list(
        await session.scalars(
            select(Case)
            .where(Case.id > after, Case.closed_at < now - timedelta(days=rules.inbox_days))
            .where(or_(Case.reporter_mobile != "", Case.reporter_name != ""))
            .order_by(Case.id)
            .limit(limit)
            .with_for_update()
        )
    )
    for case in rows:
        case.reporter_name, case.reporter_mobile = "", ""
    return _step(rows, limit)


Until = Callable[[RetentionRules, datetime], ColumnElement[bool]]
"""Which rows of a table have been kept long enough."""


def _deleting(table: type[Any], until: Until) -> Work:
    """Small rows without a history: all that are old enough at once."""

    async def work(
        session: AsyncSession, rules: RetentionRules, now: datetime, after: int, limit: int
    ) -> Step:
        del after, limit
        key = table.__mapper__.primary_key[0]
        gone = await session.execute(delete(table).where(until(rules, now)).returning(key))
        return Step(len(gone.all()))

    return work


def _days(number: int) -> timedelta:
    return timedelta(days=number)


CLASSES: tuple[tuple[str, Work], ...] = (
    ("收到的消息正文", received),
    ("发出的消息正文", sent),
    ("照片和文件", media),
    ("不在册报修人的姓名和手机", visitors),
    (
        "绑定码和验证码",
        _deleting(BindingCode, lambda r, now: BindingCode.expires_at < now - _days(r.code_days)),
    ),
    (
        "绑定失败的记录",
        _deleting(BindingAttempt, lambda r, now: BindingAttempt.at < now - _days(r.code_days)),
    ),
    ("上传链接", _deleting(UploadLink, lambda r, now: UploadLink.expires_at < now - _days(r.link_days))),
    (
        "抄表链接",
        _deleting(
            ReadingLink,
            lambda r, now: and_(
                ReadingLink.expires_at < now - _days(r.link_days),
                ReadingLink.id.not_in(select(ReadingUpload.link_id)),
            ),
        ),
    ),
    (
        "未绑定账号的会话记录",
        _deleting(
            KfWindow,
            lambda r, now: and_(
                KfWindow.last_inbound_at < now - _days(r.window_days),
                KfWindow.account.not_in(select(Identity.account)),
            ),
        ),
    ),
    ("卡片记录", _deleting(Card, lambda r, now: Card.sent_at < now - _days(r.card_days))),
    (
        "短信回执",
        _deleting(DeliveryReport, lambda r, now: DeliveryReport.received_at < now - r.evidence_years * _YEAR),
    ),
    ("定时任务记录", _deleting(JobRun, lambda r, now: JobRun.scheduled_for < now - _days(r.job_days))),
)
"""Every class of data that does not stay for ever, with what applies its time. Said in docs/个人信息.md."""
