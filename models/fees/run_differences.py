"""A run beside the month before: per sort of amount, per tenant, who is new and who is gone. From the full data."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.fees.bill import Bill, BillKind, BillLine, BillRun, BillStatus
from models.people.tenant import Tenant

_KINDS = (BillKind.MONTH, BillKind.SUPPLEMENT)
CODE_NAMES = {
    "property": "物业服务费",
    "water": "水费",
    "electricity": "电费",
    "shared_water": "公摊水费",
    "shared_electricity": "公摊电费",
    "service": "有偿服务",
    "clearance": "清运费",
    "parking": "停车费",
    "deposit": "押金",
    "penalty": "违约金",
    "carried": "上期结转",
    "carried_to_next": "结转下期",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """An amount now and the month before; None where there was no bill."""

    name: str
    now_fen: int | None
    before_fen: int | None

    @property
    def change_fen(self) -> int:
        """Now less before."""
        return (self.now_fen or 0) - (self.before_fen or 0)


@dataclass(frozen=True, slots=True)
class Differences:
    """codes: by sort of amount. tenants: everybody billed in either month, the biggest change first."""

    codes: list[Difference]
    tenants: list[Difference]

    @property
    def now_fen(self) -> int:
        """All bills of the run."""
        return sum(each.now_fen or 0 for each in self.tenants)

    @property
    def before_fen(self) -> int:
        """All bills of the month before."""
        return sum(each.before_fen or 0 for each in self.tenants)

    @property
    def fresh(self) -> list[str]:
        """Who was not billed the month before."""
        return sorted(each.name for each in self.tenants if each.before_fen is None)

    @property
    def gone(self) -> list[str]:
        """Who was billed the month before only."""
        return sorted(each.name for each in self.tenants if each.now_fen is None)

    def notable(self, percent: int) -> list[Difference]:
        """Tenants of both months whose bill changed by that much or more."""
        return [
            each
            for each in self.tenants
            if each.now_fen is not None
            and each.before_fen is not None
            and abs(each.change_fen) * 100 >= percent * max(each.before_fen, 1)
        ]


async def differences(session: AsyncSession, run: BillRun, month: Month) -> Differences:
    """The bills of the run, drafts too, beside those of the month before that stand."""
    this = Bill.run_id == run.id
    last = (Bill.month == str(month.previous())) & (Bill.status == BillStatus.ISSUED) & Bill.kind.in_(_KINDS)
    tenants_now, tenants_before = await _by_tenant(session, this), await _by_tenant(session, last)
    codes_now, codes_before = await _by_code(session, this), await _by_code(session, last)
    names = {code: place for place, code in enumerate(CODE_NAMES)}
    codes = [
        Difference(CODE_NAMES.get(code, code), codes_now.get(code), codes_before.get(code))
        for code in sorted(codes_now.keys() | codes_before.keys(), key=lambda code: names.get(code, 99))
    ]
    tenants = [
        Difference(name, now_fen, before_fen)
        for name, now_fen, before_fen in (
            (name, tenants_now.get(name), tenants_before.get(name))
            for name in tenants_now.keys() | tenants_before.keys()
        )
    ]
    return Differences(codes, sorted(tenants, key=lambda each: (-abs(each.change_fen), each.name)))


async def _by_tenant(session: AsyncSession, which: ColumnElement[bool]) -> dict[str, int]:
    rows = await session.execute(
        select(Tenant.name, func.sum(Bill.total_fen))
        .join(Bill, Bill.tenant_id == Tenant.id)
        .where(which)
        .group_by(Tenant.name)
    )
    return {name: int(total) for name, total in rows}


async def _by_code(session: AsyncSession, which: ColumnElement[bool]) -> dict[str, int]:
    rows = await session.execute(
        select(BillLine.code, func.sum(BillLine.amount_fen))
        .join(Bill, Bill.id == BillLine.bill_id)
        .where(which)
        .group_by(BillLine.code)
    )
    return {code: int(total) for code, total in rows}
