"""押金 to be paid with the month's bill. The amount is held for the tenant: what counts income leaves its code out."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.errors import UserError
from models.fees.bill import Bill, BillLine, BillRun, BillStatus
from models.fees.bill_lines import DraftLine
from models.fees.deposit import DEPOSIT, Deposit, DepositRefund
from models.fees.sources.marks import mark, unmark
from models.fees.sources.source import ChargedLine, Found, LineSource, Scope
from models.people.unit import Unit


def tenants(month: Month) -> Select[int]:
    """Whoever has been asked for a deposit that stands on no bill and was not taken at the counter."""
    return select(Deposit.tenant_id).where(
        Deposit.bill_id.is_(None), Deposit.received_at.is_(None), Deposit.month <= str(month)
    )


async def find(session: AsyncSession, scope: Scope) -> Found:
    """A line for each deposit."""
    rows = await session.execute(
        tenants(scope.month)
        .join(Unit, Unit.id == Deposit.unit_id)
        .where(Deposit.tenant_id.in_(scope.tenant_ids))
        .with_only_columns(Deposit.id, Deposit.tenant_id, Deposit.name, Deposit.amount_fen, Unit.code)
        .order_by(Deposit.id)
    )
    return Found(
        [
            DraftLine(
                tenant_id,
                DEPOSIT,
                f"{name} {unit}",
                "押金，期满验收无误后退还",
                amount_fen,
                {"key": f"deposit:{deposit_id}", "unit": unit, "deposit_id": deposit_id},
            )
            for deposit_id, tenant_id, name, amount_fen, unit in rows
        ]
    )


async def stale(session: AsyncSession, run: BillRun) -> str:
    """A deposit may have been withdrawn, or taken at the counter, since the draft was computed."""
    drafted = set(
        await session.scalars(
            select(BillLine.source["deposit_id"].as_integer())
            .join(Bill, Bill.id == BillLine.bill_id)
            .where(Bill.run_id == run.id, Bill.status == BillStatus.DRAFT, BillLine.code == DEPOSIT)
        )
    )
    still = select(Deposit.id).where(Deposit.bill_id.is_(None), Deposit.received_at.is_(None))
    return "出账后押金有变动" if drafted - set(await session.scalars(still)) else ""


async def charge(session: AsyncSession, lines: Sequence[ChargedLine]) -> None:
    """The deposits belong to their bills from now on."""
    await mark(session, Deposit, {line.source["deposit_id"]: line.bill_id for line in lines})


async def release(session: AsyncSession, bill_ids: Sequence[int]) -> None:
    """They may be asked for again.

    Raises: UserError for one that has been given back.
    """
    given = await session.scalar(
        select(DepositRefund.number)
        .join(Deposit, Deposit.id == DepositRefund.deposit_id)
        .where(Deposit.bill_id.in_(bill_ids))
        .limit(1)
    )
    if given is not None:
        raise UserError(f"这份账单里的押金已经退还（{given}），不能冲销。有差错请另行补账。")
    await unmark(session, Deposit, bill_ids)


DEPOSITS = LineSource(
    "deposits", (DEPOSIT,), tenants=tenants, find=find, stale=stale, charge=charge, release=release
)
