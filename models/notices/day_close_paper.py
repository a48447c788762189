"""The 日结单 of a closed day."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.money import in_words
from models.fees.till import DayClose, by_method, entries_of
from models.notices.documents import Issuer
from models.notices.money_papers import DayCloseSheet, TillRow, TillSum
from models.people.staff import name_of
from models.people.tenant import Tenant
from models.rules import Rules


async def day_close_sheet(session: AsyncSession, close: DayClose, rules: Rules) -> DayCloseSheet:
    """The sheet; a closed day never changes, so it is the same whenever it is made."""
    entries = await entries_of(session, close.cashier, close.day)
    tenant_ids = {entry.tenant_id for entry in entries}
    rows = await session.execute(select(Tenant.id, Tenant.name).where(Tenant.id.in_(tenant_ids)))
    names = {tenant_id: name for tenant_id, name in rows}
    sums = by_method(entries)
    total_fen = sum(each.net_fen for each in sums)
    return DayCloseSheet(
        issuer=Issuer.of(rules.park),
        number=close.number,
        day=close.day,
        cashier=await name_of(session, close.cashier),
        closed_at=close.closed_at,
        sums=tuple(TillSum(s.method, s.count, s.in_fen, s.out_fen, s.net_fen) for s in sums),
        rows=tuple(
            TillRow(
                entry.at, entry.number, entry.movement, names[entry.tenant_id], entry.method,
                entry.reference, entry.amount_fen,
            )
            for entry in entries
        ),
        total_fen=total_fen,
        total_words=in_words(total_fen),
        cash_fen=close.cash_fen,
        counted_fen=close.counted_fen,
        difference_reason=close.difference_reason,
    )  # fmt: skip
