"""The rows that did not go in, as a workbook to be mended and imported again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.sheets.importing import BadRow, ImportResult
from bot.sheets.writer import write_sheet
from models.imports import SHEETS

REASON = "原因"


def write_bad_rows(result: ImportResult, path: Path) -> None:
    """The bad rows, in the columns of their sheets, each with its reason: to be mended and imported again."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for form in SHEETS:
        bad = [row for row in result.bad if row.sheet == form.name]
        if bad:
            columns = [column.name for column in form.columns]
            write_sheet(book, form.name, [*columns, REASON], (_cells(row, columns) for row in bad))
    if not book.worksheets:
        book.create_sheet("没有错误")
    book.save(path)


def _cells(row: BadRow, columns: Sequence[str]) -> list[object]:
    return [*(row.values.get(column) for column in columns), row.reason]
