"""Holds the service's books and letters against what must be true of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, time
from itertools import pairwise

from sqlalchemy import func, select

from models.clock import local, local_date
from models.database import Database
from models.fees.account import books_balance
from models.fees.bill import Bill, BillStatus
from models.fees.payment import Allocation, Payment, credit_fen
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.notices.notice import Notice, NoticeKind
from models.people.tenant import Tenant
from tests.calendar.ledger import Ledger

Letters = list[tuple[date, str, str]]
DUNNING = (NoticeKind.DUNNING, NoticeKind.LEGAL)


async def hold_against(db: Database, ledger: Ledger) -> None:
    """Every bill, every debt and every credit as reckoned by hand; nothing lost in between."""
    async with db.read() as session:
        rows = await session.execute(
            select(Tenant.name, Bill.month, Bill.total_fen, Bill.paid_fen)
            .join(Tenant, Tenant.id == Bill.tenant_id)
            .where(Bill.status == BillStatus.ISSUED)
        )
        bills = {(name, month): (total, total - paid) for name, month, total, paid in rows}
        tenants = {tenant.name: tenant.id for tenant in await session.scalars(select(Tenant))}
        credit = {name: await credit_fen(session, key) for name, key in tenants.items()}
        received = await session.scalar(select(func.sum(Payment.amount_fen))) or 0
        spent = await session.scalar(select(func.sum(Allocation.amount_fen))) or 0
        assert await books_balance(session) == []
    by_hand = {key: (fen, ledger.owed[key[0]][key[1]]) for key, fen in ledger.billed.items()}
    assert bills == by_hand
    assert credit == {name: ledger.credit[name] for name in tenants}
    billed, owed = (sum(column) for column in zip(*bills.values(), strict=True))
    assert received == ledger.received_fen
    assert billed == spent + owed
    assert received == spent + sum(credit.values())


async def letters(db: Database, *kinds: NoticeKind) -> Letters:
    """Day, kind and tenant of each letter, in the order in which they were made."""
    async with db.read() as session:
        rows = await session.execute(
            select(Notice.made_at, Notice.kind, Tenant.name)
            .join(Tenant, Tenant.id == Notice.tenant_id)
            .where(Notice.kind.in_(kinds))
            .order_by(Notice.made_at, Notice.kind, Notice.id)
        )
        return [(local_date(at), str(kind), name) for at, kind, name in rows]


async def hold_distance(db: Database, days: int) -> None:
    """No two dunning letters to one tenant within so many days."""
    made = defaultdict(list)
    for on, _, tenant in await letters(db, *DUNNING):
        made[tenant].append(on)
    near = {name: on for name, on in made.items() if any((b - a).days < days for a, b in pairwise(on))}
    assert near == {}


async def tenants_mail(db: Database) -> list[OutboxMessage]:
    """What was sent to tenants by ourselves, not in answer to what they wrote; in order of time."""
    async with db.read() as session:
        rows = await session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.recipient.startswith("contact:"), OutboxMessage.status == OutboxStatus.SENT)
            .where(OutboxMessage.purpose.in_([Purpose.NOTICE, Purpose.UPDATE]))
            .order_by(OutboxMessage.settled_at, OutboxMessage.id)
        )
        return list(rows)


async def hold_quiet_hours(db: Database) -> None:
    """Nobody was written to before 8:30 or after 21:00."""
    mail = await tenants_mail(db)
    at_night = [(row.dedupe_key, row.settled_at) for row in mail if _at_night(row.settled_at)]
    assert mail
    assert at_night == []


def _at_night(at: datetime | None) -> bool:
    return at is None or not time(8, 30) <= local(at).time() < time(21)


async def hold_one_by_one(db: Database) -> None:
    """Never two letters to one person in one minute; the file that belongs to a letter is no second one."""
    sent = defaultdict(list)
    for row in await tenants_mail(db):
        if row.purpose is Purpose.NOTICE and row.dedupe_key.split(":")[-2] != "pdf":
            sent[row.recipient].append(row)
    close = [
        (a.dedupe_key, b.dedupe_key, a.settled_at)
        for rows in sent.values()
        for a, b in pairwise(rows)
        if a.settled_at and b.settled_at and (b.settled_at - a.settled_at).total_seconds() <= 60
    ]
    assert close == []


async def hold_each_letter_once(db: Database) -> None:
    """Every bill that went out has its letter, and every letter left once for each person it is for."""
    async with db.read() as session:
        bills = await session.execute(
            select(Bill.tenant_id, Bill.month).where(
                Bill.status == BillStatus.ISSUED, Bill.run_id.is_not(None)
            )
        )
        notices = await session.execute(
            select(Notice.tenant_id, Notice.month).where(Notice.kind == NoticeKind.PAYMENT)
        )
        assert Counter(map(tuple, notices)) == Counter(map(tuple, bills))
        unsent = await session.scalars(
            select(OutboxMessage.dedupe_key).where(
                OutboxMessage.status.in_([OutboxStatus.DUE, OutboxStatus.LEASED, OutboxStatus.UNKNOWN])
            )
        )
        assert list(unsent) == []
