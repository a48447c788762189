"""A form that is being filled in chat, question by question. It survives a restart and ends by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

LIFETIME = timedelta(minutes=30)


class Conversation(Base):
    """Where one sender stands: `form` and `step` are names, `answers` what was said so far."""

    __tablename__ = "conversation"

    channel: Mapped[str] = mapped_column(primary_key=True)
    sender: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str]
    step: Mapped[str]
    answers: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime]


async def put(
    session: AsyncSession,
    channel: str,
    sender: str,
    form: str,
    step: str,
    answers: dict[str, Any],
    now: datetime,
) -> None:
    """Asks the sender for `step` of `form` from now on."""
    fields = {"form": form, "step": step, "answers": answers, "expires_at": now + LIFETIME}
    await session.merge(Conversation(channel=channel, sender=sender, **fields))


async def end(session: AsyncSession, channel: str, sender: str) -> None:
    """Forgets the form."""
    await session.execute(
        delete(Conversation).where(Conversation.channel == channel, Conversation.sender == sender)
    )


async def forget_expired(session: AsyncSession, now: datetime) -> int:
    """Deletes forms that have run out; how many."""
    gone = delete(Conversation).where(Conversation.expires_at <= now).returning(Conversation.sender)
    return len((await session.execute(gone)).all())
