"""Telling the operator that something needs a person: at most once per cause and hour."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.people.staff import staff_who_may
from models.rules import Rules

PERMISSION = "ops.alarm"


async def alarm(session: AsyncSession, cause: str, text: str, now: datetime, rules: Rules) -> None:
    """Sends `text` to those who run the service. `cause` is a short fixed word; the text says what to do."""
    members = await staff_who_may(session, PERMISSION, rules)
    hour = local(now).strftime("%Y%m%d%H")
    await tell_staff(session, members, f"alarm:{cause}:{hour}", Content(text=f"【系统提醒】{text}"), now=now)
