"""Bills (账单), the runs that make them, and other amounts that go into a month.

Invariants: one bill per (tenant, month, kind, revision); an issued bill and its lines never change, a wrong one is
reversed as a whole (models.fees.bill_reversal); `paid_fen` is the sum of its live allocations.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class RunStatus(StrEnum):
    """draft → checked (finance) → issued (approved by the project manager); rejected goes back to draft."""

    DRAFT = "draft"
    CHECKED = "checked"
    ISSUED = "issued"


class RunKind(StrEnum):
    """month: everybody's bills. supplement (补账): what is missing after those, and bills instead of reversed ones."""

    MONTH = "month"
    SUPPLEMENT = "supplement"


class BillRun(Base):
    """Bills of one month on their way to being issued.

    turn: 1 for the month's run; supplements of a month are counted from 1.
    tenant_id: where a supplement is for one tenant only.
    due_on, due_note: the last day to pay, and why it is that day where it was moved.
    facts: what the sources worked out once for the run, by their names.
    drafted_through: the last tenant a draft in the making has come to; None once the draft is complete.
    to_draft, drafted: tenants there were at the start, and those that are done. to_issue: bills still to go out.
    """

    __tablename__ = "bill_run"
    __table_args__ = (UniqueConstraint("month", "kind", "turn"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(index=True)
    kind: Mapped[RunKind] = mapped_column(default=RunKind.MONTH)
    turn: Mapped[int] = mapped_column(default=1)
    tenant_id: Mapped[int | None] = mapped_column(ForeignKey("tenant.id"))
    status: Mapped[RunStatus]
    due_on: Mapped[date]
    due_note: Mapped[str] = mapped_column(default="")
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    checked_by: Mapped[str] = mapped_column(default="")
    checked_at: Mapped[datetime | None]
    issued_by: Mapped[str] = mapped_column(default="")
    issued_at: Mapped[datetime | None]
    rejected_reason: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]]
    drafted_through: Mapped[int | None]
    to_draft: Mapped[int] = mapped_column(default=0)
    drafted: Mapped[int] = mapped_column(default=0)
    to_issue: Mapped[int] = mapped_column(default=0)


class BillGap(Base):
    """What a run could not bill, for people to read."""

    __tablename__ = "bill_gap"
    __table_args__ = (UniqueConstraint("run_id", "text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("bill_run.id", ondelete="CASCADE"))
    text: Mapped[str]


class BillStatus(StrEnum):
    """draft → issued, and for a wrong one → reversed (冲销): owed by nobody, but never gone."""

    DRAFT = "draft"
    ISSUED = "issued"
    REVERSED = "reversed"


class BillKind(StrEnum):
    """month: a month's fees. supplement: what came too late for them. opening: owed before this software was used."""

    MONTH = "month"
    SUPPLEMENT = "supplement"
    OPENING = "opening"


class Bill(Base):
    """What a tenant owes for a month. `number` is given when issued; `due_on` is the last day to pay.

    revision: 1, and one more for each bill of the same kind that follows: a second supplement, or a bill that replaces
    a reversed one.
    """

    __tablename__ = "bill"
    __table_args__ = (
        UniqueConstraint("tenant_id", "month", "kind", "revision"),
        Index(
            "ix_bill_run_id_status_tenant_id", "run_id", "status", "tenant_id"
        ),  # chunks of drafts to issue
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("bill_run.id"))
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    month: Mapped[str] = mapped_column(index=True)
    kind: Mapped[BillKind]
    revision: Mapped[int] = mapped_column(default=1)
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
    """One amount on a bill. `basis` is the arithmetic as printed; `source` is what it was computed from.

    once: what is charged once a month by it, "" where something carries a mark (models.fees.sources.source).
    """

    __tablename__ = "bill_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    code: Mapped[str]
    name: Mapped[str]
    basis: Mapped[str]
    amount_fen: Mapped[int]
    source: Mapped[dict[str, Any]]
    once: Mapped[str] = mapped_column(default="")


class ReversalCause(StrEnum):
    """Whose doing it is; the notice error rate counts the first two [manual 5.x: 差错率; practice]."""

    OURS = "ours"
    READING = "reading"
    CONTRACT = "contract"
    OTHER = "other"


class ReversalStatus(StrEnum):
    """asked → approved | refused."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


class BillReversal(Base):
    """A request to take an issued bill back, and what became of it.

    number: of the reversal, given on approval, "CX-202603-0001"; paid_fen: what had been paid and is credit again.
    replace: whether a corrected bill is to follow; replacement_id: that bill, once it is issued.
    """

    __tablename__ = "bill_reversal"

    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"), index=True)
    number: Mapped[str | None] = mapped_column(unique=True)
    status: Mapped[ReversalStatus]
    cause: Mapped[ReversalCause]
    reason: Mapped[str]
    replace: Mapped[bool]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")
    paid_fen: Mapped[int] = mapped_column(default=0)
    replacement_id: Mapped[int | None] = mapped_column(ForeignKey("bill.id"), index=True)


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
    bill_id: Mapped[int | None] = mapped_column(ForeignKey("bill.id"), index=True)


async def unpaid_bills(session: AsyncSession, tenant_id: int, *, lock: bool = False) -> list[Bill]:
    """Issued bills with something owed, oldest due first."""
    return list(await session.scalars(_UNPAID_LOCKED if lock else _UNPAID, {"of": tenant_id}))


_UNPAID = (
    select(Bill)
    .where(
        Bill.tenant_id == bindparam("of"), Bill.status == BillStatus.ISSUED, Bill.paid_fen < Bill.total_fen
    )
    .order_by(Bill.due_on, Bill.id)
)
_UNPAID_LOCKED = _UNPAID.with_for_update()


async def lines_of(session: AsyncSession, bill_id: int) -> list[BillLine]:
    """The lines in printed order."""
    return list(
        await session.scalars(select(BillLine).where(BillLine.bill_id == bill_id).order_by(BillLine.position))
    )
