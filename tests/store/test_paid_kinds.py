"""What payments paid of a bill that asks for 违约金 besides its fees, as receipts print it."""

from __future__ import annotations

from sqlalchemy import select

from models.database import Database
from models.fees.allocation import LAWFUL_ORDER, DebtKind
from models.fees.bill import Bill, BillKind, BillLine, BillStatus
from models.fees.paid_kinds import kinds_paid, order_text, split_text
from models.fees.payment import Payment
from models.notices.payment_receipt import receipt_of
from tests.store.fee_park import RULES, day, open_park


async def test_a_receipt_tells_penalty_from_principal_in_the_agreed_order(db: Database) -> None:
    park = await open_park(db)
    await park.lets("云帆设计", "A-1203")
    async with db.begin() as session:
        bill = Bill(
            tenant_id=park.tenants["云帆设计"], month="2026-03", kind=BillKind.MONTH, status=BillStatus.ISSUED,
            number="ZD-202603-0001", total_fen=102_000, paid_fen=0, due_on=day(4, 15).date(),
        )  # fmt: skip
        session.add(bill)
        await session.flush()
        for position, (code, fen) in enumerate((("property", 100_000), ("penalty", 2_000)), start=1):
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
        bill_id = bill.id
    first = (await park.pay("云帆设计", 1_500, day(4, 20))).payment.id
    second = (await park.pay("云帆设计", 90_000, day(4, 21))).payment.id
    async with db.read() as session:
        lawful = await kinds_paid(session, [bill_id], LAWFUL_ORDER)
        assert lawful[first, bill_id] == {DebtKind.PENALTY: 1_500}
        assert lawful[second, bill_id] == {DebtKind.PENALTY: 500, DebtKind.PRINCIPAL: 89_500}
        agreed = await kinds_paid(session, [bill_id], ("principal", "cost", "penalty"))
        assert agreed[second, bill_id] == {DebtKind.PRINCIPAL: 90_000}
        payment = (await session.scalars(select(Payment).where(Payment.id == second))).one()
        receipt = await receipt_of(session, payment, day(4, 21), RULES)
    assert receipt.parts[0].split == "违约金 5.00、本金 895.00"
    assert receipt.order == "抵付次序：从最早到期的账单抵起；同一账单依次抵费用、违约金、本金。"


def test_the_order_names_what_the_payer_chose() -> None:
    assert split_text({DebtKind.PRINCIPAL: 5}, LAWFUL_ORDER) == ""
    assert order_text(("principal", "cost", "penalty"), ["2026年3月账单"]) == (
        "抵付次序：先抵付款人指定的2026年3月账单，其余从最早到期的账单抵起；同一账单依次抵本金、费用、违约金。"
    )
