"""Exports: every row, money as numbers, nothing that a spreadsheet would run, and a record of who took what."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from bot.sheets.writer import workbook
from models.audit.entry import AuditEntry, first_break
from models.database import Database
from models.exports import EXPORTS
from models.exports.table import Asked, Column, Holds, Table, log_export
from models.people.tenant import Contact, ContactRole
from tests.store.fee_park import MARCH, RULES, FeePark, day, open_park

NOW = day(4, 20)


async def _billed_park(db: Database) -> FeePark:
    park = await open_park(db)
    await park.lets("云帆设计", "A-101", price="12.34")
    await park.lets("=cmd|' /C calc'!A0", "A-102")
    await park.meter("E-101", "A-101", february="100")
    await park.meter("E-102", "A-102", february="100")
    await park.read("E-101 150\nE-102 180", day(3, 20))
    async with db.begin() as session:
        session.add(
            Contact(
                tenant_id=park.tenants["云帆设计"], name="+李娜", mobile="13800010001", role=ContactRole.HEAD
            )
        )
    await park.issue(MARCH, day(3, 26))
    await park.pay("云帆设计", 100_001, day(3, 28))
    return park


async def _table(db: Database, code: str, *, full_numbers: bool = False) -> Table:
    form = next(form for form in EXPORTS if form.code == code)
    async with db.read() as session:
        return await form.table(session, Asked(MARCH, NOW, RULES, full_numbers))


def _opened(table: Table) -> Workbook:
    return load_workbook(io.BytesIO(workbook([table])))


async def test_money_is_a_number_in_yuan_and_a_day_is_a_day(db: Database) -> None:
    await _billed_park(db)
    sheet = _opened(await _table(db, "bills")).worksheets[0]
    assert [cell.value for cell in sheet[1]] == [
        "编号", "租户", "月份", "付款截止", "金额（元）", "已付（元）", "未付（元）"
    ]  # fmt: skip
    rows = {row[1].value: row for row in sheet.iter_rows(min_row=2)}
    paid = rows["云帆设计"]
    assert (paid[4].value, paid[5].value, paid[6].value) == (1294, 1000.01, 293.99)
    assert paid[4].data_type == "n" and paid[4].number_format == "#,##0.00"
    assert isinstance(paid[3].value, datetime)


async def test_a_name_that_looks_like_a_formula_stays_a_text(db: Database) -> None:
    await _billed_park(db)
    for code, text in (
        ("bills", "=cmd|' /C calc'!A0"),
        ("debts", "=cmd|' /C calc'!A0"),
        ("tenants", "+李娜"),
    ):
        sheet = _opened(await _table(db, code)).worksheets[0]
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == text]
        assert cells and all(cell.data_type == "s" and cell.quotePrefix for cell in cells), code


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_no_cell_begins_a_formula_whatever_it_begins_with(first: str) -> None:
    text = f"{first}SUM(A1:A9)"
    cell = _opened(Table("危险", (Column("甲"),), [(text,)])).worksheets[0]["A2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert str(cell.value).strip() == text.strip()  # XML knows one kind of line end only


def test_values_keep_their_kind_on_the_sheet() -> None:
    columns = (
        Column("元", Holds.MONEY),
        Column("数", Holds.NUMBER),
        Column("时", Holds.INSTANT),
        Column("字"),
    )
    made = _opened(Table("表", columns, [(-123, Decimal("0.5"), NOW, None)])).worksheets[0]
    assert [cell.value for cell in made[2]] == [
        -1.23,
        0.5,
        NOW.replace(tzinfo=None) + timedelta(hours=8),
        None,
    ]


async def test_every_kind_gives_rows_that_fit_its_columns(db: Database) -> None:
    await _billed_park(db)
    counts = {form.code: len((await _table(db, form.code)).rows) for form in EXPORTS}
    assert counts == {"bills": 2, "payments": 1, "debts": 2, "readings": 2, "signoff": 2, "tenants": 2}


async def test_numbers_are_masked_for_those_who_may_not_see_them(db: Database) -> None:
    await _billed_park(db)
    shown = {full: str((await _table(db, "tenants", full_numbers=full)).rows) for full in (True, False)}
    assert "13800010001" in shown[True]
    assert "13800010001" not in shown[False] and "138****0001" in shown[False]


async def test_an_export_is_on_record_with_who_what_and_how_much(db: Database) -> None:
    await _billed_park(db)
    form = EXPORTS[0]
    async with db.begin() as session:
        await log_export(session, form, Asked(MARCH, NOW, RULES), 2, by="staff:chenjing")
    async with db.read() as session:
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "export"))).one()
        assert (entry.actor, entry.subject, entry.at) == ("staff:chenjing", "export:bills", NOW)
        assert entry.detail == {"what": "bills", "month": "2026-03", "rows": 2, "full_numbers": False}
        assert await first_break(session) is None
