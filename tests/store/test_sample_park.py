"""The sample park has what a real park has, and somebody to play everybody."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.config import Config
from bot.sample.park import sample_people, write_sample_park
from bot.sheets.importing import import_workbook
from models.database import Database
from models.fees.bill import Bill, BillKind, BillStatus
from models.fees.meter import Meter
from models.messages.sender import sender_of
from models.people.identity import TenantActor
from models.people.tenant import Tenancy, Tenant, tenants_in
from models.people.unit import Unit, find_unit
from models.rules import Rules

NOW = datetime(2026, 3, 16, 1, tzinfo=UTC)


@pytest.fixture
def rules(config: Config) -> Rules:
    """The shipped rules."""
    return config.rules()


async def test_the_sample_park_has_the_cases_that_bite(db: Database, rules: Rules, tmp_path: Path) -> None:
    path = tmp_path / "park.xlsx"
    write_sample_park(path)
    await import_workbook(db, path, rules, NOW)
    async with db.read() as session:
        lina = (await sender_of(session, "kf", "wmlina")).actor
        assert isinstance(lina, TenantActor)
        assert (lina.contact.name, lina.tenant.name) == ("李娜", "云帆设计有限公司")
        assert not isinstance((await sender_of(session, "kf", "wmchensiyuan")).actor, TenantActor)
        shared = await find_unit(session, "b0402")
        assert shared is not None
        before = await tenants_in(session, shared.id, date(2026, 3, 10))
        after = await tenants_in(session, shared.id, date(2026, 3, 11))
        assert [t.name for t in before + after] == ["拾光文化传播有限公司", "北辰影像工作室"]
        owned = await session.scalar(
            select(Tenant.name).join(Unit, Unit.owner_id == Tenant.id).where(Unit.code == "C-0201")
        )
        assert owned == "德润置业有限公司"
        counts = Counter(await session.scalars(select(Tenancy.tenant_id)))
        assert max(counts.values()) == 5
        assert await session.scalar(select(Meter.multiplier).where(Meter.number == "D-A-0201")) == 40
        assert await session.scalar(select(Tenant.id).where(Tenant.name == "=1+1 科技")) is not None
        bills = list(await session.scalars(select(Bill).order_by(Bill.id)))
        assert [(b.kind, b.status, b.total_fen, b.number) for b in bills] == [
            (BillKind.OPENING, BillStatus.ISSUED, 328640, "QC202602-0001"),
            (BillKind.OPENING, BillStatus.ISSUED, 140950, "QC202602-0002"),
        ]


def test_the_simulator_gets_everybody_with_a_phone() -> None:
    people = {str(person["id"]): person for person in sample_people()}
    assert people["chensiyuan"]["account"] == "wmchensiyuan"
    assert people["lina"]["unit"] == "A-1203"
    assert people["wangqiang"]["kind"] == "staff"
    assert sum(person["kind"] == "tenant" for person in people.values()) >= 15
    assert len(people) == len(sample_people())
