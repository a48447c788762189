"""Telling the operator that something needs a person: at most once per cause and hour."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local
from models.messages.content import Content
from models.messages.outbox import OutboxMessage
from models.messages.tell import tell_staff
from models.people.staff import staff_who_may
from models.rules import Rules

PERMISSION = "ops.alarm"
_HOUR = timedelta(hours=1)


async def alarm(session: AsyncSession, cause: str, text: str, now: datetime, rules: Rules) -> None:
    """Sends `text` to those who run the service. `cause` is a short fixed word; the text says what to do."""
    members = await staff_who_may(session, PERMISSION, rules)
    keys = {member.userid: f"{_key(cause, now - _HOUR)}:{member.userid}" for member in members}
    told = await session.scalars(
        select(OutboxMessage.dedupe_key)
        .where(OutboxMessage.dedupe_key.in_(keys.values()), OutboxMessage.created_at > now - _HOUR)
    )  # fmt: skip
    lately = set(told)
    others = [member for member in members if keys[member.userid] not in lately]
    await tell_staff(session, others, _key(cause, now), Content(text=f"【系统提醒】{text}"), now=now)


def is_alarm(row: OutboxMessage) -> bool:
    """Whether the message is an alarm itself: what becomes of it must not raise another."""
    return row.dedupe_key.startswith("alarm:")


def _key(cause: str, at: datetime) -> str:
    return f"alarm:{cause}:{local(at):%Y%m%d%H}"
