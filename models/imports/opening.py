"""Sheet 期初欠费: what companies owed before this software was used. Each row is an issued bill of its own kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.errors import UserError
from models.fees.bill import Bill, BillKind, BillLine, BillStatus
from models.fees.money import parse_yuan, yuan
from models.imports.cells import Cells
from models.imports.sheet import Batch, Column, SheetForm, each_row
from models.imports.tenancy import tenant_named, tenants_by_name
from models.people.tenant import Tenant
from models.rules import Rules
from models.sequence import next_number


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """A debt as the sheet has it."""

    tenant: str
    month: Month
    amount_fen: int
    due_on: date

    @property
    def key(self) -> tuple[str, Month]:
        """One debt per company and month."""
        return (self.tenant, self.month)


def check(cells: Cells, rules: Rules) -> OpeningRow:
    """The row's values. Raises UserError."""
    del rules
    month, due_on = cells.month("月份"), cells.day("到期日")
    if month is None or due_on is None:
        raise UserError("“月份”和“到期日”都要填写。")
    number = cells.number("金额")
    amount_fen = parse_yuan(cells.required("金额") if number is None else format(number, "f"))
    if amount_fen == 0:
        raise UserError("“金额”为 0，不用登记欠费。")
    return OpeningRow(cells.required("租户"), month, amount_fen, due_on)


async def save(session: AsyncSession, batch: Batch[OpeningRow]) -> list[str]:
    """New debts become issued bills; a debt that is there stays as it is, for an issued bill never changes."""
    tenants = await tenants_by_name(session, {row.tenant for row in batch.rows})
    bills = await _bills(session, {tenant.id for tenant in tenants.values()})
    fresh: list[OpeningRow] = []

    def store(row: OpeningRow) -> None:
        bill = bills.get((tenant_named(tenants, row.tenant).id, str(row.month)))
        if bill is None:
            fresh.append(row)
        elif (bill.total_fen, bill.due_on) != (row.amount_fen, row.due_on):
            raise UserError(
                f"{row.month.label}的期初欠费已登记为 {yuan(bill.total_fen)} 元（{bill.due_on} 到期），"
                "已生效的账单不能改，请由财务冲正。"
            )

    reasons = each_row(batch.rows, store)
    for row in fresh:
        await _issue(session, row, tenants[row.tenant], batch)
    return reasons


async def _bills(session: AsyncSession, tenant_ids: set[int]) -> dict[tuple[int, str], Bill]:
    rows = await session.scalars(
        select(Bill).where(Bill.kind == BillKind.OPENING, Bill.tenant_id.in_(tenant_ids))
    )
    return {(bill.tenant_id, bill.month): bill for bill in rows}


async def _issue(session: AsyncSession, row: OpeningRow, tenant: Tenant, batch: Batch[OpeningRow]) -> None:
    number = await next_number(session, "opening-bill")
    bill = Bill(
        tenant_id=tenant.id,
        month=str(row.month),
        kind=BillKind.OPENING,
        status=BillStatus.ISSUED,
        number=f"QC{row.month.year:04}{row.month.month:02}-{number:04}",
        total_fen=row.amount_fen,
        due_on=row.due_on,
        issued_at=batch.now,
    )
    session.add(bill)
    await session.flush()  # gives the bill its id
    basis = f"{row.month.label}及以前结转"
    line = BillLine(
        bill_id=bill.id, position=1, code="期初", name="期初欠费", basis=basis, amount_fen=row.amount_fen,
        source={"imported_at": batch.now.isoformat()},
    )  # fmt: skip
    session.add(line)


OPENING_DEBTS = SheetForm(
    "期初欠费",
    (
        Column("租户", ("名称", "租户名称", "公司名称")),
        Column("月份", ("账单月份", "所属月份")),
        Column("金额", ("欠费金额", "金额（元）")),
        Column("到期日", ("到期日期", "应缴日期")),
    ),
    check,
    save,
)
