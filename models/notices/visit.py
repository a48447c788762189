"""Asking staff to bring or post a letter that chat and SMS could not deliver [manual ¶4.6.6]."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.quiet import next_allowed
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.notices.letter import document_of
from models.notices.notice import Notice
from models.people.staff import staff_who_may
from models.rules import Rules

DELIVER = "notice.deliver"
REASON_LENGTH = 120


async def ask_for_visit(
    session: AsyncSession, notice: Notice, reason: str, now: datetime, rules: Rules
) -> None:
    """Tells those who deliver, once per letter whatever fails how often."""
    letter = document_of(notice)
    text = (
        f"{notice.kind} {notice.number}（{letter.tenant}，{'、'.join(letter.units) or '无单元'}）无法送达："
        f"{reason[:REASON_LENGTH]}。\n请上门派发或邮寄，完成后发送：\n"
        f"送达 {notice.number} 签收人姓名 身份\n或：邮寄 {notice.number} 快递单号"
    )
    members = await staff_who_may(session, DELIVER, rules)
    due_at = next_allowed(now, rules.calendar.quiet_from, rules.calendar.quiet_until)
    await tell_staff(
        session, members, f"{notice.subject}:visit", Content(text=text),
        now=now, subject=notice.subject, due_at=due_at,
    )  # fmt: skip
