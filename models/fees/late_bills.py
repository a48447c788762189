"""违约金 on late bills: what has run up by a day, less what was charged before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.allocation import DebtKind
from models.fees.attributions import BillHistory, histories
from models.fees.bill import Bill, BillLine, BillStatus
from models.fees.penalty import (
    Outstanding,
    PenaltyTerms,
    PrincipalPayment,
    capped,
    outstanding,
    penalty_fen,
)
from models.fees.penalty_agreement import PenaltyAgreement, PenaltyWaiver

CODE = "penalty"


@dataclass(frozen=True, slots=True)
class Accrued:
    """What a late bill's 违约金 comes to. stretches: the days not charged for before, with what was open on them.

    total_fen: since the bill was due; charged_fen: of that, on earlier bills. waived: somebody let it off.
    capped: more would have run up than the rules allow on this principal.
    """

    bill: Bill
    terms: PenaltyTerms
    until: date
    stretches: tuple[Outstanding, ...]
    total_fen: int
    charged_fen: int
    waived: bool
    capped: bool = False

    @property
    def due_fen(self) -> int:
        """What is still to be charged; negative where it was too much: a payment that was found later."""
        return self.total_fen - self.charged_fen


@dataclass(frozen=True, slots=True)
class _Charged:
    """What earlier bills have charged for a late one, and through which day."""

    amount_fen: int = 0
    until: date = date.min


async def accrued(
    session: AsyncSession, tenant_ids: Collection[int], until: date, order: Sequence[str], cap_percent: int
) -> list[Accrued]:
    """Late bills of these tenants for which a contract provides 违约金, oldest due first.

    cap_percent: of the principal at most, 0 for no end.
    """
    agreements = await _agreements(session, tenant_ids)
    bills = list(
        await session.scalars(
            select(Bill)
            .where(
                Bill.tenant_id.in_(list(agreements)), Bill.status == BillStatus.ISSUED, Bill.due_on < until
            )
            .order_by(Bill.due_on, Bill.id)
        )
    )
    ids = [bill.id for bill in bills]
    known = await histories(session, ids, order)
    charged = await _charged(session, list(agreements))
    waived = set(await session.scalars(select(PenaltyWaiver.bill_id).where(PenaltyWaiver.bill_id.in_(ids))))
    found = []
    for bill in bills:
        terms = _terms(agreements[bill.tenant_id], bill.due_on)
        if terms and bill.id in known:
            before = charged.get(bill.id, _Charged())
            found.append(_accrue(bill, known[bill.id], terms, until, before, cap_percent))
    return [replace(each, total_fen=0, waived=True) if each.bill.id in waived else each for each in found]


def _accrue(
    bill: Bill, history: BillHistory, terms: PenaltyTerms, until: date, before: _Charged, cap_percent: int
) -> Accrued:
    """A deposit is no fee: nothing runs up on it. Payments are taken to pay fees before deposits."""
    principal_fen = max(history.debts[DebtKind.PRINCIPAL] - history.deposits_fen, 0)
    paid = [PrincipalPayment(each.on, each.of(DebtKind.PRINCIPAL)) for each in history.payments]
    new = outstanding(principal_fen, bill.due_on, paid, until)
    fresh = [_after(each, before.until) for each in new if each.last > before.until]
    run_up = penalty_fen(principal_fen, bill.due_on, paid, until, terms)
    total = capped(run_up, principal_fen, cap_percent)
    return Accrued(
        bill, terms, until, tuple(fresh), total, before.amount_fen, waived=False, capped=total < run_up
    )


def _after(stretch: Outstanding, day: date) -> Outstanding:
    if stretch.first > day:
        return stretch
    return Outstanding(date.fromordinal(day.toordinal() + 1), stretch.last, stretch.open_fen)


def _terms(agreements: Sequence[PenaltyAgreement], due_on: date) -> PenaltyTerms | None:
    """What was agreed for a bill that falls due on the day; `agreements` newest first."""
    found = next((each for each in agreements if each.from_on <= due_on), None)
    if found is None or not found.daily_rate:
        return None
    return PenaltyTerms(found.daily_rate, found.contract_reference)


async def _agreements(
    session: AsyncSession, tenant_ids: Collection[int]
) -> dict[int, list[PenaltyAgreement]]:
    found: dict[int, list[PenaltyAgreement]] = defaultdict(list)
    for each in await session.scalars(
        select(PenaltyAgreement)
        .where(PenaltyAgreement.tenant_id.in_(tenant_ids))
        .order_by(PenaltyAgreement.from_on.desc())
    ):
        found[each.tenant_id].append(each)
    return dict(found)


async def _charged(session: AsyncSession, tenant_ids: Sequence[int]) -> dict[int, _Charged]:
    """By late bill: what stands on issued bills already."""
    rows = await session.execute(
        select(BillLine.amount_fen, BillLine.source)
        .join(Bill, Bill.id == BillLine.bill_id)
        .where(Bill.tenant_id.in_(tenant_ids), Bill.status == BillStatus.ISSUED, BillLine.code == CODE)
    )
    found: dict[int, _Charged] = {}
    for amount_fen, source in rows:
        before = found.get(source["late_bill_id"], _Charged())
        until = date.fromisoformat(source["until"])
        found[source["late_bill_id"]] = _Charged(before.amount_fen + amount_fen, max(before.until, until))
    return found


def per_mille(rate: Decimal) -> str:
    """A daily rate as contracts write it: "0.5‰"."""
    return f"{(rate * 1000).normalize():f}‰"
