"""Keeps the lines of a statement, each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.bank.line import BankLine, LineStatus
from models.bank.statement import StatementLine
from models.database import insert_new
from models.fees.money import yuan


@dataclass(slots=True)
class Kept:
    """What became of a statement's lines. bad: (row, reason) of those that were not taken."""

    new: int = 0
    new_fen: int = 0
    known: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)

    def add(self, other: Kept) -> None:
        """Puts another part's counts to these."""
        self.new, self.new_fen = self.new + other.new, self.new_fen + other.new_fen
        self.known += other.known
        self.bad += other.bad


Row = tuple[int, str, StatementLine]
"""The row in the file, the line's key, the line."""


async def keep_lines(session: AsyncSession, rows: Sequence[Row], *, by: str, now: datetime) -> Kept:
    """Stores the lines that are new. A known serial with another amount is refused: one of the two is wrong."""
    keys = [key for _, key, _ in rows]
    found = await session.execute(select(BankLine.key, BankLine.amount_fen).where(BankLine.key.in_(keys)))
    amounts = {key: amount for key, amount in found}
    kept, fresh = Kept(), []
    for number, key, line in rows:
        before = amounts.get(key)
        if before is not None and before != line.amount_fen:
            kept.bad.append(
                (
                    number,
                    f"流水号 {line.serial} 已经有一笔 {yuan(before)} 元，与这行的 {yuan(line.amount_fen)} 元不符。",
                )
            )
        elif before is not None:
            kept.known += 1
        else:
            amounts[key] = line.amount_fen
            fresh.append(_values(key, line, by, now))
            kept.new_fen += line.amount_fen
    kept.new = len(await insert_new(session, BankLine, fresh))
    kept.known += len(fresh) - kept.new
    return kept


def _values(key: str, line: StatementLine, by: str, now: datetime) -> dict[str, object]:
    # insert_new takes columns by their names in the table.
    return {
        "key": key, "line_on": line.on, "amount_fen": line.amount_fen, "payer_name": line.payer_name,
        "payer_account": line.payer_account, "reference": line.reference, "serial": line.serial,
        "status": LineStatus.OPEN, "note": "", "imported_at": now, "imported_by": by, "decided_by": "",
    }  # fmt: skip
