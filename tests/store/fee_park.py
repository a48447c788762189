"""A landlord's small world for fee tests: tenants, units, meters and prices, put in as facts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.calendar.working_days import Calendar
from models.clock import at_local
from models.database import Database
from models.fees.bill import Bill, BillLine, BillRun, lines_of
from models.fees.bill_draft import continue_draft, gaps_of, start_draft
from models.fees.bill_issue import continue_issue
from models.fees.billing import approve_run, check_run
from models.fees.meter import Meter, MeterKind, Reading, Tariff
from models.fees.reading_intake import Intake, take_readings
from models.fees.receiving import Received, receive
from models.people.tenant import Tenancy, Tenant
from models.people.unit import Unit
from models.rules import Rules
from tests.fakes.shelf import shelf_of

RULES = Rules()
CALENDAR = Calendar()
MARCH = Month(2026, 3)
APRIL = Month(2026, 4)


def day(month: int, number: int, hour: int = 10) -> datetime:
    """An instant of 2026 on the park's clock."""
    return at_local(date(2026, month, number), hour)


@dataclass
class FeePark:
    """Puts facts in and runs months. Each call is a unit of work of its own."""

    db: Database
    tenants: dict[str, int] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    paid: int = 0
    rules: Rules = RULES

    async def prices(self) -> None:
        async with self.db.begin() as session:
            for code, price, per in (("水", "5", "吨"), ("电", "1.2", "度")):
                session.add(Tariff(code=code, price_yuan=Decimal(price), per=per, from_on=date(2026, 1, 1)))

    async def unit(self, code: str, area: str = "100") -> None:
        async with self.db.begin() as session:
            unit = Unit(code=code, building=code[0], floor="1", area=Decimal(area))
            session.add(unit)
            await session.flush()
            self.units[code] = unit.id

    async def lets(
        self, name: str, code: str, start: date = date(2025, 1, 1), end: date | None = None, price: str = "10"
    ) -> None:
        """The unit is let to the company; both are made when new."""
        if code not in self.units:
            await self.unit(code)
        async with self.db.begin() as session:
            if name not in self.tenants:
                tenant = Tenant(name=name)
                session.add(tenant)
                await session.flush()
                self.tenants[name] = tenant.id
            session.add(
                Tenancy(
                    tenant_id=self.tenants[name], unit_id=self.units[code], start_on=start, end_on=end,
                    price_yuan=Decimal(price),
                )
            )  # fmt: skip

    async def meter(
        self, number: str, code: str, *, february: str | None, multiplier: str = "1", digits: int | None = 5
    ) -> None:
        """A meter, electric unless its number begins with W, and its reading of February."""
        kind = MeterKind.WATER if number.startswith("W") else MeterKind.ELECTRICITY
        async with self.db.begin() as session:
            meter = Meter(
                number=number,
                unit_id=self.units[code],
                kind=kind,
                multiplier=Decimal(multiplier),
                digits=digits,
            )
            session.add(meter)
            await session.flush()
            if february is not None:
                session.add(
                    Reading(
                        meter_id=meter.id, month="2026-02", value=Decimal(february), entered_by="import",
                        read_at=datetime(2026, 2, 20, tzinfo=UTC), doubts=[], confirmed=True,
                    )
                )  # fmt: skip

    async def read(self, text: str, now: datetime) -> Intake:
        async with self.db.begin() as session:
            return await take_readings(session, text, by="staff:liuyan", now=now, rules=self.rules)

    async def draft(self, month: Month, now: datetime, limit: int = 50) -> BillRun:
        async with self.db.begin() as session:
            run = await start_draft(
                session, month, by="staff:chenjing", now=now, rules=self.rules, calendar=CALENDAR
            )
            while await continue_draft(session, run, rules=self.rules, calendar=CALENDAR, limit=limit):
                pass
            return run

    async def gaps(self, run: BillRun) -> list[str]:
        async with self.db.read() as session:
            return await gaps_of(session, run)

    async def issue(self, month: Month, now: datetime) -> BillRun:
        """Draft, check, approve, issue."""
        run_id = (await self.draft(month, now)).id
        async with self.db.begin() as session:
            run = await session.get_one(BillRun, run_id)
            await check_run(session, run, by="staff:wangli", now=now)
            await approve_run(session, run, by="staff:zhengwei", now=now)
            while await continue_issue(session, run, now=now, rules=self.rules, calendar=CALENDAR):
                pass
            return run

    async def pay(self, name: str, amount_fen: int, now: datetime, key: str = "") -> Received:
        self.paid += 1
        async with self.db.begin() as session:
            return await receive(
                session, tenant_id=self.tenants[name], amount_fen=amount_fen, method="转账", reference="",
                cashier="staff:sunli", message_key=key or f"test:{self.paid}", now=now, rules=self.rules,
            )  # fmt: skip

    async def bill(self, name: str, month: Month) -> Bill | None:
        async with self.db.read() as session:
            return await session.scalar(
                select(Bill).where(Bill.tenant_id == self.tenants[name], Bill.month == str(month))
            )

    async def lines(self, name: str, month: Month) -> dict[str, int]:
        """Name of the line → 分; empty without a bill."""
        return {line.name: line.amount_fen for line in await self.full_lines(name, month)}

    async def full_lines(self, name: str, month: Month) -> list[BillLine]:
        bill = await self.bill(name, month)
        async with self.db.read() as session:
            return await lines_of(session, bill.id) if bill else []


async def open_park(db: Database) -> FeePark:
    """Prices only; everybody else moves in test by test."""
    park = FeePark(db)
    await park.prices()
    return park


def kept(build: Callable[[Database], Awaitable[FeePark]]) -> Any:
    """The fixture that gives this park: built once for each database of the process, and taken up from a copy."""
    built: dict[Database, FeePark] = {}
    name = "park_" + build.__module__.rpartition(".")[2]

    async def park(db: Database) -> FeePark:
        shelf = shelf_of(db)
        if db not in built:
            built[db] = await build(db)
            await shelf.put(name)
        await shelf.take(name)
        return replace(built[db], tenants=dict(built[db].tenants), units=dict(built[db].units))

    return pytest.fixture(name=build.__name__)(park)


async def meter_named(session: AsyncSession, number: str) -> Meter:
    """The meter with that number."""
    return (await session.scalars(select(Meter).where(Meter.number == number))).one()
