"""A tenant wants to speak to a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.repair_cards import masked
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.people.identity import TenantActor
from models.people.staff import on_shift_first, staff_who_may
from models.rules import Rules

ONCE_IN_S = 600
"""One call per person in ten minutes is enough [practice]."""


async def call_desk(
    session: AsyncSession, caller: TenantActor, text: str, now: datetime, rules: Rules
) -> None:
    """Asks those of the desk who are on shift to call back; repeated asking within ten minutes is one call."""
    desk = on_shift_first(await staff_who_may(session, "case.dispatch", rules), now, rules)
    who = f"{caller.tenant.name} {caller.contact.name}（{masked(caller.contact.mobile)}）"
    said = f"：{text[:100]}" if text else ""
    content = Content(text=f"【请回电】{who}请求人工服务{said}。号码可发“租户 {caller.tenant.name}”查看。")
    key = f"desk:{caller.contact.id}:{int(now.timestamp()) // ONCE_IN_S}"
    await tell_staff(session, desk, key, content, now=now)
