"""What is kept about one person, for that person's own eyes [law: 个人信息保护法 §45]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case
from models.clock import local
from models.exports.table import Column, Holds, Row, Table
from models.messages.inbox import InboxMessage
from models.messages.media import Media
from models.messages.outbox import OutboxMessage
from models.notices.notice import Notice, Receipt
from models.people.directory import masked
from models.people.identity import Identity
from models.people.tenant import Contact, Tenant
from models.rules import Rules

MOST_ROWS = 2000
"""Of each kind the newest so many are listed."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much of each kind is kept. bindings: since when which chat account stands for the person."""

    bindings: Sequence[Identity]
    received: int
    sent: int
    media: int
    cases: int
    receipts: int


async def holdings_of(session: AsyncSession, contact: Contact) -> Holdings:
    """Counts for the short answer."""
    bindings = list(
        await session.scalars(select(Identity).where(Identity.contact_id == contact.id).order_by(Identity.id))
    )
    accounts = [each.account for each in bindings]
    counted = (
        select(func.count(InboxMessage.id)).where(_received(accounts)),
        select(func.count(OutboxMessage.id)).where(
            OutboxMessage.contact_id == contact.id, OutboxMessage.erased_at.is_(None)
        ),
        select(func.count(Media.id)).where(Media.channel == "kf", Media.sender.in_(accounts)),
        select(func.count(Case.id)).where(Case.contact_id == contact.id),
        select(func.count(Receipt.id)).where(Receipt.contact_id == contact.id),
    )
    return Holdings(bindings, *[await session.scalar(query) or 0 for query in counted])


def holdings_text(contact: Contact, tenant: Tenant, kept: Holdings, rules: Rules) -> str:
    """The short answer: what, what for, how long, and what the person may do about it."""
    times = rules.retention
    bound = "、".join(f"{local(each.bound_at):%Y年%-m月%-d日}起" for each in kept.bindings) or "无"
    return "\n".join(
        [
            "我们保存的您的信息：",
            f"· 姓名 {contact.name}，手机 {masked(contact.mobile)}，{tenant.name}的{contact.role}（由贵司登记）",
            f"· 微信客服绑定：{bound}",
            f"· 您发来的消息 {kept.received} 条，照片和文件 {kept.media} 个；发给您的消息 {kept.sent} 条",
            f"· 您的报事 {kept.cases} 件，签收记录 {kept.receipts} 份",
            "用途：处理报事、送达通知和收费，只有工作需要的服务中心员工看得到。",
            f"消息保存 {times.inbox_days} 天，报事照片 {times.case_media_years} 年，送达凭据 {times.evidence_years} 年，"
            "会计资料 30 年，到期自动删除或停止使用。",
            f"要更正请联系服务中心 {rules.park.phone}；要删除请发：删除我的数据",
        ]
    )


async def holdings_tables(session: AsyncSession, contact: Contact, tenant: Tenant) -> list[Table]:
    """Everything, a sheet for each kind."""
    accounts = list(await session.scalars(select(Identity.account).where(Identity.contact_id == contact.id)))
    return [
        Table("基本信息", (Column("项目"), Column("内容")), _basics(contact, tenant)),
        Table("您发来的消息", _MESSAGE, await _received_rows(session, accounts)),
        Table("发给您的消息", _MESSAGE, await _sent_rows(session, contact.id)),
        Table("照片和文件", (_AT, Column("名称"), Column("用于")), await _media_rows(session, accounts)),
        Table("报事", (_AT, Column("单号"), Column("内容")), await _case_rows(session, contact.id)),
        Table("签收记录", (_AT, Column("文件"), Column("方式")), await _receipt_rows(session, contact.id)),
    ]


_AT = Column("时间", Holds.INSTANT)
_MESSAGE = (_AT, Column("渠道"), Column("内容"))


def _received(accounts: Sequence[str]) -> ColumnElement[bool]:
    mine = and_(InboxMessage.channel == "kf", InboxMessage.sender.in_(accounts))
    return and_(mine, InboxMessage.erased_at.is_(None))


def _basics(contact: Contact, tenant: Tenant) -> list[Row]:
    return [
        ("姓名", contact.name),
        ("手机", contact.mobile),
        ("单位", tenant.name),
        ("身份", str(contact.role)),
        ("不接收非必要短信", "是" if contact.sms_refused else "否"),
    ]


async def _received_rows(session: AsyncSession, accounts: Sequence[str]) -> list[Row]:
    query = select(InboxMessage).where(_received(accounts)).order_by(InboxMessage.id.desc())
    rows = await session.scalars(query.limit(MOST_ROWS))
    return [(row.received_at, "微信客服", row.message.text or f"（{row.message.kind}）") for row in rows]


async def _sent_rows(session: AsyncSession, contact_id: int) -> list[Row]:
    query = (
        select(OutboxMessage)
        .where(OutboxMessage.contact_id == contact_id, OutboxMessage.erased_at.is_(None))
        .order_by(OutboxMessage.id.desc())
    )
    rows = await session.scalars(query.limit(MOST_ROWS))
    return [
        (row.created_at, row.channel, str(row.content.get("text") or row.content.get("file_name", "")))
        for row in rows
    ]


async def _media_rows(session: AsyncSession, accounts: Sequence[str]) -> list[Row]:
    query = select(Media).where(Media.channel == "kf", Media.sender.in_(accounts)).order_by(Media.id.desc())
    rows = await session.scalars(query.limit(MOST_ROWS))
    return [(row.received_at, row.name, "报事" if row.subject else "") for row in rows]


async def _case_rows(session: AsyncSession, contact_id: int) -> list[Row]:
    query = select(Case).where(Case.contact_id == contact_id).order_by(Case.id.desc()).limit(MOST_ROWS)
    return [(row.created_at, row.number, row.description) for row in await session.scalars(query)]


async def _receipt_rows(session: AsyncSession, contact_id: int) -> list[Row]:
    query = (
        select(Receipt.at, Notice.number, Receipt.how)
        .join(Notice, Notice.id == Receipt.notice_id)
        .where(Receipt.contact_id == contact_id)
        .order_by(Receipt.id.desc())
    )
    return [(at, number, how) for at, number, how in await session.execute(query.limit(MOST_ROWS))]
