"""收据: what it shows, and whether it may be given. It is no invoice [practice]."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.bank.names import same
from models.clock import local, local_date
from models.errors import UserError
from models.fees.bill import Bill, unpaid_bills
from models.fees.bill_view import bill_label
from models.fees.money import in_words
from models.fees.paid_kinds import kinds_paid, order_text, split_text
from models.fees.payment import Cheque, Payment, credit_fen
from models.fees.receiving import as_recorded
from models.notices.documents import Issuer, PaidPart, PaymentReceipt
from models.people.staff import name_of
from models.people.tenant import Tenant, units_of
from models.rules import Rules

_CHEQUE_NOTE = "支票以银行入账为准；如被退票，本收据作废，相应账单恢复未付。"


def must_stand(payment: Payment) -> None:
    """Raises UserError for a payment that was taken back: its receipt would be for money nobody has."""
    if payment.reversed_at is not None:
        raise UserError(
            f"{payment.number} 已于 {local(payment.reversed_at):%m-%d %H:%M} 冲正，收据作废，不再开具。"
            "更正后的收款另有单号，请用新单号再发一次。"
        )


async def payment_stands(session: AsyncSession, payment_id: str) -> str:
    """A guard (models.messages.guards): a receipt does not leave for money that was given back meanwhile."""
    payment = await session.get_one(Payment, int(payment_id), populate_existing=True)
    return "收款已冲正" if payment.reversed_at is not None else ""


async def receipt_of(
    session: AsyncSession, payment: Payment, as_of_at: datetime, rules: Rules
) -> PaymentReceipt:
    """The receipt from what is on record; debt and credit as they stand at as_of_at, which is now."""
    tenant = await session.get_one(Tenant, payment.tenant_id)
    units = await units_of(session, tenant.id, local_date(payment.received_at))
    recorded = await as_recorded(session, payment)
    order = rules.fees.allocation
    kinds = await kinds_paid(session, {bill.id for bill, _ in recorded.parts}, order)
    named = [bill_label(bill) for bill, _ in recorded.parts if bill.id in payment.named]
    return PaymentReceipt(
        issuer=Issuer.of(rules.park),
        number=payment.number,
        payer=tenant.name,
        units=tuple(unit.code for unit in units),
        received_at=payment.received_at,
        method=payment.method,
        reference=payment.reference,
        amount_fen=payment.amount_fen,
        amount_words=in_words(payment.amount_fen),
        parts=tuple(
            _part(bill, part_fen, split_text(kinds.get((payment.id, bill.id), {}), order))
            for bill, part_fen in recorded.parts
        ),
        credit_added_fen=recorded.credit_fen,
        as_of_at=as_of_at,
        remaining_debt_fen=sum(bill.owed_fen for bill in await unpaid_bills(session, tenant.id)),
        credit_fen=await credit_fen(session, tenant.id),
        cashier=await name_of(session, payment.cashier),
        paid_by=payment.payer if payment.payer and not same(payment.payer, tenant.name) else "",
        order=order_text(order, named) if recorded.parts else "",
        cheque_note=_CHEQUE_NOTE if payment.cheque is Cheque.RECEIVED else "",
    )


def _part(bill: Bill, part_fen: int, split: str) -> PaidPart:
    partly = "（部分）" if part_fen < bill.total_fen else ""
    return PaidPart(bill.number or "", f"{bill_label(bill)}{partly}", part_fen, split)
