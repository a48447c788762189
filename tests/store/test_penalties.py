"""违约金 on the next bill: only where a contract provides for it, on principal alone, and never twice."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from models.calendar.period import Month
from models.database import Database
from models.errors import UserError
from models.fees.account import books_balance
from models.fees.allocation import DebtKind
from models.fees.attributions import histories
from models.fees.bill import BillLine, BillRun
from models.fees.billing import check_run
from models.fees.penalty_agreement import PenaltyAgreement
from models.fees.penalty_words import penalties_text, waive
from models.rules import FeeRules, Rules
from tests.store.fee_park import APRIL, MARCH, FeePark, day, kept, open_park

MAY = Month(2026, 5)
JUNE = Month(2026, 6)
ON = Rules(fees=FeeRules(penalty=True))
CONTRACT = "DX-2025-018 第 9.2 条"
# March's bill is due on 15 April, April's on 18 May.


@kept
async def park(db: Database) -> FeePark:
    """One company at 1,000.00 a month that agreed to 0.5‰ a day."""
    park = await open_park(db)
    park.rules = ON
    await park.lets("云帆设计", "A-1203")
    async with db.begin() as session:
        session.add(
            PenaltyAgreement(
                tenant_id=park.tenants["云帆设计"], contract_reference=CONTRACT, daily_rate=Decimal("0.0005"),
                from_on=date(2026, 1, 1),
            )
        )  # fmt: skip
    await park.issue(MARCH, day(3, 25))
    return park


async def charged(park: FeePark, month: Month) -> list[BillLine]:
    return [line for line in await park.full_lines("云帆设计", month) if line.code == "penalty"]


async def issue_april_and_may(park: FeePark) -> None:
    await park.issue(APRIL, day(4, 25))
    await park.issue(MAY, day(5, 25))


async def test_a_late_bill_costs_by_the_day_from_the_day_after_it_was_due(park: FeePark) -> None:
    await park.issue(APRIL, day(4, 25))
    (line,) = await charged(park, APRIL)
    assert line.name == "违约金（2026年3月账单）"
    assert line.amount_fen == 250  # 5 days × 0.50
    assert line.basis == (
        f"2026-04-16 至 2026-04-20，未付本金 1,000.00 元 × 5 天，每日 0.5‰；依据 {CONTRACT}"
    )
    assert line.source["late_bill"] == "ZD-202603-0001"
    assert (line.source["from"], line.source["until"]) == ("2026-04-16", "2026-04-20")


async def test_it_goes_on_month_by_month_and_never_on_itself(park: FeePark) -> None:
    await issue_april_and_may(park)
    march, april = await charged(park, MAY)
    assert (march.name, march.amount_fen) == ("违约金（2026年3月账单）", 1_500)  # 30 days
    assert march.source["charged_before_fen"] == 250
    # 2 days on 1,000.00, not on 1,002.50
    assert (april.name, april.amount_fen) == ("违约金（2026年4月账单）", 100)
    async with park.db.read() as session:
        assert await books_balance(session) == []


async def test_it_ends_at_the_share_of_the_principal_that_the_rules_set(park: FeePark) -> None:
    park.rules = Rules(fees=FeeRules(penalty=True, penalty_cap_percent=1))
    await issue_april_and_may(park)
    (april,), (may, _of_april) = await charged(park, APRIL), await charged(park, MAY)
    assert (april.amount_fen, may.amount_fen) == (250, 750)  # 1 % of 1,000.00
    assert may.basis == f"每日 0.5‰，累计封顶 10.00 元，减已计 2.50 元；依据 {CONTRACT}"
    await park.issue(JUNE, day(6, 25))
    assert not [line for line in await charged(park, JUNE) if "2026年3月" in line.name]


async def test_it_survives_the_payment_of_the_principal(park: FeePark) -> None:
    await park.pay("云帆设计", 100_000, day(4, 18))
    await park.issue(APRIL, day(4, 25))
    (line,) = await charged(park, APRIL)
    assert line.amount_fen == 150  # 16, 17 and 18 April
    await park.issue(MAY, day(5, 25))
    assert [each.source["late_bill"] for each in await charged(park, MAY)] == ["ZD-202604-0001"]


async def test_a_part_payment_is_seen_in_the_arithmetic(park: FeePark) -> None:
    await park.pay("云帆设计", 60_000, day(4, 17))
    await park.issue(APRIL, day(4, 25))
    (line,) = await charged(park, APRIL)
    assert line.amount_fen == 160
    assert "1,000.00 元 × 2 天 + 400.00 元 × 3 天" in line.basis


async def test_money_pays_penalty_before_principal_as_the_law_orders(park: FeePark) -> None:
    await park.issue(APRIL, day(4, 25))
    await park.pay("云帆设计", 100_000, day(4, 26))  # March: principal only
    await park.pay("云帆设计", 20_250, day(5, 4))  # April: 2.50 of 违约金 first
    bill = await park.bill("云帆设计", APRIL)
    assert bill is not None
    async with park.db.read() as session:
        history = (await histories(session, [bill.id]))[bill.id]
    assert history.debts == {DebtKind.COST: 0, DebtKind.PENALTY: 250, DebtKind.PRINCIPAL: 100_000}
    assert dict(history.payments[0].parts) == {DebtKind.PENALTY: 250, DebtKind.PRINCIPAL: 20_000}
    await park.issue(MAY, day(5, 25))
    april = next(line for line in await charged(park, MAY) if "4月" in line.name)
    assert april.amount_fen == 80  # 2 days on 800.00


async def test_nothing_without_the_switch_and_nothing_without_a_contract(park: FeePark) -> None:
    await park.lets("没有约定", "A-1204")
    park.rules = Rules()
    await issue_april_and_may(park)
    assert await charged(park, MAY) == []
    park.rules = ON
    await park.issue(JUNE, day(6, 25))
    assert len(await charged(park, JUNE)) == 3
    assert all(line.code != "penalty" for line in await park.full_lines("没有约定", JUNE))


async def test_a_payment_recorded_after_the_draft_sends_the_draft_back(park: FeePark) -> None:
    run_id = (await park.draft(APRIL, day(4, 25))).id
    await park.pay("云帆设计", 100_000, day(4, 19))
    async with park.db.begin() as session:
        run = await session.get_one(BillRun, run_id)
        with pytest.raises(UserError, match="违约金有变动"):
            await check_run(session, run, by="staff:wangli", now=day(4, 26))


async def test_a_transfer_found_later_gives_back_what_was_charged(park: FeePark) -> None:
    await park.issue(APRIL, day(4, 25))
    await park.pay("云帆设计", 100_000, datetime(2026, 4, 14, 2, tzinfo=day(4, 14).tzinfo))  # found in May
    await park.issue(MAY, day(5, 25))
    march = next(line for line in await charged(park, MAY) if "3月" in line.name)
    assert march.amount_fen == -250
    assert march.basis == f"按到账日重算，每日 0.5‰，应计 0.00 元，减已计 2.50 元；依据 {CONTRACT}"


async def test_letting_it_off_gives_back_what_was_charged(park: FeePark) -> None:
    await park.issue(APRIL, day(4, 25))
    async with park.db.begin() as session:
        bill = await waive(session, "ZD-202603-0001 首次逾期", by="staff:zhengwei", now=day(5, 3))
        assert bill.number == "ZD-202603-0001"
    with pytest.raises(UserError, match="已经免收"):
        async with park.db.begin() as session:
            await waive(session, "ZD-202603-0001 再免", by="staff:zhengwei", now=day(5, 3))
    await park.issue(MAY, day(5, 25))
    march = next(line for line in await charged(park, MAY) if "3月" in line.name)
    assert (march.amount_fen, march.basis) == (-250, "已免收，退回已计 2.50 元")
    await park.issue(JUNE, day(6, 25))
    assert all("3月" not in line.name for line in await charged(park, JUNE))


async def test_staff_see_what_was_agreed_what_it_is_a_year_and_what_has_run_up(park: FeePark) -> None:
    async with park.db.read() as session:
        text = await penalties_text(session, date(2026, 4, 25), ON)
    for words in (
        "已开启",
        CONTRACT,
        "每日 0.5‰",
        "每年 18.25%，偏高",
        "ZD-202603-0001",
        "5.00 元，尚未计入账单",
    ):
        assert words in text
