"""The month's readings as a workbook: handed out with all meters in walking order; and the rows that were not taken."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.sheets.reader import Limits, RawSheet, SheetRow, read_book, rows_by_column
from bot.sheets.writer import write_sheet
from models.calendar.period import Month
from models.errors import UserError
from models.imports.reading_sheet import COLUMNS, VALUE, BadLine, SheetLine, sheet_name

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

LIMITS = Limits(file_bytes=5 * 1024 * 1024, unpacked_bytes=40 * 1024 * 1024, rows=10_000)
"""Ten times the park of 660 meters, and a little more."""
_HEADS = ("序号", "楼栋", "楼层", "单元", "类型", "表号", "上次读数", "上次日期", VALUE, "备注")
_WIDTHS = (6, 8, 7, 12, 8, 16, 13, 13, 14, 22)
_TO_FILL = "FFF7DC"


def reading_book(lines: Sequence[SheetLine], month: Month) -> bytes:
    """The sheet to be filled in, on a computer or on paper."""
    from openpyxl.styles import PatternFill

    book = _empty()
    rows = [
        (
            n, line.building, line.floor, line.unit, line.kind, line.number, line.last, line.last_on,
            line.value, "",
        )
        for n, line in enumerate(lines, start=1)
    ]  # fmt: skip
    sheet = write_sheet(book, sheet_name(month), _HEADS, rows)
    _fit_for_paper(sheet, _WIDTHS)
    for (cell,) in sheet.iter_rows(min_row=2, min_col=9, max_col=9):
        cell.fill = PatternFill("solid", fgColor=_TO_FILL)
    return _saved(book)


def bad_book(bad: Sequence[BadLine], month: Month) -> bytes:
    """The rows that were not taken, each with its reason: to be mended and uploaded again."""
    book = _empty()
    rows = [(line.meter, line.value, line.reason, line.row) for line in bad]
    sheet = write_sheet(book, sheet_name(month), ("表号", VALUE, "原因", "原表行号"), rows)
    _fit_for_paper(sheet, (20, 14, 60, 10))
    return _saved(book)


def read_reading_book(data: bytes, name: str, month: Month) -> list[SheetRow]:
    """The rows of the sheet that has readings on it. Raises UserError for everything that is no such workbook."""
    sheets = read_book(io.BytesIO(data), name, LIMITS)
    chosen = _sheet(sheets, name)
    _refuse_other_month(chosen, month)
    rows = rows_by_column(chosen, COLUMNS)
    if not any(row.values.get(VALUE) is not None for row in rows):
        raise UserError(f"“{VALUE}”一列还没有填写，请填好读数再上传。")
    return rows


def _sheet(sheets: Sequence[RawSheet], name: str) -> RawSheet:
    """The first that has anything, by preference one of ours."""
    filled = [sheet for sheet in sheets if sheet.rows]
    ours = [sheet for sheet in filled if sheet.name.startswith("抄表")]
    if not filled:
        raise UserError(f"“{name}”里没有内容，请下载本月抄表表格，填好再上传。")
    return (ours or filled)[0]


def _refuse_other_month(sheet: RawSheet, month: Month) -> None:
    named = sheet.name.removeprefix("抄表").strip()
    if sheet.name.startswith("抄表 ") and named != str(month):
        raise UserError(f"这份表格是“{named[:20]}”的，本页只收{month.label}的读数，请核对后上传。")


def _fit_for_paper(sheet: Worksheet, widths: Sequence[int]) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def _empty() -> Workbook:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    return book


def _saved(book: Workbook) -> bytes:
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
