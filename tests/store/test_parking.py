"""Parking spaces on the month's bill: a line each, by days or whole, once a month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from models.database import Database
from models.fees.meter import Tariff
from models.fees.parking import ParkingSpace
from models.fees.sources.parking import find
from models.fees.sources.source import Scope
from models.rules import FeeRules, Rules
from tests.store.fee_park import APRIL, CALENDAR, MARCH, FeePark, day, open_park


@pytest.fixture
async def park(db: Database) -> FeePark:
    park = await open_park(db)
    await park.lets("云帆设计", "A-1203")
    return park


async def space(
    park: FeePark,
    number: str,
    price: str | None,
    start: date = date(2025, 1, 1),
    end: date | None = None,
    plate: str = "",
) -> None:
    async with park.db.begin() as session:
        session.add(
            ParkingSpace(
                number=number, tenant_id=park.tenants["云帆设计"], plate=plate, from_on=start, until_on=end,
                price_yuan=Decimal(price) if price else None,
            )
        )  # fmt: skip


async def spaces(park: FeePark) -> list[tuple[str, str, int]]:
    lines = await park.full_lines("云帆设计", MARCH)
    return [(line.name, line.basis, line.amount_fen) for line in lines if line.code == "parking"]


async def test_each_space_is_a_line_with_its_plate(park: FeePark) -> None:
    await space(park, "B1-023", "300", plate="浙A·88888")
    await space(park, "B1-024", "280.50")
    await park.issue(MARCH, day(3, 25))
    assert await spaces(park) == [
        ("车位费 B1-023（浙A·88888）", "月租 300 元", 30_000),
        ("车位费 B1-024", "月租 280.5 元", 28_050),
    ]
    await park.issue(APRIL, day(4, 25))
    assert (await park.lines("云帆设计", APRIL))["车位费 B1-024"] == 28_050


async def test_a_part_month_is_charged_by_days_or_whole(park: FeePark) -> None:
    await space(park, "B1-023", "310", start=date(2026, 3, 22))
    await space(park, "B1-024", "310", end=date(2026, 2, 28))
    await park.draft(MARCH, day(3, 25))
    assert await spaces(park) == [("车位费 B1-023", "月租 310 元 × 10/31 天", 10_000)]
    whole = Rules(fees=FeeRules(parking_part_month="whole"))
    async with park.db.read() as session:
        found = await find(session, Scope(MARCH, whole, CALENDAR, (park.tenants["云帆设计"],)))
    assert [line.amount_fen for line in found.lines] == [31_000]


async def test_a_space_without_a_price_takes_that_of_the_list_or_is_told(park: FeePark) -> None:
    await space(park, "B1-023", None)
    run = await park.draft(MARCH, day(3, 25))
    assert await park.gaps(run) == ["车位 B1-023：没有登记月租，也没有有效的“停车月租”，未计费"]
    async with park.db.begin() as session:
        session.add(Tariff(code="停车月租", price_yuan=Decimal(300), per="车位·月", from_on=date(2026, 3, 1)))
    await park.draft(MARCH, day(3, 25))
    assert [amount for *_, amount in await spaces(park)] == [30_000]


async def test_who_has_only_a_space_gets_a_bill_too(park: FeePark) -> None:
    await park.lets("只停车", "B-0101", end=date(2024, 12, 31), start=date(2024, 1, 1))
    async with park.db.begin() as session:
        session.add(
            ParkingSpace(
                number="B1-030",
                tenant_id=park.tenants["只停车"],
                price_yuan=Decimal(200),
                from_on=date(2025, 1, 1),
            )
        )
    await park.issue(MARCH, day(3, 25))
    assert await park.lines("只停车", MARCH) == {"车位费 B1-030": 20_000}
