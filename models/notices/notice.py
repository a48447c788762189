"""Notices (缴费通知单, 催款通知单, …), how they were delivered, and who signed for them.

"Accepted by the API" is not received; received is not signed. The states are kept apart [domain §6].
"""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

_TOKEN = re.compile(r"[0-9A-Za-z_-]{16,64}", re.ASCII)


class NoticeKind(StrEnum):
    """The value is the title that people see."""

    PAYMENT = "缴费通知单"
    DUNNING = "催款通知单"
    LEGAL = "欠费法律告知函"
    SUSPENSION = "暂停服务通知书"
    OWNER = "告知业主函"


class Notice(Base):
    """A letter to a tenant, or about one to the owner of its unit. One per (tenant, kind, month, step, revision).

    bill_id: the bill a payment notice stands for; None for letters about several. revision: 1, and one more for each
    further bill of the month.
    void_at: since when it asks for nothing, because its bill was reversed; models.notices.withdrawing.
    step: the level of the dunning ladder, "" for a bill's own letter; of a letter to an owner also whose.

    facts: everything the document shows, frozen when the notice was made (models.notices.documents).
    token: the unguessable end of the address of its page; short_code: the same for an SMS, whose values have at most
    20 characters. sha256: of the PDF, "" until it is rendered.
    seen_at: when its page or file was opened first.
    """

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("tenant_id", "kind", "month", "step", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[NoticeKind]
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    month: Mapped[str] = mapped_column(index=True)
    revision: Mapped[int] = mapped_column(default=1)
    bill_id: Mapped[int | None] = mapped_column(ForeignKey("bill.id"), index=True)
    step: Mapped[str] = mapped_column(default="")
    amount_fen: Mapped[int]
    due_on: Mapped[date]
    facts: Mapped[dict[str, Any]]
    token: Mapped[str] = mapped_column(unique=True)
    short_code: Mapped[str] = mapped_column(unique=True)
    token_expires_at: Mapped[datetime]
    sha256: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    void_at: Mapped[datetime | None]

    @property
    def subject(self) -> str:
        """The name other tables use for it."""
        return f"notice:{self.id}"


class Receipt(Base):
    """Somebody signed for a notice (签收). `sufficient`: the signer's role may sign; only that ends the ladder.

    evidence: how we know: channel, account, message key, address and browser for the page, as it came in.
    """

    __tablename__ = "receipt"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    signer: Mapped[str]
    role: Mapped[str]
    sufficient: Mapped[bool]
    how: Mapped[str]
    at: Mapped[datetime]
    sha256: Mapped[str]
    evidence: Mapped[dict[str, Any]]
    message_key: Mapped[str] = mapped_column(unique=True)


async def receipts_of(session: AsyncSession, notice_id: int) -> list[Receipt]:
    """Signatures, oldest first."""
    return list(
        await session.scalars(select(Receipt).where(Receipt.notice_id == notice_id).order_by(Receipt.id))
    )


async def notice_by_token(session: AsyncSession, token: str, now: datetime) -> Notice | None:
    """The notice a link leads to, by token or short code; None for a wrong or expired one, which are not told apart."""
    if not _TOKEN.fullmatch(token):
        return None
    found: Notice | None = await session.scalar(
        select(Notice).where(
            or_(Notice.token == token, Notice.short_code == token), Notice.token_expires_at > now
        )
    )
    return found
