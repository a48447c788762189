"""Whatever is paid, taken back, reversed, replaced and supplemented, the books hold to the 分."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models.database import Database
from models.errors import UserError
from models.fees.account import books_balance
from models.fees.bill import Bill, BillRun, BillStatus, ServiceCharge
from models.fees.bill_draft import continue_draft
from models.fees.bill_issue import continue_issue
from models.fees.bill_reversal import approve_reversal, ask_reversal, parse_reversal
from models.fees.billing import approve_run, check_run
from models.fees.books import balance
from models.fees.payment import Payment
from models.fees.reversal import reverse
from models.fees.supplement import dropped, start_supplement
from tests.store.fee_park import CALENDAR, MARCH, RULES, FeePark, day, kept, open_park

NAMES = ("云帆设计", "青禾科技")


@kept
async def park(db: Database) -> FeePark:
    """Two companies whose March is issued."""
    park = await open_park(db)
    await park.lets(NAMES[0], "A-1203")
    await park.lets(NAMES[1], "B-0305", price="7.77")
    await park.issue(MARCH, day(3, 25))
    return park


async def _pay(park: FeePark, dice: random.Random, now: datetime) -> None:
    await park.pay(dice.choice(NAMES), dice.randint(1, 150_000), now)


async def _take_back(park: FeePark, dice: random.Random, now: datetime) -> None:
    async with park.db.begin() as session:
        live = list(await session.scalars(select(Payment).where(Payment.reversed_at.is_(None))))
        if live:
            await reverse(session, dice.choice(live), by="staff:chenjing", reason="输错", now=now)


async def _reverse_bill(park: FeePark, dice: random.Random, now: datetime) -> None:
    async with park.db.begin() as session:
        bills = list(await session.scalars(select(Bill).where(Bill.status == BillStatus.ISSUED)))
        if bills:
            tail = dice.choice(["", " 不重开"])
            words = parse_reversal(f"{dice.choice(bills).number} 我方 算错{tail}")
            asked, _ = await ask_reversal(session, words, by="staff:chenjing", now=now)
            await approve_reversal(session, asked, by="staff:zhengwei", now=now)


async def _supplement(park: FeePark, dice: random.Random, now: datetime) -> None:
    async with park.db.begin() as session:
        session.add(
            ServiceCharge(
                tenant_id=park.tenants[dice.choice(NAMES)], month="2026-03", name="换锁",
                amount_fen=dice.randint(1, 9_999), entered_by="x", entered_at=now,
            )
        )  # fmt: skip
        run = await start_supplement(
            session, MARCH, None, by="staff:chenjing", now=now, rules=RULES, calendar=CALENDAR
        )
        await continue_draft(session, run, rules=RULES, calendar=CALENDAR)
        if not await dropped(session, run):
            await check_run(session, run, by="staff:wangli", now=now)
            await approve_run(session, run, by="staff:zhengwei", now=now)
            await continue_issue(session, run, now=now, rules=RULES, calendar=CALENDAR)


_HISTORIES = [*(("sqlite", seed) for seed in range(5)), ("postgresql", 0), ("postgresql", 3)]
"""The same steps in another order; two of them are enough for the slower database."""


@pytest.mark.parametrize(("shelf", "seed"), _HISTORIES, indirect=["shelf"])
async def test_the_books_hold_after_any_history(park: FeePark, seed: int) -> None:
    dice, now = random.Random(seed), day(3, 26)
    steps = (_pay, _pay, _take_back, _reverse_bill, _reverse_bill, _supplement)
    for _ in range(12):
        now += timedelta(hours=7)
        await dice.choice(steps)(park, dice, now)
        async with park.db.read() as session:
            assert await books_balance(session) == []
            books = await balance(session)
            bills = list(await session.scalars(select(Bill).order_by(Bill.id)))
        assert books.owed_fen == sum(bill.owed_fen for bill in bills if bill.status is BillStatus.ISSUED)
    numbers = sorted(bill.number or "" for bill in bills)
    assert numbers == [f"ZD-202603-{n:04}" for n in range(1, len(bills) + 1)]  # without gaps
    async with park.db.read() as session:
        at_the_end = await balance(session, MARCH if now < day(4, 1, 0) else MARCH.next())
    assert at_the_end == books


async def test_a_run_that_waits_holds_back_a_second_one(park: FeePark) -> None:
    async with park.db.begin() as session:
        session.add(
            ServiceCharge(
                tenant_id=park.tenants[NAMES[0]], month="2026-03", name="换锁", amount_fen=1, entered_by="x",
                entered_at=day(3, 26),
            )
        )  # fmt: skip
        run = await start_supplement(
            session, MARCH, None, by="x", now=day(3, 26), rules=RULES, calendar=CALENDAR
        )
        await continue_draft(session, run, rules=RULES, calendar=CALENDAR)
    with pytest.raises(UserError, match="2026年3月补账还没有发完"):
        await park.draft(MARCH.next(), day(4, 25))
    async with park.db.begin() as session:
        run = await session.get_one(BillRun, run.id)
        await check_run(session, run, by="staff:wangli", now=day(3, 26))
        with pytest.raises(UserError, match="2026年3月补账已复核"):
            await start_supplement(
                session, MARCH, None, by="x", now=day(3, 27), rules=RULES, calendar=CALENDAR
            )
