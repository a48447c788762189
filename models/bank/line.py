"""Lines of bank statements (银行流水), as the bank wrote them, and what became of them.

Invariant: the live payments of a line never sum up to more than the line.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.errors import UserError
from models.fees.payment import Payment, Refund


class LineStatus(StrEnum):
    """open → booked (all of it is on accounts, or it shows a refund of ours) | other (not rent; `note` says what)."""

    OPEN = "open"
    BOOKED = "booked"
    OTHER = "other"


class BankLine(Base):
    """One line. `amount_fen` is negative when money went out. key: of the serial, or of all fields with a running
    number, unique, so that importing a file twice changes nothing.
    """

    __tablename__ = "bank_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    on: Mapped[date] = mapped_column("line_on", index=True)
    amount_fen: Mapped[int]
    payer_name: Mapped[str] = mapped_column(index=True)
    payer_account: Mapped[str] = mapped_column(index=True)
    reference: Mapped[str]
    serial: Mapped[str]
    status: Mapped[LineStatus] = mapped_column(index=True)
    note: Mapped[str] = mapped_column(default="")
    imported_at: Mapped[datetime]
    imported_by: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="")


async def lock_line(session: AsyncSession, line_id: int) -> BankLine:
    """The line, locked. Raises UserError when there is none."""
    line = await session.get(BankLine, line_id, with_for_update=True, populate_existing=True)
    if line is None:
        raise UserError("没有这笔流水。发送“对账”查看待认的流水。")
    return line


def reopen(line: BankLine) -> None:
    """Somebody has to decide on it again."""
    line.status, line.note, line.decided_at, line.decided_by = LineStatus.OPEN, "", None, ""


async def rest_fen(session: AsyncSession, line: BankLine) -> int:
    """What of the line is on nobody's account yet."""
    booked = await session.scalar(
        select(func.coalesce(func.sum(Payment.amount_fen), 0)).where(
            Payment.bank_line_id == line.id, Payment.reversed_at.is_(None)
        )
    )
    returned = await session.scalar(
        select(func.coalesce(func.sum(Refund.amount_fen), 0)).where(
            Refund.bank_line_id == line.id, Refund.cancelled_at.is_(None)
        )
    )
    return line.amount_fen - int(booked or 0) + int(returned or 0)


async def open_lines(session: AsyncSession) -> list[BankLine]:
    """Lines nobody has decided on, oldest first."""
    rows = await session.scalars(
        select(BankLine).where(BankLine.status == LineStatus.OPEN).order_by(BankLine.on, BankLine.id)
    )
    return list(rows)
