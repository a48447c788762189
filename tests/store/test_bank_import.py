"""Statements come in as files, as banks write them; every line once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.sheets.statement import import_statement
from models.bank.importing import Kept
from models.bank.line import BankLine
from models.database import Database
from models.errors import UserError
from models.rules import BankRules, Rules
from tests.fakes.statement import HEADS, as_csv, as_xlsx, line
from tests.store.fee_park import day

RULES = Rules()
LINES = [
    line("2026-03-16", "1,409.50", "", "云帆设计有限公司", "3301 0001", words="3月物业费", serial="S001"),
    line("2026/3/16", 2500, "", "青禾科技有限公司", "33010002", serial="S002"),
    line("20260317", "", "12.00", "示例银行", "", summary="手续费", serial="S003"),
]


async def take(db: Database, path: Path, rules: Rules = RULES) -> Kept:
    return await import_statement(db, path, rules, by="staff:sunli", now=day(3, 18))


async def lines_in(db: Database) -> list[BankLine]:
    async with db.read() as session:
        return list(await session.scalars(select(BankLine).order_by(BankLine.id)))


@pytest.mark.parametrize("coding", ["xlsx", "gbk", "utf-8-sig", "utf-8", "utf-16"])
async def test_a_statement_is_read_whatever_it_is_saved_as(db: Database, tmp_path: Path, coding: str) -> None:
    path = tmp_path / ("s.xlsx" if coding == "xlsx" else "s.csv")
    made = as_xlsx(path, LINES) if coding == "xlsx" else as_csv(path, LINES, coding=coding)
    kept = await take(db, made)
    assert (kept.new, kept.known, kept.bad) == (3, 0, [])
    first, second, third = await lines_in(db)
    assert (first.on, first.amount_fen, first.payer_name) == (date(2026, 3, 16), 140_950, "云帆设计有限公司")
    assert (first.payer_account, first.reference, first.serial) == ("33010001", "3月物业费 转账", "S001")
    assert (second.on, second.amount_fen) == (date(2026, 3, 16), 250_000)
    assert (third.on, third.amount_fen) == (date(2026, 3, 17), -1_200)


async def test_the_same_file_again_changes_nothing(db: Database, tmp_path: Path) -> None:
    path = as_csv(tmp_path / "s.csv", LINES)
    await take(db, path)
    before = [(each.id, each.key) for each in await lines_in(db)]
    kept = await take(db, as_xlsx(tmp_path / "again.xlsx", [*LINES, line("2026-03-18", 5, serial="S004")]))
    assert (kept.new, kept.known) == (1, 3)
    assert [(each.id, each.key) for each in await lines_in(db)][:3] == before


async def test_without_a_serial_equal_lines_are_counted(db: Database, tmp_path: Path) -> None:
    twice = [line("2026-03-16", 100, name="云帆"), line("2026-03-16", 100, name="云帆")]
    assert (await take(db, as_csv(tmp_path / "a.csv", twice[:1]))).new == 1
    kept = await take(db, as_csv(tmp_path / "b.csv", twice))
    assert (kept.new, kept.known) == (1, 1)
    assert (await take(db, as_csv(tmp_path / "c.csv", twice))).new == 0


async def test_one_serial_with_two_amounts_is_told(db: Database, tmp_path: Path) -> None:
    await take(db, as_csv(tmp_path / "a.csv", LINES))
    other = line("2026-03-16", "1,409.60", name="云帆设计有限公司", serial="S001")
    kept = await take(db, as_csv(tmp_path / "b.csv", [other]))
    assert kept.new == 0
    assert kept.bad[0][0] == 3 and "S001" in kept.bad[0][1] and "1,409.50" in kept.bad[0][1]


async def test_rows_that_can_not_be_read_come_back_with_reasons(db: Database, tmp_path: Path) -> None:
    odd = [
        *LINES,
        line("2026-02-30", 100, serial="S010"),
        line("2026-03-16", "一百元", serial="S011"),
        line("2026-03-16", "", "", "云帆", serial="S012"),
        line("", 100, serial="S013"),
        line("2026-03-16", "1.005", serial="S014"),
    ]
    kept = await take(db, as_csv(tmp_path / "s.csv", odd))
    assert kept.new == 3
    assert [number for number, _ in kept.bad] == [6, 7, 8, 9, 10]
    told = " ".join(reason for _, reason in kept.bad)
    for word in ("2026-02-30", "一百元", "没有金额", "没有日期", "超过两位小数"):
        assert word in told


@pytest.mark.parametrize(
    ("heads", "row", "amount_fen"),
    [
        (("日期", "金额", "对方名称"), ("2026-03-16", "+1,000.00", "甲"), 100_000),
        (("日期", "金额", "对方名称"), ("2026-03-16", "-1000", "甲"), -100_000),
        (("日期", "金额", "对方名称"), ("2026-03-16", "(12.50)", "甲"), -1_250),
        (("交易时间", "交易金额", "借贷标志"), ("2026-03-16 10:22:33", "￥88.80", "贷"), 8_880),
        (("交易时间", "交易金额", "借贷标志"), ("20260316102233", "88.80", "借"), -8_880),
        (("记账日期", "收入金额(元)", "支出金额(元)"), ("2026年3月16日", "0.00", "7.00"), -700),
        (("记账日期", "收入", "支出"), (46097, "１，２３４．５６", "-"), 123_456),
    ],
)
async def test_other_banks_write_otherwise(
    db: Database, tmp_path: Path, heads: tuple[str, ...], row: tuple[object, ...], amount_fen: int
) -> None:
    kept = await take(db, as_xlsx(tmp_path / "s.xlsx", [row], heads))
    assert (kept.new, kept.bad) == (1, [])
    found = (await lines_in(db))[0]
    assert (found.on, found.amount_fen) == (date(2026, 3, 16), amount_fen)


async def test_cells_that_are_dates_and_numbers_are_taken_as_such(db: Database, tmp_path: Path) -> None:
    row = line(
        datetime(2026, 3, 16, 9, 30, tzinfo=UTC).replace(tzinfo=None), 0.1 + 0.2, serial="20260316000012"
    )
    await take(db, as_xlsx(tmp_path / "s.xlsx", [row]))
    found = (await lines_in(db))[0]
    assert (found.on, found.amount_fen, found.serial) == (date(2026, 3, 16), 30, "20260316000012")


async def test_headings_are_a_setting(db: Database, tmp_path: Path) -> None:
    path = as_csv(
        tmp_path / "s.csv", [("2026-03-16", "5.00", "甲")], ("Value date", "Credit", "Counterparty")
    )
    with pytest.raises(UserError, match="没有找到流水的表头"):
        await take(db, path)
    columns = dict(BankRules().columns) | {
        "date": ("Value date",), "amount_in": ("Credit",), "payer_name": ("Counterparty",),
    }  # fmt: skip
    kept = await take(db, path, Rules(bank=BankRules(columns=columns)))
    assert kept.new == 1 and (await lines_in(db))[0].payer_name == "甲"
    with pytest.raises(ValueError, match=r"bank\.columns"):
        BankRules(columns={"date": ("日期",)})


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("s.xls", b"\xd0\xcf\x11\xe0", "旧版 .xls"),
        ("s.xlsx", b"no workbook", "读不出"),
        ("s.csv", b"", "没有找到流水的表头"),
        ("s.csv", b"PK\x03\x04\x00\x00", "不是文本文件"),
        ("s.csv", "单元号,楼栋\nA-1,A\n".encode(), "没有找到流水的表头"),
        ("s.csv", b"\xff" * 50, "编码"),
    ],
)
async def test_a_file_that_is_no_statement_is_refused(
    db: Database, tmp_path: Path, name: str, data: bytes, told: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UserError, match=told):
        await take(db, path)
    assert await lines_in(db) == []


def test_the_headings_in_the_tests_are_those_of_the_shipped_configuration(config) -> None:
    known = {name for names in config.bank.columns.values() for name in names}
    assert set(HEADS) <= known
