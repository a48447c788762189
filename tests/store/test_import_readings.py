"""Readings by the sheet 抄表: the present month as in chat, earlier months as history that charges nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.sheets.importing import ImportResult, import_workbook
from models.database import Database
from models.fees.meter import Meter, Reading
from models.fees.missing_readings import missing_meters, open_questions
from tests.fakes.workbook import book
from tests.store.fee_park import MARCH, RULES, FeePark, day, open_park

HEADS = ("表号", "月份", "本次读数", "已出账")
NOW = day(3, 21)


@pytest.fixture
async def park(db: Database) -> FeePark:
    park = await open_park(db)
    await park.lets("云帆设计", "A-1203")
    await park.meter("E-A1203", "A-1203", february="15000")
    await park.meter("W-A1203", "A-1203", february="100")
    return park


async def put(park: FeePark, folder: Path, *rows: tuple[object, ...]) -> ImportResult:
    path = book(folder / "readings.xlsx", {"抄表": [HEADS, *rows]})
    return await import_workbook(park.db, path, RULES, NOW)


async def stored(park: FeePark, number: str = "E-A1203") -> dict[str, tuple[Decimal, bool]]:
    """Month → value, and whether it was charged elsewhere."""
    async with park.db.read() as session:
        rows = await session.scalars(
            select(Reading).join(Meter).where(Meter.number == number).order_by(Reading.month)
        )
        return {row.month: (row.value, row.settled) for row in rows}


def reasons(result: ImportResult) -> dict[int, str]:
    return {row.row_number: row.reason for row in result.bad}


async def test_this_months_readings_go_the_way_of_chat(park: FeePark, tmp_path: Path) -> None:
    result = await put(
        park, tmp_path,
        ("E-A1203", "2026-03", 15000, None), ("W-A1203", "2026-03", 90, None), ("Z-9", "2026-03", 1, None),
        ("W-A1203", "2026-04", 120, None),
    )  # fmt: skip
    assert result.good == {"抄表": 1}
    assert {row: text[:9] for row, text in reasons(result).items()} == {
        3: "读数 90 小于上", 4: "没有表号“Z-9”", 5: "2026年4月还没",
    }  # fmt: skip
    async with park.db.read() as session:
        assert len(await open_questions(session)) == 1  # nothing used in an occupied unit


async def test_history_charges_nothing_in_any_order_and_twice(park: FeePark, tmp_path: Path) -> None:
    rows = [
        ("E-A1203", f"2025-{month}", value, "是") for month, value in ((12, 14800), (10, 14200), (11, 14500))
    ]
    for _ in range(2):
        result = await put(park, tmp_path, *rows)
        assert (result.bad, result.good) == ([], {"抄表": 3})
    assert await stored(park) == {
        "2025-10": (14200, True), "2025-11": (14500, True), "2025-12": (14800, True), "2026-02": (15000, True),
    }  # fmt: skip
    await park.read("E-A1203 15300\nW-A1203 112", NOW)
    await park.issue(MARCH, day(3, 25))
    # 300 kWh of March alone; what was before has been paid elsewhere.
    assert (await park.lines("云帆设计", MARCH))["电费 A-1203"] == 36_000


async def test_history_makes_odd_values_recognisable(park: FeePark, tmp_path: Path) -> None:
    await put(park, tmp_path, ("E-A1203", "2025-12", 14900, "是"), ("E-A1203", "2026-01", 14950, "是"))
    intake = await park.read("E-A1203 16000", NOW)
    assert "超过以往中位数" in intake.questions[0].doubts[0]


async def test_an_old_month_must_say_who_charged_it(park: FeePark, tmp_path: Path) -> None:
    result = await put(
        park, tmp_path,
        ("E-A1203", "2025-12", 14800, None), ("E-A1203", "2025-11", 16000, "是"), ("W-A1203", "2026-02", 101, "是"),
    )  # fmt: skip
    said = reasons(result)
    assert "请在“已出账”里写明" in said[2] and "小于上次" in said[3] and "该月读数已是 100" in said[4]


async def test_meters_are_walked_by_their_own_order_then_by_floor(park: FeePark, tmp_path: Path) -> None:
    units = [("A-2", "A", "2"), ("A-10", "A", "10"), ("A-B1", "A", "B1")]
    sheets = {
        "单元": [("单元号", "楼栋", "楼层", "计费面积"), *((*unit, 50) for unit in units)],
        "租户": [
            ("名称", "单元", "起租日", "物业费单价"),
            *(("三层楼公司", code, date(2025, 1, 1), 5) for code, _, _ in units),
        ],
        "表计": [
            ("表号", "单元", "类型", "抄表顺序"),
            ("E-10", "A-10", "电", None), ("E-2", "A-2", "电", None), ("E-B1", "A-B1", "电", None),
            ("E-FIRST", "A-10", "电", 1),
        ],
    }  # fmt: skip
    result = await import_workbook(park.db, book(tmp_path / "park.xlsx", sheets), RULES, NOW)
    assert result.bad == []
    async with park.db.read() as session:
        found = await missing_meters(session, MARCH)
    assert found["A"] == [
        "A-10 电表 E-FIRST", "A-B1 电表", "A-1203 电表", "A-1203 水表", "A-2 电表", "A-10 电表 E-10",
    ]  # fmt: skip
