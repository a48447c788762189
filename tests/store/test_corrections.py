"""Issued bills never change: reversed with a reason, replaced by a bill of their own, supplemented; the books hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from models.calendar.period import Month
from models.database import Database
from models.errors import UserError
from models.fees.account import books_balance
from models.fees.bill import (
    Bill,
    BillKind,
    BillReversal,
    BillRun,
    BillStatus,
    ReversalStatus,
    ServiceCharge,
)
from models.fees.bill_draft import continue_draft
from models.fees.bill_issue import continue_issue
from models.fees.bill_reversal import (
    approve_reversal,
    ask_reversal,
    locked_reversal,
    parse_reversal,
    refuse_reversal,
)
from models.fees.billing import approve_run, check_run
from models.fees.books import balance
from models.fees.meter import Reading, Tariff
from models.fees.payment import credit_fen
from models.fees.supplement import dropped, start_supplement
from models.messages.guards import GUARDS
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.notices.notice import Notice
from models.people.tenant import Contact, ContactRole
from tests.store.fee_park import APRIL, CALENDAR, MARCH, RULES, FeePark, day, kept, open_park

MAY_9 = day(5, 9)


@kept
async def park(db: Database) -> FeePark:
    """One company with 100 ㎡ and an electric meter; March is issued: 1,000.00 and 340 × 1.2."""
    park = await open_park(db)
    await park.lets("云帆设计", "A-1203")
    async with db.begin() as session:
        session.add(
            Contact(
                tenant_id=park.tenants["云帆设计"], name="李娜", mobile="13800010001", role=ContactRole.HEAD
            )
        )
    await park.meter("E-A1203", "A-1203", february="15000")
    await park.read("A-1203 电 15340", day(3, 21))
    await park.issue(MARCH, day(3, 25))
    return park


async def _reverse(park: FeePark, words: str, now: object = day(3, 27)) -> BillReversal:
    async with park.db.begin() as session:
        asked, _ = await ask_reversal(session, parse_reversal(words), by="staff:chenjing", now=day(3, 26))
    async with park.db.begin() as session:
        asked, _ = await locked_reversal(session, asked.id)
        await approve_reversal(session, asked, by="staff:zhengwei", now=day(3, 27))
        return asked


async def _supplement(park: FeePark, month: Month, name: str = "") -> BillRun:
    now = day(3, 28)
    async with park.db.begin() as session:
        run = await start_supplement(
            session,
            month,
            park.tenants.get(name),
            by="staff:chenjing",
            now=now,
            rules=RULES,
            calendar=CALENDAR,
        )
        while await continue_draft(session, run, rules=RULES, calendar=CALENDAR):
            pass
    async with park.db.begin() as session:
        run = await session.get_one(BillRun, run.id, with_for_update=True)
        await check_run(session, run, by="staff:wangli", now=now)
        await approve_run(session, run, by="staff:zhengwei", now=now)
        while await continue_issue(session, run, now=now, rules=RULES, calendar=CALENDAR):
            pass
        return run


async def _bills(park: FeePark) -> list[tuple[str | None, BillKind, int, BillStatus, int]]:
    async with park.db.read() as session:
        rows = await session.scalars(select(Bill).order_by(Bill.id))
        return [(bill.number, bill.kind, bill.revision, bill.status, bill.total_fen) for bill in rows]


async def _verify_books(park: FeePark) -> None:
    async with park.db.read() as session:
        assert await books_balance(session) == []
        books = await balance(session)
        assert books.billed_fen == books.paid_fen + books.credited_fen + books.owed_fen + books.reversed_fen


async def test_a_wrong_bill_is_taken_back_and_replaced(park: FeePark) -> None:
    await park.pay("云帆设计", 50_000, day(3, 26))
    asked = await _reverse(park, "冲销 ZD-202603-0001 读数 电表抄错一位".removeprefix("冲销 "))
    assert (asked.number, asked.paid_fen) == ("CX-202603-0001", 50_000)
    async with park.db.begin() as session:
        assert await credit_fen(session, park.tenants["云帆设计"]) == 50_000
        reading = (await session.scalars(select(Reading).where(Reading.month == "2026-03"))).one()
        assert reading.bill_id is None
    await _verify_books(park)
    await park.read("A-1203 电 15240", day(3, 28))
    await _supplement(park, MARCH)
    assert await _bills(park) == [
        ("ZD-202603-0001", BillKind.MONTH, 1, BillStatus.REVERSED, 140_800),
        ("ZD-202603-0002", BillKind.MONTH, 2, BillStatus.ISSUED, 128_800),
    ]
    async with park.db.read() as session:
        bill = (await session.scalars(select(Bill).where(Bill.revision == 2))).one()
        assert (bill.paid_fen, bill.due_on) == (50_000, date(2026, 4, 15))
        kept = (await session.scalars(select(BillReversal))).one()
        assert kept.replacement_id == bill.id
    await _verify_books(park)


async def test_the_letter_of_a_reversed_bill_is_void_and_the_new_one_says_so(park: FeePark) -> None:
    await _reverse(park, "0001 我方 面积算错")
    async with park.db.read() as session:
        void = (await session.scalars(select(Notice))).one()
        assert void.void_at is not None
        waiting = await session.scalars(
            select(OutboxMessage.status).where(OutboxMessage.subject == void.subject)
        )
        assert set(waiting) == {OutboxStatus.WITHHELD}
        assert await GUARDS["unpaid"](session, str(void.bill_id)) == "账单已冲销"
    await _supplement(park, MARCH)
    async with park.db.read() as session:
        fresh = (await session.scalars(select(Notice).where(Notice.revision == 2))).one()
        assert "原缴费通知单 JF-202603-0001（账单 ZD-202603-0001）已作废" in fresh.facts["remark"]
        told = await session.scalars(
            select(OutboxMessage).where(OutboxMessage.subject == fresh.subject).order_by(OutboxMessage.id)
        )
        assert "JF-202603-0001" in told.first().content["text"]


async def test_a_bill_is_taken_back_once_and_only_with_a_reason(park: FeePark) -> None:
    for words in ("ZD-202603-0001", "ZD-202603-0001 读数", "ZD-202603-0001 天气 不好"):
        with pytest.raises(UserError, match="请写成"):
            parse_reversal(words)
    async with park.db.begin() as session:
        with pytest.raises(UserError, match="没有这张账单"):
            await ask_reversal(session, parse_reversal("ZD-202603-9999 我方 错"), by="x", now=day(3, 26))
        asked, _ = await ask_reversal(session, parse_reversal("0001 我方 面积算错"), by="x", now=day(3, 26))
        with pytest.raises(UserError, match="已在等待"):
            await ask_reversal(session, parse_reversal("0001 我方 面积算错"), by="x", now=day(3, 26))
        with pytest.raises(UserError, match="请写明"):
            await refuse_reversal(asked, by="staff:zhengwei", answer=" ", now=day(3, 26))
        await refuse_reversal(asked, by="staff:zhengwei", answer="面积没有错", now=day(3, 26))
        assert asked.status is ReversalStatus.REFUSED
    await _reverse(park, "0001 合同 提前退租 不重开")
    async with park.db.begin() as session:
        with pytest.raises(UserError, match="已经冲销"):
            await ask_reversal(session, parse_reversal("0001 我方 再来"), by="x", now=day(3, 28))
        with pytest.raises(UserError, match="无需重复"):
            await locked_reversal(session, (await session.scalars(select(BillReversal.id))).all()[-1])


async def test_money_of_a_bill_without_a_successor_pays_what_else_is_open(park: FeePark) -> None:
    await park.issue(APRIL, day(4, 25))
    await park.pay("云帆设计", 140_800, day(4, 26))
    await _reverse(park, "ZD-202603-0001 其他 重复开单 不重开")
    bill = await park.bill("云帆设计", APRIL)
    assert bill and bill.paid_fen == 100_000
    await _verify_books(park)


async def test_who_comes_late_and_what_is_read_late_gets_a_supplement(park: FeePark) -> None:
    await park.lets("迟来公司", "B-0101", start=date(2026, 3, 22))
    async with park.db.begin() as session:
        session.add(
            ServiceCharge(
                tenant_id=park.tenants["云帆设计"], month="2026-03", name="换锁", amount_fen=5_000,
                entered_by="x", entered_at=day(3, 27),
            )
        )  # fmt: skip
    run = await _supplement(park, MARCH)
    assert (run.kind, run.turn) == ("supplement", 1)
    assert [row[1:] for row in await _bills(park)] == [
        (BillKind.MONTH, 1, BillStatus.ISSUED, 140_800),
        (BillKind.SUPPLEMENT, 1, BillStatus.ISSUED, 5_000),
        (BillKind.SUPPLEMENT, 1, BillStatus.ISSUED, 32_258),
    ]
    await _verify_books(park)


async def test_a_supplement_for_one_company_leaves_the_others_alone(park: FeePark) -> None:
    await park.lets("迟来公司", "B-0101", start=date(2026, 3, 22))
    await park.lets("也迟来公司", "B-0102", start=date(2026, 3, 22))
    await _supplement(park, MARCH, "也迟来公司")
    assert len(await _bills(park)) == 2
    await _supplement(park, MARCH)
    assert len(await _bills(park)) == 3


async def test_there_is_no_supplement_before_the_months_bills_are_out(park: FeePark) -> None:
    async with park.db.begin() as session:
        with pytest.raises(UserError, match="还没有出账草稿"):
            await start_supplement(
                session, APRIL, None, by="x", now=day(4, 25), rules=RULES, calendar=CALENDAR
            )


async def test_a_supplement_that_comes_to_nothing_leaves_nothing_behind(park: FeePark) -> None:
    async with park.db.begin() as session:
        run = await start_supplement(
            session, MARCH, None, by="x", now=day(3, 28), rules=RULES, calendar=CALENDAR
        )
        await continue_draft(session, run, rules=RULES, calendar=CALENDAR)
        assert "没有需要补出的费用" in await dropped(session, run)
        assert (await session.scalars(select(BillRun))).one().kind == "month"


async def test_a_late_supplement_leaves_time_to_pay_and_says_why_that_day(park: FeePark) -> None:
    async with park.db.begin() as session:
        run = await start_supplement(session, MARCH, None, by="x", now=MAY_9, rules=RULES, calendar=CALENDAR)
    assert run.due_on == date(2026, 5, 19)
    async with park.db.begin() as session:
        run = await start_supplement(
            session, MARCH, None, by="x", now=day(5, 6), rules=RULES, calendar=CALENDAR
        )
    assert (run.due_on, run.due_note) == (date(2026, 5, 18), "16 日为休息日，顺延至 18 日")


async def test_the_balance_of_a_past_month_is_what_it_was(park: FeePark) -> None:
    await park.pay("云帆设计", 200_000, day(3, 30))
    await park.issue(APRIL, day(4, 25))
    async with park.db.read() as session:
        march, april = await balance(session, MARCH), await balance(session, APRIL)
    assert (march.billed_fen, march.paid_fen, march.owed_fen) == (140_800, 140_800, 0)
    assert (april.billed_fen, april.credited_fen, april.owed_fen) == (240_800, 59_200, 40_800)


async def test_prices_that_changed_meanwhile_count_for_the_new_bill_only(park: FeePark) -> None:
    await _reverse(park, "0001 我方 单价录错")
    async with park.db.begin() as session:
        tariff = (await session.scalars(select(Tariff).where(Tariff.code == "电"))).one()
        tariff.price_yuan = Decimal("1.0")
    await _supplement(park, MARCH)
    assert [row[4] for row in await _bills(park)] == [140_800, 134_000]
