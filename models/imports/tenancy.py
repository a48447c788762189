"""Sheet 租户: companies, what they rent from when to when, and what they own.

One row per company and unit. A unit may change hands within a month; it is never let twice on one day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.imports.cells import Cells
from models.imports.sheet import Batch, Column, SheetForm, each_row
from models.imports.unit import named, units_by_code
from models.people.tenant import Tenancy, Tenant
from models.people.unit import Unit, normal_code
from models.rules import Rules


@dataclass(frozen=True, slots=True)
class TenancyRow:
    """A company in a unit. Without `start_on` it only owns the unit. `owner` None: nothing is said about it."""

    tenant: str
    unit: str
    start_on: date | None
    end_on: date | None
    price_yuan: Decimal
    post_address: str
    owner: bool | None

    @property
    def key(self) -> tuple[str, str, date | None]:
        """A company may come back to a unit it has left."""
        return (self.tenant, normal_code(self.unit), self.start_on)


def check(cells: Cells, rules: Rules) -> TenancyRow:
    """The row's values. Raises UserError."""
    del rules
    start_on, end_on, owner = cells.day("起租日"), cells.day("止租日"), cells.yes_or_no("业主")
    if start_on is None and not owner:
        raise UserError("“起租日”没有填写（只有业主可以不填）。")
    if end_on and (start_on is None or end_on < start_on):
        raise UserError("“止租日”早于“起租日”，或缺少“起租日”。")
    return TenancyRow(
        tenant=cells.required("名称"),
        unit=cells.required("单元"),
        start_on=start_on,
        end_on=end_on,
        price_yuan=cells.amount("物业费单价") if start_on else Decimal(0),
        post_address=cells.text("通信地址"),
        owner=owner,
    )


async def save(session: AsyncSession, batch: Batch[TenancyRow]) -> list[str]:
    """New companies and tenancies are added, known ones take the row's values."""
    ledger = await _read(session, batch)
    reasons = each_row(batch.rows, ledger.place)
    accepted = [row for row, reason in zip(batch.rows, reasons, strict=True) if not reason]
    tenants = await tenants_by_name(session, {row.tenant for row in accepted})
    for row in accepted:
        if row.tenant not in tenants:
            tenants[row.tenant] = Tenant(name=row.tenant, post_address="")
            session.add(tenants[row.tenant])
    await session.flush()  # gives the new companies their ids
    for row in accepted:
        _store(session, row, tenants[row.tenant], ledger)
    return reasons


async def tenants_by_name(session: AsyncSession, names: set[str]) -> dict[str, Tenant]:
    """The companies of these names that are known, locked for change."""
    rows = await session.scalars(select(Tenant).where(Tenant.name.in_(names)).with_for_update())
    return {tenant.name: tenant for tenant in rows}


def tenant_named(tenants: dict[str, Tenant], name: str) -> Tenant:
    """The company meant. Raises UserError when it does not exist."""
    tenant = tenants.get(name)
    if tenant is None:
        raise UserError(f"租户“{name[:30]}”不存在，请先在“租户”表中登记。")
    return tenant


@dataclass(slots=True)
class _Stay:
    """Who has a unit from when to when; `row` is the tenancy in the database, None while it is new."""

    tenant: str
    start_on: date
    end_on: date | None
    row: Tenancy | None = None

    def overlaps(self, start_on: date, end_on: date | None) -> bool:
        return start_on <= (self.end_on or date.max) and self.start_on <= (end_on or date.max)


@dataclass(slots=True)
class _Ledger:
    """All stays in the units of a batch."""

    batch: Batch[TenancyRow]
    units: dict[str, Unit]
    stays: dict[int, list[_Stay]]
    placed: dict[tuple[str, str, date | None], _Stay] = field(default_factory=dict)

    def place(self, row: TenancyRow) -> None:
        """Finds room for the row. Raises UserError when somebody else is there."""
        unit = named(self.units, row.unit)
        if row.start_on is None:
            return
        if unit.common:
            raise UserError(f"单元 {unit.code} 登记为公共部位，不能出租，请核对单元号。")
        there = self.stays.setdefault(unit.id, [])
        stay = self._meant(row, row.start_on, there)
        for other in there:
            if other is not stay and other.overlaps(row.start_on, row.end_on):
                raise UserError(
                    f"单元 {unit.code} 的租期与“{other.tenant[:30]}”"
                    f"（{other.start_on} 至 {other.end_on or '长期'}）重叠，请核对起止日。"
                )
        if stay is None:
            stay = _Stay(row.tenant, row.start_on, row.end_on)
            there.append(stay)
        stay.start_on, stay.end_on = row.start_on, row.end_on
        self.placed[row.key] = stay

    def _meant(self, row: TenancyRow, start_on: date, there: list[_Stay]) -> _Stay | None:
        """The stay that the row speaks of: the same start, or one whose start the file corrects."""
        own = [stay for stay in there if stay.tenant == row.tenant]
        same = [stay for stay in own if stay.start_on == start_on]
        corrected = [
            stay for stay in own
            if stay.overlaps(start_on, row.end_on)
            and (row.tenant, normal_code(row.unit), stay.start_on) not in self.batch.keys
        ]  # fmt: skip
        return next(iter(same or corrected), None)


async def _read(session: AsyncSession, batch: Batch[TenancyRow]) -> _Ledger:
    units = await units_by_code(session, (row.unit for row in batch.rows))
    wanted = {unit.id for row in batch.rows if (unit := units.get(normal_code(row.unit)))}
    found = await session.execute(
        select(Tenancy, Tenant.name)
        .join(Tenant, Tenant.id == Tenancy.tenant_id)
        .where(Tenancy.unit_id.in_(wanted))
        .order_by(Tenancy.start_on)
        .with_for_update(of=Tenancy)
    )
    stays: dict[int, list[_Stay]] = {}
    for tenancy, name in found:
        stay = _Stay(name, tenancy.start_on, tenancy.end_on, tenancy)
        stays.setdefault(tenancy.unit_id, []).append(stay)
    return _Ledger(batch, units, stays)


def _store(session: AsyncSession, row: TenancyRow, tenant: Tenant, ledger: _Ledger) -> None:
    unit = named(ledger.units, row.unit)
    if row.post_address:
        tenant.post_address = row.post_address
    if row.owner:
        unit.owner_id = tenant.id
    elif row.owner is False and unit.owner_id == tenant.id:
        unit.owner_id = None
    if row.start_on is None:
        return
    tenancy = ledger.placed[row.key].row
    if tenancy is None:
        tenancy = Tenancy(tenant_id=tenant.id, unit_id=unit.id)
        session.add(tenancy)
    tenancy.start_on, tenancy.end_on, tenancy.price_yuan = row.start_on, row.end_on, row.price_yuan


TENANCIES = SheetForm(
    "租户",
    (
        Column("名称", ("租户", "租户名称", "公司", "公司名称", "客户名称")),
        Column("单元", ("单元号", "房号", "房间号")),
        Column("起租日", ("起租日期", "合同开始日", "开始日期")),
        Column("止租日", ("止租日期", "合同到期日", "结束日期"), required=False),
        Column("物业费单价", ("单价", "物业费", "物业服务费单价")),
        Column("通信地址", ("通讯地址", "地址", "邮寄地址"), required=False),
        Column("业主", ("是否业主",), required=False),
    ),
    check,
    save,
)
