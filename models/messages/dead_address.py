"""An address that the provider does not know any more is not used again, and somebody is told to put it right."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.alarm import alarm, is_alarm
from models.messages.outbox import OutboxMessage
from models.people.identity import mark_stale
from models.people.staff import Staff, mark_member
from models.people.tenant import Contact
from models.rules import Rules


async def note_dead_address(
    session: AsyncSession, row: OutboxMessage, reason: str, now: datetime, rules: Rules
) -> None:
    """The address of the row, on its channel, is dead from now on."""
    if row.channel == "kf":
        await mark_stale(session, row.address, now)
    elif row.channel == "sms":
        await session.execute(
            update(Contact)
            .where(Contact.mobile == row.address, Contact.mobile_dead_at.is_(None))
            .values(mobile_dead_at=now)
            .execution_options(synchronize_session=False)
        )
    elif (member := await mark_member(session, row.address, now)) and not is_alarm(row):
        await _tell_of_member(session, member, row, reason, now, rules)


async def _tell_of_member(
    session: AsyncSession, member: Staff, row: OutboxMessage, reason: str, now: datetime, rules: Rules
) -> None:
    """A member has no other channel: what was to be said goes to those who run the service."""
    said = str(row.content.get("title") or row.content.get("text") or "").partition("\n")[0][:60]
    text = (
        f"企业微信收不到发给 {member.name}（{member.userid}）的消息：{reason[:80]}。"
        f"请核对该成员是否在职、是否在应用可见范围内；离职的请停用。未送达的内容：{said}"
    )
    await alarm(session, f"member:{member.userid}", text, now, rules)
