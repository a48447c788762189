"""How the recipient of a message can be reached at this moment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.delivery import Reach
from models.messages.outbox import OutboxMessage, Purpose
from models.messages.window import KfWindow
from models.people.identity import accounts_of
from models.people.tenant import Contact


async def reach_of(session: AsyncSession, row: OutboxMessage, now: datetime) -> Reach:
    """The facts that models.messages.delivery.choose decides on."""
    if row.recipient.startswith("staff:"):
        return Reach(staff=row.recipient.removeprefix("staff:"))
    if row.purpose is Purpose.WELCOME:
        return Reach(kf=(row.account,), kf_known=True)  # the code itself is the permission
    contact = await session.get(Contact, row.contact_id) if row.contact_id else None
    accounts = [row.account] if row.account else await accounts_of(session, contact.id) if contact else []
    windows = await session.scalars(select(KfWindow).where(KfWindow.account.in_(accounts)))
    open_now = {window.account for window in windows if window.open_at(now)}
    mobile = contact.mobile if contact and contact.active else ""
    return Reach(
        kf=tuple(account for account in accounts if account in open_now),
        kf_known=bool(accounts),
        mobile=mobile,
    )
