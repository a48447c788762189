"""How the recipient of a message can be reached at this moment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case
from models.messages.caps import Room
from models.messages.delivery import Reach
from models.messages.outbox import OutboxMessage, Purpose
from models.messages.quota import Quota
from models.messages.window import KfWindow
from models.people.identity import accounts_of
from models.people.tenant import Contact

_ESSENTIAL = (Purpose.CODE, Purpose.NOTICE)
"""What is sent also to who has opted out of SMS: asked for by themselves, or part of the contract
[law: 通信短信息服务管理规定 §18 is about commercial messages]."""


async def reach_of(session: AsyncSession, row: OutboxMessage, now: datetime, quota: Quota) -> Reach:
    """The facts that models.messages.delivery.choose decides on."""
    if row.recipient.startswith("staff:"):
        userid = row.recipient.removeprefix("staff:")
        return Reach(staff=userid, staff_room=quota.member(userid))
    if row.recipient.startswith("visitor:"):
        case = await session.get(Case, int(row.recipient.removeprefix("visitor:")))
        mobile = case.reporter_mobile if case else ""
        return Reach(mobile=mobile, sms_room=await quota.number(mobile, row.purpose, row.id))
    if row.purpose is Purpose.WELCOME:
        # The code itself is the permission.
        return Reach(kf=(row.account,), kf_known=True, kf_words="欢迎语")
    contact = await session.get(Contact, row.contact_id) if row.contact_id else None
    accounts = [row.account] if row.account else await accounts_of(session, contact.id) if contact else []
    windows = await _windows(session, accounts)
    open_now = [window for window in windows if not window.why_closed(now)]
    mobile, no_sms = _mobile(contact, row.purpose)
    needed = mobile and row.content.get("sms") and (not open_now or row.purpose is Purpose.CODE or row.tried)
    return Reach(
        kf=tuple(window.account for window in open_now),
        kf_known=bool(accounts),
        kf_words=open_now[0].words(now) if open_now else windows[0].why_closed(now) if windows else "",
        human=bool(windows) and not open_now and windows[0].is_human(now),
        mobile=mobile,
        sms_room=await quota.number(mobile, row.purpose, row.id) if needed else Room(None, ""),
        sms_words=no_sms,
    )


async def _windows(session: AsyncSession, accounts: list[str]) -> list[KfWindow]:
    """In the order of the accounts."""
    if not accounts:
        return []
    rows = {
        row.account: row
        for row in await session.scalars(select(KfWindow).where(KfWindow.account.in_(accounts)))
    }
    return [rows[account] for account in accounts if account in rows]


def _mobile(contact: Contact | None, purpose: Purpose) -> tuple[str, str]:
    """The number to use; "" with the reason why none."""
    if contact is None or not contact.active or not contact.mobile:
        return "", ""
    if contact.mobile_dead_at is not None:
        return "", "登记的手机号收不到短信"
    if contact.sms_refused and purpose not in _ESSENTIAL:
        return "", "对方已退订短信"
    return contact.mobile, ""
