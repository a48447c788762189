"""A month's bills: what stands on them, and who gets none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from models.calendar.period import Month
from models.database import Database
from models.errors import UserError
from models.fees.account import books_balance
from models.fees.bill import Bill, BillLine, ServiceCharge
from models.fees.bill_summary import summarise
from models.fees.due_day import due_day
from models.fees.meter import Tariff
from models.fees.meter_events import hand_over
from tests.store.fee_park import APRIL, CALENDAR, MARCH, RULES, FeePark, day, kept, meter_named, open_park


@kept
async def park(db: Database) -> FeePark:
    park = await open_park(db)
    await park.lets("云帆设计", "A-1203")
    await park.meter("E-A1203", "A-1203", february="15000")
    return park


async def test_a_months_bill_holds_property_fee_and_metered_usage(park: FeePark) -> None:
    await park.read("A-1203 电 15340.5", day(3, 21))
    await park.issue(MARCH, day(3, 25))
    assert await park.lines("云帆设计", MARCH) == {"物业服务费 A-1203": 100_000, "电费 A-1203": 40_860}
    bill = await park.bill("云帆设计", MARCH)
    assert bill and (bill.number, bill.total_fen) == ("ZD-202603-0001", 140_860)
    assert bill.due_on == date(2026, 4, 15)  # 清明 is a holiday


async def test_every_line_says_how_it_was_computed(park: FeePark) -> None:
    await park.read("A-1203 电 15340.5", day(3, 21))
    await park.draft(MARCH, day(3, 25))
    rent, power = await park.full_lines("云帆设计", MARCH)
    assert rent.basis == "100 ㎡ × 10 元"
    assert power.basis == "（15340.5 − 15000） = 340.5 度 × 1.2 元/度"
    assert power.source["from"]["value"] == "15000"
    assert power.source["usage"] == "340.5"


async def test_a_first_reading_is_billed_nothing(park: FeePark) -> None:
    await park.meter("W-A1203", "A-1203", february=None)
    assert (await park.read("A-1203 水 500", day(3, 21))).baselines == 1
    await park.issue(MARCH, day(3, 25))
    assert "水费 A-1203" not in await park.lines("云帆设计", MARCH)
    await park.read("A-1203 水 510", day(4, 21))
    await park.issue(APRIL, day(4, 25))
    assert (await park.lines("云帆设计", APRIL))["水费 A-1203"] == 5_000


async def test_a_price_counts_from_its_day_and_a_change_between_two_readings_splits_them(
    park: FeePark,
) -> None:
    async with park.db.begin() as session:
        for price, from_on in (("2.0", date(2026, 3, 21)), ("2.5", date(2026, 4, 11))):
            session.add(Tariff(code="电", price_yuan=Decimal(price), per="度", from_on=from_on))
    await park.read("A-1203 电 15100", day(3, 21))
    await park.issue(MARCH, day(3, 25))
    await park.read("A-1203 电 15300.5", day(4, 21))
    await park.issue(APRIL, day(4, 25))
    assert (await park.lines("云帆设计", MARCH))["电费 A-1203"] == 12_000
    async with park.db.read() as session:
        rows = await session.scalars(
            select(BillLine).where(BillLine.code == "electricity").order_by(BillLine.id)
        )
        _, old, new = rows
    assert (old.amount_fen, new.amount_fen) == (27_165, 16_169)  # 200.5 度: 21 of 31 days × 2, 10 × 2.5
    assert old.basis == "（15300.5 − 15100） = 200.5 度，03-21 至 04-10 按 21/31 天 × 2 元/度"
    assert new.basis.endswith("04-11 至 04-20 按 10/31 天 × 2.5 元/度")
    assert (old.source["usage"], new.source["usage"]) == ("135.82", "64.68")


async def test_a_missing_reading_is_listed_and_charged_the_next_month(park: FeePark) -> None:
    run = await park.issue(MARCH, day(3, 25))
    assert await park.gaps(run) == ["A-1203 电表：缺2026年3月读数"]
    assert await park.lines("云帆设计", MARCH) == {"物业服务费 A-1203": 100_000}
    await park.read("A-1203 电 15200", day(4, 21))
    await park.issue(APRIL, day(4, 25))
    assert (await park.lines("云帆设计", APRIL))["电费 A-1203"] == 24_000


async def test_an_unconfirmed_reading_is_not_billed_and_not_billed_twice_later(park: FeePark) -> None:
    intake = await park.read("A-1203 电 15000", day(3, 21))
    assert len(intake.questions) == 1
    run = await park.issue(MARCH, day(3, 25))
    assert await park.gaps(run) == ["A-1203 电表：2026年3月读数待确认"]
    await park.read("A-1203 电 15200", day(4, 21))
    await park.issue(APRIL, day(4, 25))
    assert (await park.lines("云帆设计", APRIL))["电费 A-1203"] == 24_000
    late = await park.read("2026-03\nA-1203 电 15100", day(4, 26))
    assert late.stored == 0


async def test_who_leaves_on_the_tenth_and_who_comes_the_next_day_share_the_month(park: FeePark) -> None:
    await park.lets("旧租户", "B-0101", end=date(2026, 3, 10))
    await park.lets("新租户", "B-0101", start=date(2026, 3, 11))
    await park.meter("E-B0101", "B-0101", february="1000")
    await park.read("B-0101 电 1300", day(3, 21))
    run = await park.draft(MARCH, day(3, 25))
    assert await park.lines("旧租户", MARCH) == {"物业服务费 B-0101": 32_258}
    assert await park.lines("新租户", MARCH) == {"物业服务费 B-0101": 67_742}
    assert any("缺交接读数" in gap for gap in await park.gaps(run))
    async with park.db.begin() as session:
        meter = await meter_named(session, "E-B0101")
        assert await hand_over(session, meter, Decimal(1100), on=date(2026, 3, 10), by="staff:liuyan")
        assert not await hand_over(session, meter, Decimal(1100), on=date(2026, 3, 10), by="staff:liuyan")
    await park.issue(MARCH, day(3, 25))
    assert (await park.lines("旧租户", MARCH))["电费 B-0101"] == 12_000
    assert (await park.lines("新租户", MARCH))["电费 B-0101"] == 24_000


async def test_a_handover_reading_that_comes_after_the_bills_is_charged_the_next_month(park: FeePark) -> None:
    await park.lets("新租户", "B-0101", start=date(2026, 3, 11))
    await park.meter("E-B0101", "B-0101", february="1000")
    await park.read("B-0101 电 1300", day(3, 21))
    await park.issue(MARCH, day(3, 25))
    async with park.db.begin() as session:
        meter = await meter_named(session, "E-B0101")
        await hand_over(session, meter, Decimal(1250), on=date(2026, 3, 10), by="staff:liuyan")
    await park.read("B-0101 电 1400", day(4, 21))
    await park.issue(APRIL, day(4, 25))
    lines = await park.full_lines("新租户", APRIL)
    assert [line.amount_fen for line in lines if line.code == "electricity"] == [6_000, 12_000]


async def test_an_empty_unit_is_billed_to_no_one(park: FeePark) -> None:
    await park.unit("C-0101")
    await park.meter("E-C0101", "C-0101", february="1000")
    await park.read("C-0101 电 1010", day(3, 21))
    await park.issue(MARCH, day(3, 25))
    async with park.db.read() as session:
        assert await session.scalar(select(func.count(Bill.id))) == 1


async def test_a_company_with_five_units_gets_one_bill(park: FeePark) -> None:
    for number in range(1, 6):
        await park.lets("青禾科技", f"B-030{number}")
    await park.issue(MARCH, day(3, 25))
    bill = await park.bill("青禾科技", MARCH)
    assert bill and bill.total_fen == 500_000
    assert len(await park.lines("青禾科技", MARCH)) == 5


async def test_service_charges_of_the_month_stand_on_the_bill_once(park: FeePark) -> None:
    async with park.db.begin() as session:
        session.add(
            ServiceCharge(
                tenant_id=park.tenants["云帆设计"], month="2026-03", name="换锁", amount_fen=12_050,
                entered_by="staff:linfang", entered_at=day(3, 12),
            )
        )  # fmt: skip
    await park.issue(MARCH, day(3, 25))
    await park.issue(APRIL, day(4, 25))
    assert (await park.lines("云帆设计", MARCH))["换锁"] == 12_050
    assert "换锁" not in await park.lines("云帆设计", APRIL)


async def test_a_draft_made_again_is_computed_anew_and_stays_one(park: FeePark) -> None:
    await park.draft(MARCH, day(3, 24))
    await park.read("A-1203 电 15100", day(3, 24))
    await park.draft(MARCH, day(3, 25))
    bill = await park.bill("云帆设计", MARCH)
    assert bill and bill.total_fen == 112_000
    async with park.db.read() as session:
        assert await session.scalar(select(func.count(Bill.id))) == 1
        assert await books_balance(session) == []


async def test_a_draft_in_small_chunks_is_the_same_draft(park: FeePark) -> None:
    for number in range(1, 6):
        await park.lets(f"租户{number}", f"B-030{number}")
    run = await park.draft(MARCH, day(3, 25), limit=2)
    async with park.db.read() as session:
        assert await session.scalar(select(func.count(Bill.id)).where(Bill.run_id == run.id)) == 6
    assert run.drafted_through is None


async def test_the_run_is_refused_where_the_calendar_is_not_known(park: FeePark) -> None:
    with pytest.raises(UserError, match="2031 年的放假安排还没有录入"):
        due_day(Month(2030, 12), RULES, CALENDAR)
    with pytest.raises(UserError, match="还没有到"):
        await park.draft(APRIL, day(3, 25))


async def test_the_summary_compares_with_the_month_before(park: FeePark) -> None:
    await park.lets("青禾科技", "B-0305")
    await park.issue(MARCH, day(3, 25))
    await park.read("A-1203 电 16000", day(4, 21))
    run = await park.draft(APRIL, day(4, 25))
    async with park.db.read() as session:
        summary = await summarise(session, run, RULES)
    against = summary.against
    assert (summary.tenants, summary.lines, summary.total_fen, against.before_fen) == (2, 3, 320_000, 200_000)
    assert [each.name for each in against.notable(30)] == ["云帆设计"]
    assert "云帆设计：1,000.00 → 2,200.00 元（+120%）" in summary.text()
    assert "物业服务费：2,000.00 元（持平）" in summary.text()


async def test_one_month_at_a_time_is_on_its_way(park: FeePark) -> None:
    await park.read("A-1203 电 15340.5", day(3, 21))
    await park.draft(MARCH, day(3, 25))
    with pytest.raises(UserError, match="2026年3月账单还没有发完"):
        await park.draft(APRIL, day(4, 25))
    await park.issue(MARCH, day(4, 25))
    await park.issue(APRIL, day(4, 25))
    assert "电费 A-1203" not in await park.lines("云帆设计", APRIL)
