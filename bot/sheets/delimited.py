"""Reads a text file of columns (csv, tsv) as banks and spreadsheets export it, in UTF-8 or GBK."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from bot.sheets.reader import MAX_COLUMNS, MAX_ROWS, RawSheet
from models.errors import UserError

MAX_TEXT_BYTES = 10 * 1024 * 1024
_DELIMITERS = (",", "\t", ";", "|")


def read_delimited(path: Path) -> RawSheet:
    """The rows that are not blank. Raises UserError when this is no text or not of a sane size."""
    try:
        data = path.read_bytes()
    except OSError:
        raise UserError(f"找不到文件“{path.name}”，请核对路径。") from None
    return RawSheet(path.name, _rows(data, path.name))


def _rows(data: bytes, name: str) -> list[tuple[int, tuple[object, ...]]]:
    if len(data) > MAX_TEXT_BYTES:
        raise UserError(f"文件“{name}”超过 {MAX_TEXT_BYTES >> 20} MB，请按月份拆开再导入。")
    text = decoded(data, name)
    found: list[tuple[int, tuple[object, ...]]] = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=_delimiter(text)), start=1):
            if any(cell.strip() for cell in cells):
                found.append((number, tuple(cells[:MAX_COLUMNS])))
            if len(found) > MAX_ROWS:
                raise UserError(f"文件“{name}”超过 {MAX_ROWS} 行，请按月份拆开再导入。")
    except csv.Error as exc:
        raise UserError(f"读不出“{name}”：请用 Excel 或 WPS 另存为 .xlsx 后再导入。") from exc
    return found


def decoded(data: bytes, name: str) -> str:
    """The text: UTF-8 with or without a mark, UTF-16 with one, else GBK in its widest form."""
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UserError(f"“{name}”不是文本文件，请另存为 .xlsx 或 .csv 后再导入。")
    codings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for coding in codings:
        try:
            return data.decode(coding)
        except UnicodeDecodeError:
            continue
    raise UserError(f"认不出“{name}”的文字编码，请另存为 .xlsx 后再导入。")


def _delimiter(text: str) -> str:
    """What stands most often in the fullest of the first lines."""
    lines = text.splitlines()[:20]
    return max(_DELIMITERS, key=lambda mark: max((line.count(mark) for line in lines), default=0))
