"""Closing a cashier's day (日结): what must be in the till, what is, and why they differ [domain §9]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local, local_date
from models.errors import UserError
from models.fees.money import yuan
from models.fees.till import DayClose, MethodSum, TillEntry, by_method, entries_of, lock_till
from models.people.staff import Staff
from models.rules.money import CASH
from models.sequence import next_number


@dataclass(frozen=True, slots=True)
class CashierDay:
    """One cashier's day as it stands. close: None while it is open."""

    cashier: str
    name: str
    sums: Sequence[MethodSum]
    close: DayClose | None


async def oldest_open_day(session: AsyncSession, cashier: str) -> date | None:
    """The first day with movements that the cashier has not closed; None when all are."""
    closed = select(DayClose.day).where(DayClose.cashier == cashier)
    found: date | None = await session.scalar(
        select(func.min(TillEntry.day)).where(TillEntry.cashier == cashier, TillEntry.day.not_in(closed))
    )
    return found


async def closed_day(session: AsyncSession, cashier: str, day: date) -> DayClose | None:
    """The closing of that day."""
    found: DayClose | None = await session.scalar(
        select(DayClose).where(DayClose.cashier == cashier, DayClose.day == day)
    )
    return found


async def everybody_on(session: AsyncSession, day: date) -> list[CashierDay]:
    """All cashiers with movements on that day, or who closed it."""
    entries = await entries_of(session, None, day)
    closes = {
        close.cashier: close for close in await session.scalars(select(DayClose).where(DayClose.day == day))
    }
    names = {
        f"staff:{userid}": name for userid, name in await session.execute(select(Staff.userid, Staff.name))
    }
    cashiers = dict.fromkeys([*(entry.cashier for entry in entries), *closes])
    return [
        CashierDay(
            cashier,
            names.get(cashier, cashier.removeprefix("staff:")),
            by_method([entry for entry in entries if entry.cashier == cashier]),
            closes.get(cashier),
        )
        for cashier in cashiers
    ]


async def unclosed_days(session: AsyncSession, until: date) -> list[tuple[str, date, int]]:
    """(cashier, day, movements) of days up to `until` that nobody has closed, oldest first."""
    closed = select(DayClose.id).where(DayClose.cashier == TillEntry.cashier, DayClose.day == TillEntry.day)
    rows = await session.execute(
        select(TillEntry.cashier, TillEntry.day, func.count(TillEntry.id))
        .where(TillEntry.day <= until, ~closed.exists())
        .group_by(TillEntry.cashier, TillEntry.day)
        .order_by(TillEntry.day, TillEntry.cashier)
    )
    return [(cashier, day, count) for cashier, day, count in rows]


async def close_day(
    session: AsyncSession,
    cashier: str,
    day: date,
    *,
    counted_fen: int | None,
    reason: str,
    now: datetime,
) -> DayClose:
    """Locks the day with the cash that was counted. counted_fen: None where there was no cash to count.

    Raises: UserError when it is closed, when an earlier day is open, or when the cash differs without a reason.
    """
    await lock_till(session, cashier)
    await _may_close(session, cashier, day, now)
    sums = by_method(await entries_of(session, cashier, day))
    if not sums and day < local_date(now):
        raise UserError(f"{day} 没有收款，无需日结。")
    cash_fen = next((each.net_fen for each in sums if each.method == CASH), 0)
    counted_fen = _counted(cash_fen, counted_fen, reason)
    close = DayClose(
        number=await _number(session, day),
        cashier=cashier,
        day=day,
        closed_at=now,
        totals={each.method: each.net_fen for each in sums},
        cash_fen=cash_fen,
        counted_fen=counted_fen,
        difference_reason=reason.strip()[:200] if counted_fen != cash_fen else "",
    )
    session.add(close)
    await session.flush()
    return close


async def _may_close(session: AsyncSession, cashier: str, day: date, now: datetime) -> None:
    """Days are closed once, in their order, and none before it has come. Raises: UserError."""
    if known := await closed_day(session, cashier, day):
        raise UserError(
            f"{day} 已于 {local(known.closed_at):%m-%d %H:%M} 日结（{known.number}），不能再改。"
            "之后的收款和冲正计入下一天。"
        )
    if day > local_date(now):
        raise UserError(f"{day} 还没有到，不能日结。")
    oldest = await oldest_open_day(session, cashier)
    if oldest and oldest < day:
        raise UserError(f"请先日结 {oldest}：清点当天现金后发送“日结 确认 {oldest} 现金数”。")


def _counted(cash_fen: int, counted_fen: int | None, reason: str) -> int:
    """What was counted. Raises: UserError."""
    if counted_fen is None:
        if cash_fen:
            raise UserError(
                f"账面现金 {yuan(cash_fen)} 元，请清点后写上实点数，例如：日结 确认 {yuan(cash_fen)}"
            )
        return 0
    if counted_fen != cash_fen and not reason.strip():
        more = "多" if counted_fen > cash_fen else "少"
        raise UserError(
            f"实点 {yuan(counted_fen)} 元，账面 {yuan(cash_fen)} 元，{more} {yuan(abs(counted_fen - cash_fen))} 元。"
            f"请核对；确有差额请写明原因，例如：日结 确认 {yuan(counted_fen)} 找零差错"
        )
    return counted_fen


async def _number(session: AsyncSession, day: date) -> str:
    return f"RJ-{day:%Y%m%d}-{await next_number(session, f'day_close:{day:%Y%m%d}'):02}"
