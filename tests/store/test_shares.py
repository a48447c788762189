"""Shared costs on the month's bills: counted once, shared to the 分, and never below zero."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from models.calendar.period import Month
from models.database import Database
from models.errors import UserError
from models.fees.account import books_balance
from models.fees.bill import BillRun
from models.fees.bill_draft import gaps_of
from models.fees.bill_summary import summarise
from models.fees.billing import check_run
from models.fees.estimating import propose, put_in
from models.fees.meter import MeterKind
from models.fees.pool import PoolMonth, PoolPause, PoolShare, ShareBasis, SharedPool
from models.fees.pool_month import Reckoned, reckon
from models.people.unit import Unit
from models.rules import FeeRules, Rules
from tests.store.fee_park import APRIL, MARCH, RULES, FeePark, day, kept, meter_named, open_park

MAY = Month(2026, 5)


@kept
async def park(db: Database) -> FeePark:
    """Building A: 100 ㎡ and 200 ㎡ let, 60 ㎡ empty; a main meter in the hall."""
    park = await open_park(db)
    await park.lets("云帆设计", "A-1203")
    await park.unit("A-1204", area="200")
    await park.lets("青禾科技", "A-1204")
    await park.unit("A-1205", area="60")
    await park.unit("A-0001", area="0")
    async with db.begin() as session:
        await session.execute(update(Unit).where(Unit.code == "A-0001").values(common=True))
    for number, code in (("E-A1203", "A-1203"), ("E-A1204", "A-1204"), ("E-A1205", "A-1205")):
        await park.meter(number, code, february="1000")
    await park.meter("E-MAIN", "A-0001", february="5000", digits=6)
    await pool(park)
    return park


async def pool(park: FeePark, basis: ShareBasis = ShareBasis.AREA, name: str = "A座公共用电") -> None:
    """All of building A behind E-MAIN."""
    async with park.db.begin() as session:
        main = await meter_named(session, "E-MAIN")
        session.add(
            SharedPool(
                name=name, kind=MeterKind.ELECTRICITY, basis=basis, buildings=["A"], unit_ids=[],
                main_ids=[main.id], sub_ids=[],
            )
        )  # fmt: skip


async def read(park: FeePark, month: int, main: int, *subs: int) -> None:
    """The readings of the three units and of the main meter."""
    units = "\n".join(f"E-A{1203 + n} {value}" for n, value in enumerate(subs))
    intake = await park.read(f"{units}\nE-MAIN {main}", day(month, 21))
    assert not intake.problems
    assert not intake.questions


async def shared(park: FeePark, name: str, month: Month) -> list[tuple[int, str]]:
    """Amount and arithmetic of a tenant's shares."""
    lines = await park.full_lines(name, month)
    return [(line.amount_fen, line.basis) for line in lines if line.code == "shared_electricity"]


async def kept(park: FeePark, month: Month) -> PoolMonth:
    async with park.db.read() as session:
        return (await session.scalars(select(PoolMonth).where(PoolMonth.month == str(month)))).one()


async def test_a_pool_is_main_less_sub_meters_shared_by_area_and_the_centre_bears_what_is_empty(
    park: FeePark,
) -> None:
    await read(park, 3, 5701, 1200, 1300, 1100)  # 701 − 600 = 101 度 × 1.2 = 121.20
    await park.issue(MARCH, day(3, 25))
    pool = "总表 701 − 分表 600 = 101 度 × 1.2 元/度 = 121.20 元"
    assert await shared(park, "云帆设计", MARCH) == [(3_367, f"{pool}，按面积 100/360 ㎡")]
    assert await shared(park, "青禾科技", MARCH) == [(6_733, f"{pool}，按面积 200/360 ㎡")]
    row = await kept(park, MARCH)
    assert (row.pool_fen, row.centre_fen) == (12_120, 2_020)
    assert 3_367 + 6_733 + row.centre_fen == row.pool_fen
    assert row.issued
    async with park.db.read() as session:
        assert await books_balance(session) == []


async def test_the_share_stands_with_its_unit_under_a_name_of_its_own(park: FeePark) -> None:
    await read(park, 3, 5701, 1200, 1300, 1100)
    await park.draft(MARCH, day(3, 25))
    names = [line.name for line in await park.full_lines("云帆设计", MARCH)]
    assert names == ["物业服务费 A-1203", "电费 A-1203", "公摊电费 A-1203（A座公共用电）"]


async def test_tenants_bear_what_is_empty_where_the_rules_say_so(park: FeePark) -> None:
    await read(park, 3, 5701, 1200, 1300, 1100)
    rules = Rules(fees=FeeRules(vacant_share="tenants"))
    async with park.db.begin() as session:
        pool = (await session.scalars(select(SharedPool))).one()
        found = await reckon(session, pool, MARCH, rules)
    assert isinstance(found, Reckoned)
    assert [part.amount_fen for part in found.shares] == [4_040, 8_080]
    assert found.centre_fen == 0


async def test_who_came_on_the_sixth_bears_fifteen_of_twenty_eight_days(park: FeePark) -> None:
    await park.lets("新来的", "A-1205", start=date(2026, 3, 6))
    await read(park, 3, 5960, 1200, 1300, 1100)  # 360 度 × 1.2 = 432.00; 60 ㎡ × 15 of 28 days
    await park.issue(MARCH, day(3, 25))
    ((amount, basis),) = await shared(park, "新来的", MARCH)
    assert amount == 3_857
    assert basis.endswith("按面积 60/360 ㎡ × 15/28 天")
    assert (await kept(park, MARCH)).centre_fen == 3_343


