"""Estimates: put in by a person, marked on the bill, settled by the next reading, also in the tenant's favour."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from models.calendar.period import Month
from models.database import Database
from models.errors import UserError
from models.fees.account import books_balance
from models.fees.bill import ServiceCharge
from models.fees.carried import CarriedCredit
from models.fees.estimating import propose, put_in
from models.fees.meter import Tariff
from models.fees.meter_events import hand_over
from models.people.tenant import Tenancy
from tests.store.fee_park import APRIL, MARCH, RULES, FeePark, day, kept, meter_named, open_park

MAY = Month(2026, 5)
JUNE = Month(2026, 6)


@kept
async def park(db: Database) -> FeePark:
    park = await open_park(db)
    await park.lets("云帆设计", "A-1203", price="1")
    await park.meter("E-A1203", "A-1203", february="15000")
    return park


async def estimate(park: FeePark, month: Month, value: str | None = None, on: int = 22) -> Decimal:
    """Somebody puts the proposal in, or a value of their own."""
    now = day(month.month, on)
    async with park.db.begin() as session:
        meter = await meter_named(session, "E-A1203")
        named = Decimal(value) if value else None
        proposal = await propose(session, meter, named, month, now=now, rules=RULES)
        await put_in(session, meter, proposal, by="staff:liuyan", now=now)
    return proposal.value


async def power(park: FeePark, month: Month) -> list[tuple[str, str, int]]:
    """Name, arithmetic and amount of what the meter charged."""
    lines = await park.full_lines("云帆设计", month)
    return [(line.name, line.basis, line.amount_fen) for line in lines if line.code == "electricity"]


async def test_the_proposal_is_one_more_usual_month(park: FeePark) -> None:
    await park.read("E-A1203 15340.5", day(3, 21))
    await park.read("E-A1203 15640", day(4, 21))
    assert await estimate(park, MAY) == Decimal(15960)  # + the median of 340.5 and 299.5


async def test_an_estimate_is_marked_and_the_next_reading_charges_the_rest(park: FeePark) -> None:
    await estimate(park, MARCH, "15300")
    await park.issue(MARCH, day(3, 25))
    assert await power(park, MARCH) == [
        ("电费 A-1203（估）", "（15300 估 − 15000） = 300 度 × 1.2 元/度", 36_000)
    ]
    await park.read("E-A1203 15750", day(4, 21))
    await park.issue(APRIL, day(4, 25))
    basis = "（15750 − 15000） = 750 度 − 已按估读计 300 度 = 450 度 × 1.2 元/度"
    assert await power(park, APRIL) == [("电费 A-1203（估读结算）", basis, 54_000)]


async def test_what_was_estimated_too_high_is_given_back_at_its_price(park: FeePark) -> None:
    await estimate(park, MARCH, "15300")
    await park.issue(MARCH, day(3, 25))
    async with park.db.begin() as session:
        session.add(Tariff(code="电", price_yuan=Decimal(2), per="度", from_on=day(4, 1).date()))
    await park.read("E-A1203 15250", day(4, 21))
    await park.issue(APRIL, day(4, 25))
    assert [amount for *_, amount in await power(park, APRIL)] == [-6_000]
    assert await park.lines("云帆设计", APRIL) == {
        "物业服务费 A-1203": 10_000,
        "电费 A-1203（估读结算）": -6_000,
    }


async def test_two_months_charged_by_estimate_are_settled_together(park: FeePark) -> None:
    await estimate(park, MARCH, "15300")
    await park.issue(MARCH, day(3, 25))
    await estimate(park, APRIL, "15600")
    await park.issue(APRIL, day(4, 25))
    assert [amount for *_, amount in await power(park, APRIL)] == [36_000]
    await park.read("E-A1203 15850", day(5, 21))
    await park.issue(MAY, day(5, 25))
    basis = "（15850 − 15000） = 850 度 − 已按估读计 600 度 = 250 度 × 1.2 元/度"
    assert await power(park, MAY) == [("电费 A-1203（估读结算）", basis, 30_000)]


async def test_a_tenant_who_came_after_the_estimate_does_not_settle_it(park: FeePark) -> None:
    await estimate(park, MARCH, "15300")
    await park.issue(MARCH, day(3, 25))
    async with park.db.begin() as session:
        tenancy = (await session.scalars(select(Tenancy))).one()
        tenancy.end_on = date(2026, 3, 31)
    await park.lets("新来的", "A-1203", start=date(2026, 4, 1))
    await park.read("E-A1203 15400", day(4, 21))
    run = await park.draft(APRIL, day(4, 25))
    assert "A-1203 电表：2026-02-20 至 2026-04-20 期间换租或空置，缺交接读数，未计费" in await park.gaps(run)
    async with park.db.begin() as session:
        meter = await meter_named(session, "E-A1203")
        assert await hand_over(session, meter, Decimal(15280), on=date(2026, 3, 31), by="staff:liuyan")
    await park.issue(APRIL, day(4, 25))
    assert [amount for *_, amount in await power(park, APRIL)] == [-2_400]
    new = await park.full_lines("新来的", APRIL)
    assert [line.amount_fen for line in new if line.code == "electricity"] == [14_400]


async def test_a_bill_never_falls_below_zero_and_nothing_is_lost(park: FeePark) -> None:
    await estimate(park, MARCH, "15300")
    await park.issue(MARCH, day(3, 25))
    await park.read("E-A1203 15150", day(4, 21))  # 150 度 too much: −180.00 + 100.00
    await park.issue(APRIL, day(4, 25))
    april = await park.full_lines("云帆设计", APRIL)
    assert [(line.name, line.amount_fen) for line in april] == [
        ("物业服务费 A-1203", 10_000),
        ("电费 A-1203（估读结算）", -18_000),
        ("结转下期", 8_000),
    ]
    assert april[-1].basis == "本期各项合计 -80.00 元，转入下一份账单抵扣"
    await park.read("E-A1203 15160", day(5, 21))
    await park.issue(MAY, day(5, 25))
    may = await park.full_lines("云帆设计", MAY)
    assert [(line.name, line.amount_fen) for line in may] == [
        ("物业服务费 A-1203", 10_000),
        ("电费 A-1203", 1_200),
        ("2026年4月账单结转", -8_000),
    ]
    assert may[-1].basis == "抵扣上期多计：电费 A-1203（估读结算）"
    await park.read("E-A1203 15171", day(6, 21))
    await park.issue(JUNE, day(6, 25))
    assert "2026年5月账单结转" not in await park.lines("云帆设计", JUNE)
    async with park.db.read() as session:
        assert await books_balance(session) == []
        assert await session.scalar(select(func.count(CarriedCredit.id))) == 1


async def test_a_bill_of_exactly_zero_is_made_so_that_its_fees_are_not_lost(park: FeePark) -> None:
    await estimate(park, MARCH, "15300")
    await park.issue(MARCH, day(3, 25))
    await park.read("E-A1203 15200", day(4, 21))  # 100 度 × 1.2 too much
    async with park.db.begin() as session:
        session.add(
            ServiceCharge(
                tenant_id=park.tenants["云帆设计"], month="2026-04", name="换锁", amount_fen=2_000,
                entered_by="staff:linfang", entered_at=day(4, 12),
            )
        )  # fmt: skip
    await park.issue(APRIL, day(4, 25))
    bill = await park.bill("云帆设计", APRIL)
    assert bill is not None
    assert (bill.total_fen, bill.number) == (0, "ZD-202604-0001")
    async with park.db.read() as session:
        assert (await session.scalars(select(ServiceCharge))).one().bill_id == bill.id


async def test_a_credit_alone_waits_for_something_to_charge(park: FeePark) -> None:
    await park.lets("搬走的", "B-0101", end=day(3, 20).date(), price="0.1")
    await park.meter("E-B0101", "B-0101", february="100")
    await park.read("E-B0101 150", day(3, 21))
    await park.issue(MARCH, day(3, 25))
    bill = await park.bill("搬走的", MARCH)
    assert bill is not None
    async with park.db.begin() as session:
        session.add(
            CarriedCredit(
                tenant_id=park.tenants["搬走的"], from_bill_id=bill.id, amount_fen=5_000, reason="多计"
            )
        )
    await park.issue(APRIL, day(4, 25))
    assert await park.bill("搬走的", APRIL) is None


async def test_a_reading_of_the_same_month_replaces_the_estimate_until_it_is_billed(park: FeePark) -> None:
    await estimate(park, MARCH, "15300")
    assert (await park.read("E-A1203 15300", day(3, 23))).stored == 1
    await park.draft(MARCH, day(3, 25))
    assert [name for name, *_ in await power(park, MARCH)] == ["电费 A-1203"]
    with pytest.raises(UserError, match="已有读数 15300，不用估读"):
        await estimate(park, MARCH, "15400")


async def test_a_billed_estimate_is_settled_later_not_changed(park: FeePark) -> None:
    await estimate(park, MARCH, "15300")
    await park.issue(MARCH, day(3, 25))
    late = await park.read("2026-03\nE-A1203 15310", day(3, 26))
    assert "已按估读出账" in late.problems[0].reason


async def test_estimating_has_an_end(park: FeePark) -> None:
    with pytest.raises(UserError, match="还没有用量记录"):
        await estimate(park, MARCH)
    with pytest.raises(UserError, match="小于上次 15000"):
        await estimate(park, MARCH, "14000")
    await estimate(park, MARCH, "15300")
    await estimate(park, MARCH, "15310", on=23)
    await estimate(park, APRIL, "15600")
    with pytest.raises(UserError, match="已连续估读 2 个月"):
        await estimate(park, MAY, "15900")
    with pytest.raises(UserError, match="还没有到"):
        async with park.db.begin() as session:
            meter = await meter_named(session, "E-A1203")
            await propose(session, meter, None, JUNE, now=day(5, 22), rules=RULES)
