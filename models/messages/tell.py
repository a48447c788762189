"""Saying something to people other than the one who just wrote."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from models.database import insert_new
from models.messages.card import CHANGEABLE, open_cards
from models.messages.content import Content
from models.messages.outbox import OutboxMessage, Purpose, enqueue, rows_of
from models.people.staff import Staff
from models.people.tenant import Contact


async def tell_staff(
    session: AsyncSession,
    members: Iterable[Staff],
    key: str,
    content: Content,
    *,
    now: datetime,
    subject: str = "",
    guard: str = "",
    due_at: datetime | None = None,
) -> None:
    """Sends the content to each member, once per `key` and member."""
    rows = staff_rows(members, key, content, now=now, subject=subject, guard=guard, due_at=due_at)
    await insert_new(session, OutboxMessage, rows)


def staff_rows(
    members: Iterable[Staff],
    key: str,
    content: Content,
    *,
    now: datetime,
    subject: str = "",
    guard: str = "",
    due_at: datetime | None = None,
) -> list[dict[str, Any]]:
    """The same as rows to be inserted, for whoever tells many things at once."""
    return [
        row
        for member in members
        for row in rows_of(
            f"{key}:{member.userid}",
            content,
            recipient=f"staff:{member.userid}",
            account=member.userid,
            purpose=Purpose.WORK,
            now=now,
            subject=subject,
            guard=guard,
            due_at=due_at,
        )
    ]


async def tell_contact(
    session: AsyncSession,
    contact: Contact,
    key: str,
    content: Content,
    *,
    now: datetime,
    purpose: Purpose = Purpose.UPDATE,
    account: str = "",
    subject: str = "",
    guard: str = "",
    due_at: datetime | None = None,
) -> list[int]:
    """Sends the content to a contact over whatever channel is open then; `account` pins the chat it belongs to."""
    return await enqueue(
        session,
        f"{key}:{contact.id}",
        content,
        recipient=f"contact:{contact.id}",
        contact_id=contact.id,
        account=account,
        purpose=purpose,
        now=now,
        subject=subject,
        guard=guard,
        due_at=due_at,
    )


async def tell_visitor(
    session: AsyncSession,
    case_id: int,
    key: str,
    content: Content,
    *,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Sends the content's SMS to somebody of whom nothing is known but the number noted with the case."""
    await enqueue(
        session,
        f"{key}:visitor",
        content,
        recipient=f"visitor:{case_id}",
        purpose=Purpose.UPDATE,
        now=now,
        subject=f"case:{case_id}",
        due_at=due_at,
    )


async def close_cards(session: AsyncSession, subject: str, text: str, now: datetime) -> None:
    """The buttons of all open cards about the subject give way to `text` (≤ 10 characters show).

    What is too old to be changed is left as it is: nobody waits behind changes that can not be made.
    """
    for card in await open_cards(session, subject):
        card.closed_as = text
        if card.sent_at <= now - CHANGEABLE:
            continue
        await enqueue(
            session,
            f"card:{card.id}:closed",
            Content(task_id=card.task_id, replace=text),
            recipient=f"staff:{card.userid}",
            account=card.userid,
            purpose=Purpose.WORK,
            now=now,
            subject=subject,
        )
