"""Reads a workbook that a person has filled in: rows by column name, with bounds on what a hostile file can cost."""

from __future__ import annotations

import os
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from models.errors import UserError
from models.imports.sheet import Column

MAX_FILE_BYTES = 30 * 1024 * 1024
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 60
BLANK_ROWS_AT_END = 1_000
"""Sheets are often formatted down to row 1,048,576: after so many blank rows nothing more is expected."""
TITLE_ROWS = 10
"""How many rows may stand above the headings."""

Values = tuple[object, ...]
_UNREADABLE = (
    OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, EOFError,
    RuntimeError,  # zipfile: encrypted, or a compression it does not know
    SyntaxError,  # ElementTree.ParseError
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One filled-in row; `number` is what the spreadsheet shows at its left."""

    number: int
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class RawSheet:
    """The cells of one sheet, without its blank rows."""

    name: str
    rows: list[tuple[int, Values]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost."""

    file_bytes: int = MAX_FILE_BYTES
    unpacked_bytes: int = MAX_UNPACKED_BYTES
    rows: int = MAX_ROWS


def read_sheets(path: Path) -> list[RawSheet]:
    """All sheets, formulas as the values they last had. Raises UserError when this is no workbook of a sane size."""
    try:
        with path.open("rb") as file:
            return read_book(file, path.name, Limits())
    except FileNotFoundError:
        raise UserError(f"找不到文件“{path.name}”，请核对路径。") from None


def read_book(file: BinaryIO, name: str, limits: Limits) -> list[RawSheet]:
    """The same for a file that is open. name: as the person knows it. Raises UserError."""
    from openpyxl import load_workbook

    with _unreadable_is_the_users(name):
        _refuse_dangerous(file, name, limits)
        book = load_workbook(file, read_only=True, data_only=True)
        try:
            return [_read(sheet.title, sheet, limits) for sheet in book.worksheets]
        finally:
            book.close()


def rows_by_column(sheet: RawSheet, columns: Sequence[Column]) -> list[SheetRow]:
    """The rows below the headings. Raises UserError that names the columns that are missing."""
    if not sheet.rows:
        return []
    found: dict[str, int] = {}
    head = 0
    for index, (_, values) in enumerate(sheet.rows[:TITLE_ROWS]):
        places = _places(values, columns)
        if len(places) > len(found):
            found, head = places, index
    missing = [column.name for column in columns if column.required and column.name not in found]
    if missing:
        raise UserError(f"工作表“{sheet.name}”缺少列：{'、'.join(missing)}。请补上表头后重新导入。")
    below = (
        SheetRow(number, {name: _at(cells, place) for name, place in found.items()})
        for number, cells in sheet.rows[head + 1 :]
    )
    return [row for row in below if any(not _blank(value) for value in row.values.values())]


def _refuse_dangerous(file: BinaryIO, name: str, limits: Limits) -> None:
    """By its directory alone, before anything is unpacked."""
    if file.seek(0, os.SEEK_END) > limits.file_bytes:
        raise UserError(f"文件“{name}”超过 {limits.file_bytes >> 20} MB，请拆成几个文件再导入。")
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
        raise UserError(f"文件“{name}”解压后过大，请只保留要导入的工作表再试。")
    if any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries):
        raise UserError(f"文件“{name}”带有宏，为安全起见不能导入。请另存为不带宏的 .xlsx 文件再试。")
    file.seek(0)


@contextmanager
def _unreadable_is_the_users(name: str) -> Iterator[None]:
    """What openpyxl and zipfile raise on broken files is many things; for the person it is one."""
    try:
        yield
    except _UNREADABLE as exc:
        raise UserError(f"读不出“{name}”：请用 Excel 或 WPS 另存为不加密的 .xlsx 文件后再导入。") from exc


def _read(name: str, sheet: object, limits: Limits) -> RawSheet:
    rows: list[tuple[int, Values]] = []
    blank = 0
    sheet.reset_dimensions()  # type: ignore[attr-defined]  # what the file says of its size may be wrong
    cells: Iterable[Values] = sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)  # type: ignore[attr-defined]
    for number, values in enumerate(cells, start=1):
        if all(_blank(value) for value in values):
            blank += 1
            if blank > BLANK_ROWS_AT_END:
                break
            continue
        blank = 0
        rows.append((number, values))
        if len(rows) > limits.rows:
            raise UserError(f"工作表“{name}”超过 {limits.rows:,} 行，请拆成几个文件再导入。")
    return RawSheet(name, rows)


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _places(values: Values, columns: Sequence[Column]) -> dict[str, int]:
    """Where the columns stand, read from one row of headings."""
    headings = {_heading(str(value)): place for place, value in reversed(list(enumerate(values))) if value}
    found: dict[str, int] = {}
    for column in columns:
        names = (_heading(name) for name in (column.name, *column.aliases))
        place = next((headings[name] for name in names if name in headings), None)
        if place is not None and place not in found.values():
            found[column.name] = place
    return found


def _heading(text: str) -> str:
    """A heading without blanks, marks and remarks: "计费面积（㎡）*" is "计费面积"."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    return re.sub(r"\(.*?\)|[\s*:]", "", plain)


def _at(cells: Values, place: int) -> object:
    return cells[place] if place < len(cells) else None
