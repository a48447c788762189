"""Cards with buttons in the staff app. Each tap yields a code that may change the card once, within 72 h (WeCom 94945)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import UniqueConstraint, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

CHANGEABLE = timedelta(hours=72)
"""How long a card may be changed after it was sent (WeCom 94945)."""


class Card(Base):
    """A card on one member's phone. `code` is the newest unused response code, "" when none is left."""

    __tablename__ = "card"
    __table_args__ = (UniqueConstraint("task_id", "userid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[str]
    userid: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    keys: Mapped[list[str]]
    code: Mapped[str]
    sent_at: Mapped[datetime]
    closed_as: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")


async def open_cards(session: AsyncSession, subject: str) -> list[Card]:
    """Cards about the subject that still show buttons."""
    rows = await session.scalars(
        select(Card).where(Card.subject == subject, Card.closed_as == "").with_for_update()
    )
    return list(rows)


async def find_card(session: AsyncSession, task_id: str, userid: str) -> Card | None:
    """The card this member was sent; None for a task never sent to them."""
    found: Card | None = await session.scalar(
        select(Card).where(Card.task_id == task_id, Card.userid == userid).with_for_update()
    )
    return found


async def take_code(session: AsyncSession, task_id: str, userid: str) -> str:
    """The newest response code, which nobody else will get; "" when there is none."""
    card = await find_card(session, task_id, userid)
    if card is None or not card.code:
        return ""
    code = card.code
    await session.execute(update(Card).where(Card.id == card.id).values(code=""))
    return code
