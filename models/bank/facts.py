"""Gathers what proposals are made from: once for many lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.bank.line import BankLine, rest_fen
from models.bank.names import plain
from models.bank.proposals import (
    Known,
    LineFacts,
    OpenBillFacts,
    Proposal,
    RecordedFacts,
    TenantFacts,
    propose,
)
from models.clock import at_local, local_date
from models.fees.bill import Bill, BillKind, BillStatus
from models.fees.bill_view import bill_label
from models.fees.payment import Payment, Refund
from models.notices.notice import Notice
from models.people.tenant import Tenancy, Tenant
from models.people.unit import Unit
from models.rules import Rules
from models.rules.money import CASH

_NEAR = timedelta(days=15)
"""A payment told at the counter shows on the statement within so many days [practice]."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the proposals of some lines are made from."""

    tenants: Sequence[TenantFacts]
    payments: Sequence[RecordedFacts]
    refunds: Sequence[RecordedFacts]
    known: Known

    def bills_of(self, tenant_id: int) -> tuple[OpenBillFacts, ...]:
        """The tenant's unpaid bills."""
        return next((tenant.bills for tenant in self.tenants if tenant.id == tenant_id), ())

    def proposals(self, line: LineFacts, rules: Rules) -> list[Proposal]:
        """For one line."""
        recorded = self.payments if line.rest_fen > 0 else self.refunds
        near = [each for each in recorded if abs(each.on - line.on) <= _NEAR]
        return propose(line, self.tenants, near, self.known, rules.bank)


async def gather(session: AsyncSession, lines: Sequence[BankLine]) -> Facts:
    """Reads all tenants with what they owe, what is recorded and not on a statement, and what was confirmed before."""
    return Facts(
        tenants=await _tenants(session),
        payments=await _payments(session, lines),
        refunds=await _refunds(session, lines),
        known=await _known(session, lines),
    )


async def line_facts(session: AsyncSession, line: BankLine) -> LineFacts:
    """The line with what is left of it."""
    rest = await rest_fen(session, line)
    return LineFacts(line.on, rest, line.payer_name, line.payer_account, line.reference, line.serial)


async def _tenants(session: AsyncSession) -> list[TenantFacts]:
    units: dict[int, list[str]] = defaultdict(list)
    for tenant_id, code in await session.execute(
        select(Tenancy.tenant_id, Unit.code).join(Unit, Unit.id == Tenancy.unit_id).order_by(Unit.code)
    ):
        units[tenant_id].append(code)
    bills = await _open_bills(session)
    rows = await session.execute(select(Tenant.id, Tenant.name).order_by(Tenant.id))
    return [
        TenantFacts(tenant_id, name, tuple(dict.fromkeys(units[tenant_id])), tuple(bills[tenant_id]))
        for tenant_id, name in rows
    ]


async def _open_bills(session: AsyncSession) -> dict[int, list[OpenBillFacts]]:
    unpaid = (Bill.status == BillStatus.ISSUED, Bill.paid_fen < Bill.total_fen)
    letters: dict[tuple[int, str], list[str]] = defaultdict(list)
    for tenant_id, month, number in await session.execute(
        select(Notice.tenant_id, Notice.month, Notice.number)
        .join(Bill, (Bill.tenant_id == Notice.tenant_id) & (Bill.month == Notice.month))
        .where(*unpaid)
    ):
        letters[tenant_id, month].append(number)
    found: dict[int, list[OpenBillFacts]] = defaultdict(list)
    for bill in await session.scalars(select(Bill).where(*unpaid).order_by(Bill.due_on, Bill.id)):
        asked = letters[bill.tenant_id, bill.month] if bill.kind is BillKind.MONTH else []
        numbers = tuple(dict.fromkeys([*([bill.number] if bill.number else []), *asked]))
        found[bill.tenant_id].append(
            OpenBillFacts(bill.id, bill.month, bill_label(bill), bill.owed_fen, numbers)
        )
    return found


async def _payments(session: AsyncSession, lines: Sequence[BankLine]) -> list[RecordedFacts]:
    first, last = _span(lines)
    rows = await session.execute(
        select(Payment, Tenant.name)
        .join(Tenant, Tenant.id == Payment.tenant_id)
        .where(Payment.bank_line_id.is_(None), Payment.reversed_at.is_(None), Payment.method != CASH)
        .where(Payment.received_at >= at_local(first, 0), Payment.received_at < at_local(last, 0))
        .order_by(Payment.id)
    )
    return [
        RecordedFacts(
            each.id, each.tenant_id, each.number, name, each.amount_fen, each.reference,
            local_date(each.received_at),
        )
        for each, name in rows
    ]  # fmt: skip


async def _refunds(session: AsyncSession, lines: Sequence[BankLine]) -> list[RecordedFacts]:
    rows = await session.execute(
        select(Refund, Tenant.name)
        .join(Tenant, Tenant.id == Refund.tenant_id)
        .where(Refund.bank_line_id.is_(None), Refund.cancelled_at.is_(None), Refund.method != CASH)
        .where(Refund.amount_fen.in_([-line.amount_fen for line in lines if line.amount_fen < 0]))
        .order_by(Refund.id)
    )
    return [
        RecordedFacts(
            each.id, each.tenant_id, each.number, name, each.amount_fen, each.payee,
            local_date(each.refunded_at),
        )
        for each, name in rows
    ]  # fmt: skip


async def _known(session: AsyncSession, lines: Sequence[BankLine]) -> Known:
    """Learned from live payments alone: what is taken back as a mistake is unlearned with it."""
    accounts: dict[str, set[int]] = defaultdict(set)
    names: dict[str, set[int]] = defaultdict(set)
    rows = await session.execute(
        select(BankLine.payer_account, BankLine.payer_name, Payment.tenant_id)
        .join(Payment, Payment.bank_line_id == BankLine.id)
        .where(Payment.reversed_at.is_(None))
        .where(
            BankLine.payer_account.in_([line.payer_account for line in lines if line.payer_account])
            | BankLine.payer_name.in_([line.payer_name for line in lines if line.payer_name])
        )
        .distinct()
    )
    for account, name, tenant_id in rows:
        if account:
            accounts[account].add(tenant_id)
        if plain(name):
            names[plain(name)].add(tenant_id)
    return Known(
        {key: frozenset(ids) for key, ids in accounts.items()},
        {key: frozenset(ids) for key, ids in names.items()},
    )


def _span(lines: Sequence[BankLine]) -> tuple[date, date]:
    days = [line.on for line in lines] or [date(2000, 1, 1)]
    return min(days) - _NEAR, max(days) + _NEAR + timedelta(days=1)
