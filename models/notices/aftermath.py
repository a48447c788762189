"""What a sent or lost message means for the notice it carried."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.outbox import OutboxMessage
from models.rules import Rules


async def delivered(session: AsyncSession, row: OutboxMessage, now: datetime) -> None:
    """The provider has taken the message. That is not yet received, and received is not signed [domain §6]."""


async def undelivered(session: AsyncSession, row: OutboxMessage, reason: str, now: datetime, rules: Rules) -> None:
    """The message will not arrive by itself: a person has to see to it."""
