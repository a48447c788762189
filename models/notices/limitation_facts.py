"""What began the limitation of a tenant's bills anew, from the evidence [law: 民法典 §195; 诉讼时效规定 2020 §§8, 14]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local_date
from models.fees.bill import Bill
from models.fees.limitation import Limitation, Restart, limitation_of
from models.fees.pause import DunningPause, PauseKind
from models.fees.payment import Allocation, Payment
from models.notices.debt_documents import DunningNotice, LegalNotice, SuspensionNotice
from models.notices.dunning_facts import was_promised
from models.notices.letter import document_of
from models.notices.notice import Notice, NoticeKind
from models.notices.proof import proof_of

_DEMANDS = (NoticeKind.DUNNING, NoticeKind.LEGAL, NoticeKind.SUSPENSION)


@dataclass(frozen=True, slots=True)
class Claim:
    """An open bill and until when it can be enforced."""

    bill: Bill
    limitation: Limitation

    @property
    def until_on(self) -> date:
        """The last day."""
        return self.limitation.until_on


async def claims_of(session: AsyncSession, tenant_id: int, bills: Sequence[Bill]) -> list[Claim]:
    """The limitation of each bill, in the order given. A letter counts for the bills it lists, from proven receipt on."""
    demands = await _proven_demands(session, tenant_id)
    promises = list(
        await session.scalars(
            select(DunningPause).where(
                DunningPause.tenant_id == tenant_id, DunningPause.kind == PauseKind.PROMISE
            )
        )
    )
    payments = await _part_payments(session, bills)
    found = []
    for bill in bills:
        restarts = [restart for numbers, restart in demands if bill.number in numbers]
        restarts += [
            Restart(local_date(said.created_at), f"租户承诺付款 {said.number}")
            for said in promises
            if was_promised(bill, said)
        ]
        found.append(Claim(bill, limitation_of(bill.due_on, [*restarts, *payments.get(bill.id, [])])))
    return found


async def _proven_demands(session: AsyncSession, tenant_id: int) -> list[tuple[frozenset[str], Restart]]:
    """Letters that are shown to have arrived, with the numbers of the bills they ask for."""
    notices = await session.scalars(
        select(Notice).where(Notice.tenant_id == tenant_id, Notice.kind.in_(_DEMANDS)).order_by(Notice.id)
    )
    found = []
    for notice in notices:
        chain, letter = await proof_of(session, notice), document_of(notice)
        if chain.proven_at is None or not isinstance(letter, DunningNotice | LegalNotice | SuspensionNotice):
            continue
        numbers = frozenset(bill.number for bill in letter.bills)
        what = f"{notice.kind} {notice.number} 送达有凭据"
        found.append((numbers, Restart(local_date(chain.proven_at), what)))
    return found


async def _part_payments(session: AsyncSession, bills: Sequence[Bill]) -> dict[int, list[Restart]]:
    rows = await session.execute(
        select(Allocation.bill_id, Payment.received_at, Payment.number)
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Allocation.bill_id.in_([bill.id for bill in bills]), Payment.reversed_at.is_(None))
    )
    found: dict[int, list[Restart]] = {}
    for bill_id, received_at, number in rows:
        found.setdefault(bill_id, []).append(Restart(local_date(received_at), f"部分付款 {number}"))
    return found
