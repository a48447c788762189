"""Imports a workbook: good rows go in, bad ones are kept with their reasons. The same file twice changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.sheets.reader import RawSheet, SheetRow, read_sheets, rows_by_column
from models.audit.entry import record
from models.database import Database
from models.errors import UserError
from models.imports import SHEETS
from models.imports.cells import Cells
from models.imports.sheet import Batch, Checked, SheetForm
from models.rules import Rules

BATCH_ROWS = 500
"""One transaction; on SQLite others wait for it."""

Progress = Callable[[int, int], None]
"""Called with rows done and rows in all."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that did not go in. `row_number` as the spreadsheet shows it; `reason` tells what to mend."""

    sheet: str
    row_number: int
    values: dict[str, object]
    reason: str


@dataclass(slots=True)
class ImportResult:
    """How many rows of each sheet went in, which did not, and the sheets we do not know."""

    good: dict[str, int] = field(default_factory=dict)
    bad: list[BadRow] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Sheet:
    form: SheetForm[Any]
    rows: list[SheetRow]


async def import_workbook(
    db: Database, path: Path, rules: Rules, now: datetime, progress: Progress | None = None
) -> ImportResult:
    """Imports all sheets we know, in the order they build on each other.

    Raises UserError, before anything is stored, when the file or its headings can not be used.
    """
    raw = await asyncio.to_thread(read_sheets, path)
    sheets = _known(raw, path)
    result = ImportResult(ignored=[sheet.name for sheet in raw if _form(sheet.name) is None])
    total = sum(len(sheet.rows) for sheet in sheets)

    def tell() -> None:
        if progress:
            progress(sum(result.good.values()) + len(result.bad), total)

    for sheet in sheets:
        await _import_sheet(db, sheet, result, (rules, now), tell)
    await _audit(db, path, result, now)
    order = [form.name for form in SHEETS]
    result.bad.sort(key=lambda row: (order.index(row.sheet), row.row_number))
    return result


async def _import_sheet(
    db: Database, sheet: _Sheet, result: ImportResult, given: tuple[Rules, datetime], tell: Callable[[], None]
) -> None:
    rules, now = given
    accepted, refused = _check(sheet, rules)
    result.good[sheet.form.name] = 0
    result.bad += refused
    keys = frozenset(checked.key for _, checked in accepted)
    for start in range(0, len(accepted), BATCH_ROWS):
        part = accepted[start : start + BATCH_ROWS]
        batch = Batch([checked for _, checked in part], keys, now, rules)
        async with db.begin() as session:
            reasons = await sheet.form.save(session, batch)
        _note(result, sheet.form.name, [row for row, _ in part], reasons)
        tell()


def _known(raw: list[RawSheet], path: Path) -> list[_Sheet]:
    """The sheets to import, in the order of SHEETS."""
    by_form = {form.name: sheet for sheet in raw if (form := _form(sheet.name))}
    if not by_form:
        names = "、".join(form.name for form in SHEETS)
        raise UserError(f"“{path.name}”里没有认识的工作表，名称应为：{names}。")
    return [
        _Sheet(form, rows_by_column(by_form[form.name], form.columns))
        for form in SHEETS
        if form.name in by_form
    ]


def _form(name: str) -> SheetForm[Any] | None:
    wanted = name.strip().removesuffix("表").removesuffix("信息")
    return next((form for form in SHEETS if form.name in (name.strip(), wanted)), None)


def _check(sheet: _Sheet, rules: Rules) -> tuple[list[tuple[SheetRow, Checked]], list[BadRow]]:
    """Rows that make sense by themselves, and the others. Of rows about one thing the first counts."""
    accepted: list[tuple[SheetRow, Checked]] = []
    refused: list[BadRow] = []
    first: dict[Hashable, int] = {}
    for row in sheet.rows:
        try:
            checked = sheet.form.check(Cells(row.values), rules)
            if checked.key in first:
                raise UserError(f"与第 {first[checked.key]} 行重复，请只保留一行。")
        except UserError as refusal:
            refused.append(BadRow(sheet.form.name, row.number, row.values, str(refusal)))
            continue
        first[checked.key] = row.number
        accepted.append((row, checked))
    return accepted, refused


def _note(result: ImportResult, sheet: str, rows: list[SheetRow], reasons: list[str]) -> None:
    for row, reason in zip(rows, reasons, strict=True):
        if reason:
            result.bad.append(BadRow(sheet, row.number, row.values, reason))
        else:
            result.good[sheet] += 1


async def _audit(db: Database, path: Path, result: ImportResult, now: datetime) -> None:
    async with db.begin() as session:
        await record(
            session,
            actor="system",
            action="import",
            subject=f"file:{path.name}",
            now=now,
            detail={"good": result.good, "bad": len(result.bad)},
        )
