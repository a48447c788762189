"""Cards with buttons in the staff app. Each tap yields a code that may change the card once, within 72 h (WeCom 94945)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import UniqueConstraint, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.database import insert_new

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


def card_of(request: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What to remember of a card with buttons, so that its taps can be checked and its buttons taken away."""
    body = (request or {}).get("body", {})
    card = body.get("template_card") if isinstance(body, dict) else None
    if not card or not card.get("task_id"):
        return None
    keys = [button["key"] for button in card.get("button_list", [])]
    title = str(card.get("main_title", {}).get("title", ""))
    return {"task_id": card["task_id"], "keys": keys, "title": title}


async def remember(session: AsyncSession, cards: Sequence[dict[str, Any]]) -> None:
    """Cards that have been sent. One that was tapped before we knew so is there already, with the code of the tap."""
    await insert_new(session, Card, cards)


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
