"""Bank statements as net-banking exports them, for tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

HEADS = ("交易日期", "贷方发生额", "借方发生额", "对方户名", "对方账号", "摘要", "附言", "交易流水号")
TITLE = ("账户明细查询", "账号：33010400000012345 67", "币种：人民币")

Line = tuple[object, ...]


def line(
    on: object = "2026-03-16", come: object = "", went: object = "", name: str = "", account: str = "",
    summary: str = "转账", words: str = "", serial: str = "",
) -> Line:  # fmt: skip
    """One line in the order of HEADS."""
    return (on, come, went, name, account, summary, words, serial)


def as_xlsx(path: Path, lines: Sequence[Line], heads: Sequence[str] = HEADS) -> Path:
    """With a title above and a sum below, as banks do."""
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (TITLE, heads, *lines, ("合计", len(lines))):
        sheet.append(list(row))
    book.save(path)
    return path


def as_csv(path: Path, lines: Sequence[Line], heads: Sequence[str] = HEADS, coding: str = "gbk") -> Path:
    """As text."""
    text = io.StringIO()
    csv.writer(text).writerows([TITLE, heads, *lines, ("合计", len(lines))])
    path.write_bytes(text.getvalue().encode(coding))
    return path
