"""What an earlier bill left in the tenant's favour, and what this one leaves: no bill is ever below zero."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.errors import UserError
from models.fees.bill import Bill
from models.fees.bill_lines import DraftLine
from models.fees.carried import CarriedCredit
from models.fees.money import yuan
from models.fees.sources.marks import mark, unmark
from models.fees.sources.source import ChargedLine, Found, LineSource, Scope

CODE = "carried"
TO_NEXT = "carried_to_next"


def tenants(month: Month) -> Select[int]:
    """Whoever has something left; a bill of it alone is not made."""
    del month
    return select(CarriedCredit.tenant_id).where(CarriedCredit.bill_id.is_(None))


async def find(session: AsyncSession, scope: Scope) -> Found:
    """A line for each rest of an earlier bill."""
    rows = await session.execute(
        select(
            CarriedCredit.id,
            CarriedCredit.tenant_id,
            CarriedCredit.amount_fen,
            CarriedCredit.reason,
            Bill.month,
        )
        .join(Bill, Bill.id == CarriedCredit.from_bill_id)
        .where(CarriedCredit.tenant_id.in_(scope.tenant_ids), CarriedCredit.bill_id.is_(None))
        .order_by(CarriedCredit.id)
    )
    return Found([_line(*row) for row in rows])


def _line(carried_id: int, tenant_id: int, amount_fen: int, reason: str, month: str) -> DraftLine:
    source = {"key": f"carried:{carried_id}", "carried_id": carried_id}
    year, number = map(int, month.split("-"))
    return DraftLine(tenant_id, CODE, f"{Month(year, number).label}账单结转", reason, -amount_fen, source)


def balanced(tenant_id: int, lines: Sequence[DraftLine]) -> list[DraftLine]:
    """The lines of a bill that does not fall below zero: what would lie below goes to the next one.

    Empty when there is nothing but what was carried: that waits for a month with something to charge.
    """
    if all(line.code == CODE for line in lines):
        return []
    total_fen = sum(line.amount_fen for line in lines)
    if total_fen >= 0:
        return list(lines)
    reason = "、".join(line.name for line in lines if line.amount_fen < 0)[:100]
    basis = f"本期各项合计 {yuan(total_fen)} 元，转入下一份账单抵扣"
    source = {"key": "carried", "reason": f"抵扣上期多计：{reason}"}
    return [*lines, DraftLine(tenant_id, TO_NEXT, "结转下期", basis, -total_fen, source)]


async def charge(session: AsyncSession, lines: Sequence[ChargedLine]) -> None:
    """What was carried here is used; what is left waits for the next bill."""
    used = {line.source["carried_id"]: line.bill_id for line in lines if line.code == CODE}
    await mark(session, CarriedCredit, used)
    session.add_all(
        CarriedCredit(
            tenant_id=line.tenant_id,
            from_bill_id=line.bill_id,
            amount_fen=line.amount_fen,
            reason=line.source["reason"],
        )
        for line in lines
        if line.code == TO_NEXT
    )
    await session.flush()


async def release(session: AsyncSession, bill_ids: Sequence[int]) -> None:
    """Credit used by these bills waits again; what they left behind goes with them.

    Raises: UserError where a later bill has used it.
    """
    left = CarriedCredit.from_bill_id.in_(bill_ids)
    later = await session.scalar(
        select(Bill.number)
        .join(CarriedCredit, CarriedCredit.bill_id == Bill.id)
        .where(left, CarriedCredit.bill_id.not_in(bill_ids))
        .limit(1)
    )
    if later is not None:
        raise UserError(f"这份账单的结转已在 {later} 中抵扣，请先冲销 {later}。")
    await session.execute(delete(CarriedCredit).where(left))
    await unmark(session, CarriedCredit, bill_ids)


CARRIED = LineSource("carried", (CODE, TO_NEXT), tenants=tenants, find=find, charge=charge, release=release)