async def test_equal_shares_count_units(park: FeePark) -> None:
    async with park.db.begin() as session:
        await session.execute(update(SharedPool).values(basis=ShareBasis.EQUAL))
    await read(park, 3, 5700, 1200, 1300, 1100)
    await park.draft(MARCH, day(3, 25))
    ((amount, basis),) = await shared(park, "云帆设计", MARCH)
    assert (amount, basis[-6:]) == (4_000, "均摊 1/3")


async def test_a_negative_pool_stops_the_run_and_names_the_meters(park: FeePark) -> None:
    await read(park, 3, 5500, 1200, 1300, 1100)
    with pytest.raises(UserError) as stopped:
        await park.draft(MARCH, day(3, 25))
    for word in ("A座公共用电", "E-MAIN 共 500 度", "3 块分表之和 600 度", "E-A1204 300 度", "公摊 暂缓"):
        assert word in str(stopped.value)
    assert await park.bill("云帆设计", MARCH) is None
    async with park.db.begin() as session:
        found = (await session.scalars(select(SharedPool))).one()
        session.add(
            PoolPause(
                pool_id=found.id, month="2026-03", reason="总表待校", paused_by="staff:chenjing",
                paused_at=day(3, 25),
            )
        )  # fmt: skip
    run = await park.issue(MARCH, day(3, 25))
    async with park.db.read() as session:
        assert await gaps_of(session, run) == ["公摊“A座公共用电”：本月暂缓（总表待校），用量并入下月"]
    assert await shared(park, "云帆设计", MARCH) == []
    await read(park, 4, 6200, 1310, 1550, 1140)  # since February: 1200 − 1000
    await park.issue(APRIL, day(4, 25))
    assert [amount for amount, _ in await shared(park, "云帆设计", APRIL)] == [6_667]
    assert (await kept(park, APRIL)).from_on == date(2026, 2, 20)


async def test_a_missing_reading_leaves_the_pool_to_the_next_month(park: FeePark) -> None:
    await read(park, 3, 5701, 1200, 1300)
    run = await park.issue(MARCH, day(3, 25))
    async with park.db.read() as session:
        gaps = await gaps_of(session, run)
    assert "公摊“A座公共用电”：缺读数：E-A1205，本月不分摊，补齐后一并计入" in gaps
    await read(park, 4, 6200, 1310, 1550, 1140)
    await park.issue(APRIL, day(4, 25))
    assert (await kept(park, APRIL)).pool_fen == 24_000


async def test_a_reading_changed_after_the_draft_is_seen_and_one_in_a_pool_holds_still(park: FeePark) -> None:
    await read(park, 3, 5701, 1200, 1300, 1100)
    run_id = (await park.draft(MARCH, day(3, 25))).id
    await park.read("E-MAIN 5702", day(3, 25))
    async with park.db.begin() as session:
        run = await session.get_one(BillRun, run_id)
        with pytest.raises(UserError, match="公摊有变动：A座公共用电"):
            await check_run(session, run, by="staff:wangli", now=day(3, 25))
    await park.issue(MARCH, day(3, 25))
    late = await park.read("E-MAIN 5703\nE-A1205 1101", day(3, 26))
    assert [problem.reason for problem in late.problems] == [
        "该读数已计入公摊，不能修改。如确有错误，请联系财务处理。"
    ] * 2


async def test_finance_sees_in_the_draft_what_was_shared_and_estimated(park: FeePark) -> None:
    await read(park, 3, 5701, 1200, 1300)
    async with park.db.begin() as session:
        meter = await meter_named(session, "E-A1205")
        proposal = await propose(session, meter, Decimal(1100), MARCH, now=day(3, 22), rules=park.rules)
        await put_in(session, meter, proposal, by="staff:liuyan", now=day(3, 22))
    run = await park.draft(MARCH, day(3, 25))
    async with park.db.read() as session:
        summary = await summarise(session, run, RULES)
    assert summary.notes == [
        "估读 1 块表，账单上标“估”",
        "公摊 1 个，121.20 元，其中空置单元由中心承担 20.20 元",
    ]


async def test_a_draft_made_again_shares_anew_and_once(park: FeePark) -> None:
    await read(park, 3, 5701, 1200, 1300, 1100)
    await park.draft(MARCH, day(3, 25))
    await park.read("E-MAIN 5801", day(3, 25))
    await park.issue(MARCH, day(3, 25))
    assert (await kept(park, MARCH)).pool_fen == 24_120
    async with park.db.read() as session:
        shares = list(await session.scalars(select(PoolShare)))
    assert len(shares) == 2
    assert all(share.bill_id for share in shares)


async def test_a_pool_begins_with_the_first_month_all_its_meters_are_known(park: FeePark) -> None:
    async with park.db.begin() as session:
        await session.execute(update(SharedPool).values(active=False))
    await pool(park, name="新池")
    await park.meter("E-NEW", "A-1205", february=None)
    await park.read("E-NEW 50", day(3, 21))
    await read(park, 3, 5701, 1200, 1300, 1100)
    await park.issue(MARCH, day(3, 25))
    assert (await kept(park, MARCH)).sub_usage == Decimal(600)
    await park.read("E-NEW 80", day(4, 21))
    await read(park, 4, 6801, 1300, 1500, 1300)
    await park.issue(APRIL, day(4, 25))
    assert (await kept(park, APRIL)).sub_usage == Decimal(530)
