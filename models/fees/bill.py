"""Bills (账单), the monthly run that makes them, and other amounts that go into a month.

Invariants: one bill per (tenant, month, kind); an issued bill and its lines never change; `paid_fen` is the sum of
its live allocations.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class RunStatus(StrEnum):
    """draft → checked (finance) → issued (approved by the project manager); rejected goes back to draft."""

    DRAFT = "draft"
    CHECKED = "checked"
    ISSUED = "issued"


class BillRun(Base):
    """The bills of one month on their way to being issued. `gaps`: what could not be billed, for people to read.

    drafted_through: the last tenant a draft in the making has come to; None once the draft is complete.
    """

    __tablename__ = "bill_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(unique=True)
    status: Mapped[RunStatus]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    checked_by: Mapped[str] = mapped_column(default="")
    checked_at: Mapped[datetime | None]
    issued_by: Mapped[str] = mapped_column(default="")
    issued_at: Mapped[datetime | None]
    rejected_reason: Mapped[str] = mapped_column(default="")
    gaps: Mapped[list[str]]
    drafted_through: Mapped[int | None]


class BillStatus(StrEnum):
    """draft → issued."""

    DRAFT = "draft"
    ISSUED = "issued"


class BillKind(StrEnum):
    """month: a month's fees. opening: what was owed before this software was used."""

    MONTH = "month"
    OPENING = "opening"


class Bill(Base):
    """What a tenant owes for a month. `number` is given when issued; `due_on` is the last day to pay."""

    __tablename__ = "bill"
    __table_args__ = (UniqueConstraint("tenant_id", "month", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("bill_run.id"), index=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    month: Mapped[str] = mapped_column(index=True)
    kind: Mapped[BillKind]
    status: Mapped[BillStatus]
    number: Mapped[str | None] = mapped_column(unique=True)
    total_fen: Mapped[int]
    paid_fen: Mapped[int] = mapped_column(default=0)
    due_on: Mapped[date]
    issued_at: Mapped[datetime | None]

    @property
    def owed_fen(self) -> int:
        """What is still to be paid."""
        return self.total_fen - self.paid_fen


class BillLine(Base):
    """One amount on a bill. `basis` is the arithmetic as printed; `source` is what it was computed from."""

    __tablename__ = "bill_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    code: Mapped[str]
    name: Mapped[str]
    basis: Mapped[str]
    amount_fen: Mapped[int]
    source: Mapped[dict[str, Any]]


class ServiceCharge(Base):
    """有偿服务: work a tenant pays for, put on the bill of its month. `case_id`: the repair it comes from.

    code, basis: as on the bill's line.
    """

    __tablename__ = "service_charge"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    month: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    amount_fen: Mapped[int]
    code: Mapped[str] = mapped_column(default="service")
    basis: Mapped[str] = mapped_column(default="有偿服务单")
    case_id: Mapped[int | None] = mapped_column(unique=True)
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    bill_id: Mapped[int | None] = mapped_column(ForeignKey("bill.id"))


async def unpaid_bills(session: AsyncSession, tenant_id: int, *, lock: bool = False) -> list[Bill]:
    """Issued bills with something owed, oldest due first."""
    query = (
        select(Bill)
        .where(Bill.tenant_id == tenant_id, Bill.status == BillStatus.ISSUED, Bill.paid_fen < Bill.total_fen)
        .order_by(Bill.due_on, Bill.id)
    )
    return list(await session.scalars(query.with_for_update() if lock else query))


async def lines_of(session: AsyncSession, bill_id: int) -> list[BillLine]:
    """The lines in printed order."""
    return list(
        await session.scalars(select(BillLine).where(BillLine.bill_id == bill_id).order_by(BillLine.position))
    )
