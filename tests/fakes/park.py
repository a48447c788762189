"""A small park: enough people, units and meters for conversations."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.meter import Meter, MeterKind, Reading, Tariff
from models.people.identity import Identity
from models.people.staff import Staff
from models.people.tenant import Contact, ContactRole, Tenancy, Tenant
from models.people.unit import Unit

BEFORE = datetime(2026, 2, 20, 2, 0, tzinfo=UTC)

STAFF = (
    ("linfang", "林芳", "客户服务部", ["客服经理"], "office"),
    ("zhoumin", "周敏", "客户服务部", ["客服专员"], "early"),
    ("wangqiang", "王强", "工程部", ["技工"], "all"),
    ("zhaolei", "赵磊", "工程部", ["技工"], "all"),
    ("liuyan", "刘燕", "工程部", ["工程文员"], "office"),
    ("chenjing", "陈静", "财务部", ["财务主管"], "office"),
    ("sunli", "孙丽", "财务部", ["出纳员"], "office"),
    ("heting", "何婷", "客户服务部", ["收费员"], "office"),
    ("zhengwei", "郑伟", "总办", ["项目经理"], "office"),
)
UNITS = (
    ("A-1203", "A", "12", "100.00"),
    ("A-1204", "A", "12", "80.50"),
    ("B-0305", "B", "3", "200.00"),
    ("B-0306", "B", "3", "60.00"),
    ("C-0101", "C", "1", "150.00"),
)
TENANTS = (
    # name, units, contacts (id, name, mobile, role, bound)
    ("云帆设计有限公司", ("A-1203",), (
        ("lina", "李娜", "13800010001", ContactRole.HEAD, True),
        ("xiaoming", "王小明", "13800010003", ContactRole.EMPLOYEE, True),
    )),
    ("青禾科技有限公司", ("B-0305", "B-0306"), (
        ("zhaomin", "赵敏", "13800010004", ContactRole.FINANCE, True),
        ("chensiyuan", "陈思远", "13800010002", ContactRole.AGENT, False),
    )),
    ("无信商贸行", ("C-0101",), (
        ("laowu", "吴老板", "13800010005", ContactRole.LEGAL, False),
    )),
)  # fmt: skip


async def build_park(session: AsyncSession) -> None:
    """Puts everybody and everything in."""
    for userid, name, department, roles, shift in STAFF:
        session.add(Staff(userid=userid, name=name, department=department, roles=roles, shift=shift))
    units = {
        code: Unit(code=code, building=building, floor=floor, area=Decimal(area))
        for code, building, floor, area in UNITS
    }
    session.add_all(units.values())
    await session.flush()
    for name, codes, people in TENANTS:
        await _add_tenant(session, name, [units[code] for code in codes], people)
    for unit in units.values():
        await _add_meters(session, unit)
    for code, price, per in (("水", "5.00", "吨"), ("电", "1.00", "度")):
        session.add(Tariff(code=code, price_yuan=Decimal(price), per=per, from_on=date(2026, 1, 1)))


async def _add_tenant(
    session: AsyncSession, name: str, units: list[Unit], people: tuple[tuple[object, ...], ...]
) -> None:
    tenant = Tenant(name=name, post_address="园区内")
    session.add(tenant)
    await session.flush()
    for unit in units:
        start = date(2025, 6, 1)
        session.add(
            Tenancy(tenant_id=tenant.id, unit_id=unit.id, start_on=start, price_yuan=Decimal("10.00"))
        )
    for person, contact_name, mobile, role, bound in people:
        contact = Contact(
            tenant_id=tenant.id, name=str(contact_name), mobile=str(mobile), role=ContactRole(str(role))
        )
        session.add(contact)
        await session.flush()
        if bound:
            account = f"wm{person}"
            session.add(
                Identity(channel="kf", account=account, contact_id=contact.id, bound_at=BEFORE, how="登记")
            )


async def _add_meters(session: AsyncSession, unit: Unit) -> None:
    plain = unit.code.replace("-", "")
    for letter, kind, value in (("W", MeterKind.WATER, "100"), ("E", MeterKind.ELECTRICITY, "15000")):
        multiplier = Decimal(40) if (unit.code, letter) == ("B-0305", "E") else Decimal(1)
        meter = Meter(number=f"{letter}-{plain}", unit_id=unit.id, kind=kind, multiplier=multiplier, digits=5)
        session.add(meter)
        await session.flush()
        session.add(
            Reading(
                meter_id=meter.id, month="2026-02", value=Decimal(value), read_at=BEFORE, entered_by="import",
                doubts=[], confirmed=True,
            )
        )  # fmt: skip
