"""A table on its way into a workbook: columns that say what they hold, and rows of plain values."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from models.audit.entry import record
from models.calendar.period import Month
from models.rules import Rules

Row = Sequence[object]


class Holds(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    MONEY = "money"  # integer 分; a number in yuan on the sheet
    NUMBER = "number"
    DAY = "day"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Column:
    """name: the heading."""

    name: str
    holds: Holds = Holds.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """name: of the sheet. Every row has a value for each column."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"{self.name}: a row does not fit its columns")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted. full_numbers: telephone numbers are shown whole [law: 个人信息保护法 §6]."""

    month: Month
    now: datetime
    rules: Rules
    full_numbers: bool = False


Load = Callable[[AsyncSession, Asked], Awaitable[Sequence[Row]]]


@dataclass(frozen=True, slots=True)
class ExportForm:
    """A kind of export. code: on the command line; word: in chat; may: who sees these facts in chat anyway.

    monthly: it is about one month; else it shows how things stand now.
    """

    code: str
    word: str
    may: str
    monthly: bool
    columns: tuple[Column, ...]
    load: Load

    async def table(self, session: AsyncSession, asked: Asked) -> Table:
        """All rows, never cut."""
        return Table(self.word, self.columns, await self.load(session, asked))

    def label(self, month: Month) -> str:
        """For people: "2026年3月账单", "欠费"."""
        return f"{month.label}{self.word}" if self.monthly else self.word


async def log_export(
    session: AsyncSession, form: ExportForm, asked: Asked, rows: int, *, by: str, message_key: str = ""
) -> None:
    """Puts on record who took what out, when, and how much of it [law: 个人信息保护法 §51]."""
    await record(
        session,
        actor=by,
        action="export",
        subject=f"export:{form.code}",
        now=asked.now,
        detail={
            "what": form.code,
            "month": str(asked.month) if form.monthly else "",
            "rows": rows,
            "full_numbers": asked.full_numbers,
        },
        message_key=message_key,
    )
