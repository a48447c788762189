"""News that no channel could carry: said to nobody, so the desk reads each morning whom to call [practice].

Letters are not among them, for somebody is asked at once to bring each; nor is what does not hold any more, or what a
colleague in the same company did get.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.announcements.announcement import Announcement
from models.cases.case import Case
from models.messages.after_sms import base_key, said_otherwise, said_otherwise_key
from models.messages.delivery_report import DeliveryReport
from models.messages.guards import reason_to_withhold
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.notices.notice import Notice
from models.people.directory import masked
from models.people.tenant import Contact, Tenant, contacts_of

MOST = 20
_NAMED = 3
_REPORTS_COME_WITHIN = timedelta(days=4)
_NOT_LOST = (OutboxStatus.DUE, OutboxStatus.LEASED, OutboxStatus.SENT, OutboxStatus.WAITING)
_KINDS = {
    "bill": "账单", "invoice": "发票", "deposit": "押金", "suspension": "服务暂停", "pause": "异议答复", "refund": "退款",
    "receipt": "收据", "payment": "收款",
}  # fmt: skip
_OTHER = "其他消息"


@dataclass(frozen=True, slots=True)
class Unheard:
    """One message nobody got. about: what it is of; reader: whom to call; company: "" for who is no tenant's contact."""

    about: str
    reader: str
    company: str
    reason: str


async def unheard(session: AsyncSession, since: datetime, until: datetime) -> list[Unheard]:
    """What came to nothing after `since` and up to `until`, oldest first."""
    rows = await session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.status == OutboxStatus.DEAD, _is_news(), ~said_otherwise())
        .where(OutboxMessage.settled_at > since - _REPORTS_COME_WITHIN, OutboxMessage.settled_at <= until)
        .where(_lost_at() > since, _lost_at() <= until)
        .order_by(OutboxMessage.id)
    )
    lost = [row for row in rows if row.erased_at is None and not await _is_needless(session, row)]
    return list(dict.fromkeys([await _told(session, row) for row in lost]))


def _is_news() -> ColumnElement[bool]:
    letter = and_(OutboxMessage.purpose == Purpose.NOTICE, OutboxMessage.subject.like("notice:%"))
    wanted = OutboxMessage.purpose.in_((Purpose.UPDATE, Purpose.REPLY, Purpose.NOTICE))
    to_somebody = or_(OutboxMessage.contact_id.is_not(None), OutboxMessage.recipient.like("visitor:%"))
    return and_(wanted, to_somebody, ~letter)


def _lost_at() -> ColumnElement[datetime]:
    """When it was known: an SMS fails some time after it was sent."""
    reported = (
        select(func.max(DeliveryReport.received_at))
        .where(DeliveryReport.outbox_id == OutboxMessage.id, ~DeliveryReport.success)
        .scalar_subquery()
    )
    return case((reported > OutboxMessage.settled_at, reported), else_=OutboxMessage.settled_at)


async def _is_needless(session: AsyncSession, row: OutboxMessage) -> bool:
    """Whether it does not hold any more, or somebody else of the company got the same."""
    if await reason_to_withhold(session, row.guard):
        return True
    contact = await session.get(Contact, row.contact_id) if row.contact_id else None
    if contact is None:
        return False
    said = base_key(row.dedupe_key).removesuffix(f":{contact.id}")
    keys = [f"{said}:{colleague.id}" for colleague in await contacts_of(session, contact.tenant_id)]
    reached = await session.scalar(
        select(func.count())
        .select_from(OutboxMessage)
        .where(OutboxMessage.dedupe_key.in_([*keys, *map(said_otherwise_key, keys)]))
        .where(OutboxMessage.status.in_(_NOT_LOST))
    )
    return bool(reached)


async def _told(session: AsyncSession, row: OutboxMessage) -> Unheard:
    kind, _, rest = (row.subject or row.dedupe_key).partition(":")
    about = await _about(session, kind, rest.partition(":")[0])
    contact = await session.get(Contact, row.contact_id) if row.contact_id else None
    if contact is None:
        visited = await session.get(Case, int(row.recipient.partition(":")[2]))
        name, mobile = (visited.reporter_name, visited.reporter_mobile) if visited else ("", "")
        return Unheard(about, f"{name or '报修人'} {masked(mobile)}", "", row.reason)
    tenant = await session.get_one(Tenant, contact.tenant_id)
    reader = f"{tenant.name} {contact.name} {masked(contact.mobile)}"
    return Unheard(about, reader, tenant.name, row.reason)


async def _about(session: AsyncSession, kind: str, number: str) -> str:
    """What the desk calls it; nothing of what it said, for not all of the desk may see money."""
    if kind == "case" and (found := await session.get(Case, int(number))):
        return f"{found.number} {found.category}".strip()
    if kind == "announcement" and (announcement := await session.get(Announcement, int(number))):
        return f"公告 {announcement.number}"
    if kind == "notice" and (notice := await session.get(Notice, int(number))):
        return f"{notice.kind} {notice.number}"
    return _KINDS.get(kind, _OTHER)


def unheard_text(found: Sequence[Unheard]) -> str:
    """One line for each thing it is about, so that an announcement to a hundred is one line too; "" for nothing."""
    if not found:
        return ""
    by_subject: dict[str, list[Unheard]] = {}
    for each in found:
        by_subject.setdefault(each.about, []).append(each)
    lines = [f"{about}：{_readers(readers)}" for about, readers in by_subject.items()]
    more = [f"……另有 {len(lines) - MOST} 项"] if len(lines) > MOST else []
    head = f"【没有送到的消息】{len(found)} 条，微信和短信都走不通，请打电话或当面告知："
    last = "联系人可发“租户 公司名”查看。号码不对的请更正登记，没有绑定的请发绑定码。"
    return "\n".join([head, *lines[:MOST], *more, last])


def _readers(readers: Sequence[Unheard]) -> str:
    if len(readers) == 1:
        return f"{readers[0].reader}（{readers[0].reason[:60]}）"
    names = list(dict.fromkeys(each.company or each.reader for each in readers))
    return _first(names) + (f"等 {len(names)} 家" if len(names) > _NAMED else "")


def _first(names: Iterable[str]) -> str:
    return "、".join(list(names)[:_NAMED])
