"""Asking staff to bring or post a letter that chat and SMS could not deliver [manual ¶4.6.6]."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local_date
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.notices.bringers import load_crew
from models.notices.delivery_step import Rung, note_step
from models.notices.letter import document_of
from models.notices.notice import Notice
from models.rules import Rules

REASON_LENGTH = 120


async def ask_for_visit(
    session: AsyncSession, notice: Notice, reason: str, now: datetime, rules: Rules
) -> None:
    """Tells who looks after the tenant, else those who deliver; once per letter whatever fails how often."""
    letter = document_of(notice)
    bringers = (await load_crew(session, rules)).for_units(letter.units, now, rules)
    instead = f"（{bringers.instead_of}今天不当班，请代为派发）" if bringers.instead_of else ""
    text = (
        f"{notice.kind} {notice.number}（{letter.tenant}，{'、'.join(letter.units) or '无单元'}）无法送达："
        f"{reason[:REASON_LENGTH]}。{instead}\n请上门派发或邮寄，完成后发送：\n"
        f"送达 {notice.number} 签收人姓名 身份\n或：邮寄 {notice.number} 快递单号"
    )
    await note_step(
        session, [notice.id], Rung.VISIT, local_date(bringers.at), now, steward=bringers.asked, reason="消息无法送达",
    )  # fmt: skip
    await tell_staff(
        session, bringers.members, f"{notice.subject}:visit", Content(text=text),
        now=now, subject=notice.subject, due_at=bringers.at,
    )  # fmt: skip
