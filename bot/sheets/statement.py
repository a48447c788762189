"""Imports a bank's statement: xlsx or csv, columns by the headings in config.yaml. The same file twice changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bot.sheets.delimited import read_delimited
from bot.sheets.reader import SheetRow, read_sheets, rows_by_column
from models.audit.entry import record
from models.bank.importing import Kept, Row, keep_lines
from models.bank.statement import StatementLine, is_line, keys_of, read_line
from models.database import Database
from models.errors import UserError
from models.imports.sheet import Column
from models.rules import BankRules, Rules

BATCH_LINES = 50
_TEXT_FILES = (".csv", ".txt", ".tsv")

Progress = Callable[[int, int], None]
"""Called with lines done and lines in all."""


async def import_statement(
    db: Database, path: Path, rules: Rules, *, by: str, now: datetime, progress: Progress | None = None
) -> Kept:
    """Keeps the lines of the file that are new.

    Raises UserError, before anything is stored, when the file or its headings can not be used.
    """
    lines, bad = await asyncio.to_thread(_read, path, rules.bank)
    result = Kept(bad=bad)
    for start in range(0, len(lines), BATCH_LINES):
        async with db.begin() as session:
            result.add(await keep_lines(session, lines[start : start + BATCH_LINES], by=by, now=now))
        if progress:
            progress(min(start + BATCH_LINES, len(lines)), len(lines))
    async with db.begin() as session:
        detail = {"new": result.new, "known": result.known, "bad": len(result.bad)}
        await record(
            session, actor=by, action="bank.import", subject=f"file:{path.name[:80]}", now=now, detail=detail
        )
    result.bad.sort()
    return result


def _read(path: Path, rules: BankRules) -> tuple[list[Row], list[tuple[int, str]]]:
    """The movements with their keys, and the rows that can not be read with the reasons."""
    numbers: list[int] = []
    lines: list[StatementLine] = []
    bad = []
    for row in _rows(path, rules):
        if not is_line(row.values):
            continue
        try:
            lines.append(read_line(row.values, rules))
        except UserError as refusal:
            bad.append((row.number, str(refusal)))
        else:
            numbers.append(row.number)
    return list(zip(numbers, keys_of(lines), lines, strict=True)), bad


def _rows(path: Path, rules: BankRules) -> list[SheetRow]:
    """The rows of the first sheet that has a statement's headings."""
    suffix = path.suffix.lower()
    if suffix == ".xls":
        raise UserError(f"“{path.name}”是旧版 .xls，请用 Excel 或 WPS 另存为 .xlsx 后再导入。")
    sheets = [read_delimited(path)] if suffix in _TEXT_FILES else read_sheets(path)
    headings = [Column(name, (), required=False) for names in rules.columns.values() for name in names]
    for sheet in sheets:
        rows = rows_by_column(sheet, headings)
        if rows and _is_statement(rows[0], rules):
            return rows
    wanted = "；".join("、".join(rules.columns[field][:3]) for field in ("date", "amount_in", "payer_name"))
    raise UserError(
        f"“{path.name}”里没有找到流水的表头。需要日期、收入金额、对方户名这几列，例如：{wanted}。"
        "表头不同的，请在 config.yaml 的 bank.columns 里补上。"
    )


def _is_statement(row: SheetRow, rules: BankRules) -> bool:
    """Whether date and amount have a column."""

    def has(field: str) -> bool:
        return any(name in row.values for name in rules.columns[field])

    return has("date") and (has("amount_in") or has("amount"))
