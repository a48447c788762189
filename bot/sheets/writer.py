"""Writes rows into a workbook as plain text, whatever they look like: no cell of ours is ever run as a formula."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from models.clock import local
from models.exports.table import Column, Holds, Table

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What no cell can hold."""
_MONEY_FORMAT = "#,##0.00"
_WIDTH = 18
_NARROWEST, _WIDEST = 8, 48
_SHEET_NAME = 31
"""Longest name of a sheet that Excel opens."""


def write_sheet(
    book: Workbook, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> Worksheet:
    """A sheet with headings in bold."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet: Worksheet = book.create_sheet(name)
    for number, values in enumerate((columns, *rows), start=1):
        for place, value in enumerate(values, start=1):
            _put(sheet.cell(number, place), value)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for place in range(1, len(columns) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTH
    sheet.freeze_panes = "A2"
    return sheet


def workbook(tables: Sequence[Table]) -> bytes:
    """The tables as an .xlsx file, a sheet each: money as numbers, days and instants as such, the rest as text."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for table in tables:
        _add(book, table)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _add(book: Workbook, table: Table) -> None:
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter

    rows = [
        [_as_cell(value, column) for value, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    sheet = write_sheet(book, table.name[:_SHEET_NAME], [column.name for column in table.columns], rows)
    for place, column in enumerate(table.columns, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = _fitting(column.name, [row[place - 1] for row in rows])
        if column.holds is Holds.MONEY:
            for cell in sheet[letter][1:]:
                cell.number_format = _MONEY_FORMAT
        if column.holds in (Holds.MONEY, Holds.NUMBER):
            sheet[f"{letter}1"].alignment = Alignment(horizontal="right")
    if rows:
        sheet.auto_filter.ref = sheet.dimensions


def _as_cell(value: object, column: Column) -> object:
    """分 become yuan, instants the park's time; Excel knows no time zones."""
    if value is None:
        return None
    if column.holds is Holds.MONEY and isinstance(value, int):
        return Decimal(value) / 100
    if column.holds is Holds.INSTANT and isinstance(value, datetime):
        return local(value).replace(tzinfo=None, microsecond=0)
    return value


def _fitting(title: str, values: Sequence[object]) -> float:
    """Wide enough for what stands in the column; a Chinese character counts double."""
    longest = max((_columns(value) for value in (title, *values)), default=0)
    return min(max(longest + 2, _NARROWEST), _WIDEST)


def _columns(value: object) -> int:
    if isinstance(value, datetime):
        return len("2026-03-16 09:00:00")
    if isinstance(value, Decimal):
        return len(f"{value:,.2f}")
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in str(value or ""))


def _put(cell: Cell | MergedCell, value: object) -> None:
    """Numbers and dates stay what they are; all else is text.

    `quotePrefix` is what the spreadsheet shows as a leading apostrophe: it keeps the text a text when somebody
    edits the cell, and is no part of the value, so that the row can be imported as it was.
    """
    if value is None or isinstance(value, bool | int | float | Decimal | date):
        cell.value = value
        return
    text = _ILLEGAL.sub("", str(value))
    cell.value = text
    cell.data_type = "s"
    if text.startswith(_DANGEROUS):
        cell.quotePrefix = True
