"""有偿服务 of the month [manual flow chart: 20–22 日], and of earlier months that came too late for theirs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.fees.bill import Bill, BillLine, BillRun, BillStatus, ServiceCharge
from models.fees.bill_lines import DraftLine
from models.fees.sources.marks import mark, unmark
from models.fees.sources.source import ChargedLine, Found, LineSource, Scope

CODES = ("service", "clearance")
"""What `ServiceCharge.code` may be: work done, and clearing away after decoration."""


def tenants(month: Month) -> Select[int]:
    """Whoever has a charge that stands on no bill."""
    return select(ServiceCharge.tenant_id).where(
        ServiceCharge.bill_id.is_(None), ServiceCharge.month <= str(month)
    )


async def find(session: AsyncSession, scope: Scope) -> Found:
    """A line for each charge, as agreed."""
    charge = ServiceCharge
    rows = await session.execute(
        select(
            charge.id,
            charge.tenant_id,
            charge.case_id,
            charge.month,
            charge.name,
            charge.amount_fen,
            charge.code,
            charge.basis,
        )
        .where(
            scope.holds(charge.tenant_id),
            charge.bill_id.is_(None),
            charge.month <= str(scope.month),
        )
        .order_by(charge.id)
    )
    return Found([_line(row) for row in rows])


def _line(row: Row[int, int, int | None, str, str, int, str, str]) -> DraftLine:
    charge_id, tenant_id, case_id, month, name, amount_fen, code, basis = row
    source = {"charge_id": charge_id, "case_id": case_id, "month": month}
    return DraftLine(tenant_id, code, name, basis, amount_fen, source)


async def stale(session: AsyncSession, run: BillRun) -> str:
    """A charge may have been withdrawn since the draft was computed."""
    drafted = set(
        await session.scalars(
            select(BillLine.source["charge_id"].as_integer())
            .join(Bill, Bill.id == BillLine.bill_id)
            .where(Bill.run_id == run.id, Bill.status == BillStatus.DRAFT, BillLine.code.in_(CODES))
        )
    )
    open_charges = select(ServiceCharge.id).where(ServiceCharge.bill_id.is_(None))
    return "出账后有偿服务费有变动" if drafted - set(await session.scalars(open_charges)) else ""


async def charge(session: AsyncSession, lines: Sequence[ChargedLine]) -> None:
    """The charges belong to their bills from now on."""
    await mark(session, ServiceCharge, {line.source["charge_id"]: line.bill_id for line in lines})


async def release(session: AsyncSession, bill_ids: Sequence[int]) -> None:
    """They may be charged again."""
    await unmark(session, ServiceCharge, bill_ids)


SERVICE = LineSource(
    "service", CODES, tenants=tenants, find=find, stale=stale, charge=charge, release=release
)
