"""What of a payment may stand on an invoice."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from models.database import Database
from models.fees.bill import Bill, BillKind, BillLine, BillStatus
from models.fees.deposit import DEPOSIT
from models.fees.payment import Allocation
from models.invoices.changing import apply, issue
from models.invoices.invoiceable import invoiceable, over_invoiced
from models.invoices.titles import keep_title
from models.invoices.words import waiting_text
from tests.store.fee_park import FeePark, day, open_park


@pytest.fixture
async def park(db: Database) -> FeePark:
    """One tenant with a bill of 1,500.00, of which 500.00 are a deposit."""
    park = await open_park(db)
    await park.lets("云帆设计", "A-1203")
    async with db.begin() as session:
        bill = Bill(
            tenant_id=park.tenants["云帆设计"], month="2026-03", kind=BillKind.MONTH, status=BillStatus.ISSUED,
            number="ZD-202603-0001", total_fen=150_000, paid_fen=0, due_on=day(4, 15).date(),
        )  # fmt: skip
        session.add(bill)
        await session.flush()
        for position, (code, fen) in enumerate((("property", 100_000), (DEPOSIT, 50_000)), start=1):
            session.add(
                BillLine(
                    bill_id=bill.id,
                    position=position,
                    code=code,
                    name=code,
                    basis="",
                    amount_fen=fen,
                    source={},
                )
            )
    return park


async def open_fen(park: FeePark) -> list[int]:
    async with park.db.read() as session:
        return [item.amount_fen for item in await invoiceable(session, park.tenants["云帆设计"])]


async def test_a_deposit_is_never_invoiced(park: FeePark) -> None:
    await park.pay("云帆设计", 90_000, day(4, 1))
    assert await open_fen(park) == [90_000]
    await park.pay("云帆设计", 60_000, day(4, 2))
    assert await open_fen(park) == [90_000, 10_000]


async def test_an_invoice_for_more_than_the_corrected_bill_is_told(park: FeePark) -> None:
    await park.pay("云帆设计", 150_000, day(4, 1))
    async with park.db.begin() as session:
        title = await keep_title(
            session, park.tenants["云帆设计"], "云帆设计", "91350100M000100Y43", "", by="x", now=day(4, 1)
        )
        invoice, items = await apply(session, title, by="contact:1", now=day(4, 1))
        assert [item.bills for item in items] == [{"2026年3月账单": 100_000}]
        await issue(session, invoice, "2" * 20, day(4, 1).date(), by="staff:sunli", now=day(4, 1))
        assert await over_invoiced(session) == []
    async with park.db.begin() as session:
        bill = (await session.scalars(select(Bill))).one()
        await session.execute(delete(Allocation).where(Allocation.bill_id == bill.id))
    async with park.db.read() as session:
        assert [(each.number, fen) for each, fen in await over_invoiced(session)] == [
            ("FP-202604-0001", 100_000)
        ]
        assert "多开 1,000.00 元" in await waiting_text(session)
    assert await open_fen(park) == []
