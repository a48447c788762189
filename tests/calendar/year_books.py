"""At each month's end: the books to the 分 from raw rows and from what was said at the counter; letters once, in order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import pairwise

from sqlalchemy import func, select

from models.database import Database
from models.fees.account import books_balance
from models.fees.bill import Bill, BillLine, BillStatus
from models.fees.books import balance
from models.fees.pause import DunningStep
from models.fees.payment import Allocation, Payment, Refund, credit_fen
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.notices.notice import Notice, NoticeKind
from models.people.tenant import Tenant
from models.rules import Rules
from tests.calendar import books

_OWNER, _LIVE = Bill.tenant_id, Payment.reversed_at.is_(None)
BILLED = (
    select(_OWNER, func.sum(BillLine.amount_fen))
    .join(BillLine)
    .where(Bill.status != BillStatus.DRAFT)
    .group_by(_OWNER)
)
REVERSED = select(_OWNER, func.sum(Bill.total_fen)).where(Bill.status == BillStatus.REVERSED).group_by(_OWNER)
OWED = (
    select(_OWNER, func.sum(Bill.total_fen - Bill.paid_fen))
    .where(Bill.status == BillStatus.ISSUED)
    .group_by(_OWNER)
)
PAID = (
    select(_OWNER, func.sum(Allocation.amount_fen))
    .join(Allocation, Allocation.bill_id == Bill.id)
    .join(Payment, Payment.id == Allocation.payment_id)
    .where(_LIVE, Bill.status == BillStatus.ISSUED)
    .group_by(_OWNER)
)
CAME = select(Payment.tenant_id, func.sum(Payment.amount_fen)).where(_LIVE).group_by(Payment.tenant_id)
WENT = (
    select(Refund.tenant_id, func.sum(Refund.amount_fen))
    .where(Refund.cancelled_at.is_(None))
    .group_by(Refund.tenant_id)
)
"""分 by tenant, each from rows of its own."""

STILL_UNDERWAY = (OutboxStatus.DUE, OutboxStatus.LEASED, OutboxStatus.UNKNOWN)


async def hold_month_end(db: Database, received: Mapping[str, int]) -> int:
    """Everything that must be true at the end of any month. received: tenant → 分 it gave and did not get back.

    What was billed in all.
    """
    await hold_money(db, received)
    await hold_notices(db)
    async with db.read() as session:
        assert await books_balance(session) == []
        return (await balance(session)).billed_fen


async def hold_money(db: Database, received: Mapping[str, int]) -> None:
    """For each tenant: billed = paid + owed + reversed, received = paid + credit. From lines, allocations, payments."""
    async with db.read() as session:
        billed, reversed_, owed, paid, came, went = [
            defaultdict(int, {key: int(fen) for key, fen in await session.execute(query)})
            for query in (BILLED, REVERSED, OWED, PAID, CAME, WENT)
        ]
        for tenant in await session.scalars(select(Tenant)):
            key, name = tenant.id, tenant.name
            assert billed[key] == paid[key] + owed[key] + reversed_[key], name
            assert came[key] - went[key] == paid[key] + await credit_fen(session, key), name
            assert came[key] - went[key] == received.get(name, 0), name


async def hold_notices(db: Database) -> None:
    """Each bill that ever went out of a run has one payment notice, of its own tenant and month; nothing is on its way."""
    async with db.read() as session:
        bills = await session.execute(
            select(Bill.id, Bill.tenant_id, Bill.month).where(
                Bill.status != BillStatus.DRAFT, Bill.run_id.is_not(None)
            )
        )
        notices = await session.execute(
            select(Notice.bill_id, Notice.tenant_id, Notice.month).where(Notice.kind == NoticeKind.PAYMENT)
        )
        assert Counter(map(tuple, notices)) == Counter(map(tuple, bills))
        late = await session.scalars(
            select(OutboxMessage.dedupe_key).where(OutboxMessage.status.in_(STILL_UNDERWAY))
        )
        assert list(late) == []


async def hold_year(db: Database, rules: Rules) -> None:
    """What is asked of all letters of the year together."""
    await hold_ladder(db, rules)
    await books.hold_quiet_hours(db)
    await books.hold_one_by_one(db)


async def hold_ladder(db: Database, rules: Rules) -> None:
    """For each bill the levels in their order, none skipped or repeated, letters far enough apart."""
    suspends = rules.suspension.mode != "off"
    levels = [level.title(suspends=suspends) for level in rules.dunning.levels]
    climbed, days = defaultdict(list), defaultdict(set)
    async with db.read() as session:
        for step in await session.scalars(select(DunningStep).order_by(DunningStep.sent_on, DunningStep.id)):
            climbed[step.bill_id].append(step.rung)
            days[step.tenant_id].add(step.sent_on)
    assert climbed
    for rungs in climbed.values():
        assert rungs == levels[: len(rungs)]
    for sent in days.values():
        assert all((b - a).days >= rules.dunning.gap_days for a, b in pairwise(sorted(sent)))
