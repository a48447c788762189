"""Writes rows into a workbook as plain text, whatever they look like: no cell of ours is ever run as a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def write_sheet(
    book: Workbook, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> Worksheet:
    """A sheet with headings in bold."""
    sheet: Worksheet = book.create_sheet(name)
    for number, values in enumerate((columns, *rows), start=1):
        for place, value in enumerate(values, start=1):
            _put(sheet.cell(number, place), value)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for place in range(1, len(columns) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = 18
    sheet.freeze_panes = "A2"
    return sheet


def _put(cell: Cell | MergedCell, value: object) -> None:
    """Numbers and dates stay what they are; all else is text.

    `quotePrefix` is what the spreadsheet shows as a leading apostrophe: it keeps the text a text when somebody
    edits the cell, and is no part of the value, so that the row can be imported as it was.
    """
    if value is None or isinstance(value, bool | int | float | date):
        cell.value = value
        return
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    cell.value = text
    cell.data_type = "s"
    if text.startswith(_DANGEROUS):
        cell.quotePrefix = True
