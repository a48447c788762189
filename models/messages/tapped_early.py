"""A card that was tapped before we knew that it was shown: its sender died, froze or is still waiting for the answer.

The tap comes over the signed callback and names the card; that a message with this very card is on its way to this very
member is what makes it genuine.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.card import Card, card_of, find_card, remember
from models.messages.outbox import OutboxMessage, OutboxStatus


async def card_under_way(session: AsyncSession, task_id: str, userid: str, now: datetime) -> Card | None:
    """The card, remembered from now on; None where none of this name may be on that member's phone."""
    named = OutboxMessage.request["body"]["template_card"]["task_id"].as_string() == task_id
    row = await session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.recipient == f"staff:{userid}", OutboxMessage.status != OutboxStatus.SENT)
        .where(OutboxMessage.in_doubt_since.is_not(None), named)
    )
    facts = card_of(row.request) if row else None
    if row is None or facts is None:
        return None
    await remember(session, [{**facts, "userid": userid, "subject": row.subject, "code": "", "sent_at": now}])
    return await find_card(session, task_id, userid)
