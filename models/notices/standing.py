"""Questions asked again right before a letter leaves (models.messages.guards)."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models.notices.notice import Notice
from models.notices.paid import is_paid
from models.notices.signing import signed_for


async def letter_owed(session: AsyncSession, notice_id: str) -> str:
    """A dunning letter is for those who still owe one of the bills it counts for."""
    notice = await session.get_one(Notice, int(notice_id))
    if notice.void_at:
        return "通知单已作废"
    return "账单已付清" if await is_paid(session, notice) else ""


async def letter_unsigned(session: AsyncSession, notice_id: str) -> str:
    """A letter is sent a second time only to those who have neither signed nor paid."""
    if await signed_for(session, int(notice_id)):
        return "已签收"
    return await letter_owed(session, notice_id)
