"""What a letter of the ladder shows beside the bills: the demands before it, and the promise that was not kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import at_local, local_date
from models.fees.bill import Bill
from models.fees.dunning import Step
from models.fees.money import in_words
from models.fees.pause import DunningPause, DunningStep, PauseKind, PauseOutcome
from models.notices.debt_documents import (
    BrokenPromise,
    DunningNotice,
    EarlierDemand,
    LegalNotice,
    OpenBill,
    SuspensionNotice,
)
from models.notices.documents import Issuer
from models.notices.facts import DebtLetter
from models.notices.notice import Notice, NoticeKind
from models.notices.reached import how_reached
from models.notices.recipients import unit_codes
from models.people.tenant import Tenant
from models.rules import Rules


async def dunning_letter(
    session: AsyncSession,
    tenant_id: int,
    step: Step,
    number: str,
    overdue: Sequence[Bill],
    today: date,
    rules: Rules,
) -> DebtLetter:
    """The letter of that step as a value. overdue: the bills it asks for, oldest first."""
    facts = await _common(session, tenant_id, number, overdue, today, rules)
    match step.rung.kind:
        case "legal_letter":
            return LegalNotice(**facts, demands=await _demands(session, tenant_id, overdue))
        case "suspension_notice":
            return SuspensionNotice(
                **facts,
                full_days=rules.suspension.full_days,
                services=rules.suspension.services,
                utilities=rules.suspension.mode == "manual",
                legal_basis=rules.suspension.legal_basis,
                demands=await _demands(session, tenant_id, overdue),
            )
    return DunningNotice(**facts, title=step.rung.name)


async def _common(
    session: AsyncSession, tenant_id: int, number: str, overdue: Sequence[Bill], today: date, rules: Rules
) -> dict[str, Any]:
    tenant = await session.get_one(Tenant, tenant_id)
    total_fen = sum(bill.owed_fen for bill in overdue)
    return {
        "issuer": Issuer.of(rules.park),
        "number": number,
        "tenant": tenant.name,
        "units": await unit_codes(session, tenant_id, today),
        "issued_on": today,
        "as_of_on": today,
        "bills": tuple(_open(bill) for bill in overdue),
        "total_fen": total_fen,
        "total_words": in_words(total_fen),
        "pay_by_on": _pay_by(today, rules),
        "promises": await _broken(session, tenant_id, overdue, today),
    }


def _pay_by(today: date, rules: Rules) -> date:
    return date.fromordinal(today.toordinal() + rules.dunning.pay_within_days)


def _open(bill: Bill) -> OpenBill:
    return OpenBill(bill.number or "", bill.month, bill.due_on, bill.total_fen, bill.paid_fen)


async def _demands(
    session: AsyncSession, tenant_id: int, overdue: Sequence[Bill]
) -> tuple[EarlierDemand, ...]:
    """The letters that asked for these bills before: each restarts the limitation [law: 民法典 §195]."""
    months = {bill.month for bill in overdue}
    earlier = list(
        await session.scalars(
            select(Notice)
            .where(Notice.tenant_id == tenant_id, Notice.month.in_(months), Notice.kind != NoticeKind.OWNER)
            .order_by(Notice.id)
        )
    )
    reached = await how_reached(session, earlier)
    return tuple(
        EarlierDemand(notice.number, local_date(notice.made_at), reached[notice.id].words, str(notice.kind))
        for notice in earlier
    )


async def _broken(
    session: AsyncSession, tenant_id: int, overdue: Sequence[Bill], today: date
) -> tuple[BrokenPromise, ...]:
    """The last promise since the letter before, when its day has passed and a bill it was made for is still open."""
    last_on: date | None = await session.scalar(
        select(func.max(DunningStep.sent_on)).where(DunningStep.tenant_id == tenant_id)
    )
    query = (
        select(DunningPause)
        .where(DunningPause.tenant_id == tenant_id, DunningPause.kind == PauseKind.PROMISE)
        .where(DunningPause.outcome != PauseOutcome.MOVED, DunningPause.until_on < today)
        .order_by(DunningPause.id.desc())
        .limit(1)
    )
    if last_on is not None:
        query = query.where(DunningPause.created_at >= at_local(last_on, 0))
    said = await session.scalar(query)
    if said is None or not any(was_promised(bill, said) for bill in overdue):
        return ()
    return (BrokenPromise(local_date(said.created_at), said.until_on),)


def was_promised(bill: Bill, said: DunningPause) -> bool:
    """Whether the bill was there when the promise was made."""
    return bill.issued_at is None or bill.issued_at <= said.created_at
