"""The ground: what must be the same on both databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import StatementError

from models.audit.entry import AuditEntry, first_break, record
from models.database import Database, insert_new
from models.frozen import IDLE_IN_TRANSACTION_S, give_up_what_is_frozen
from models.people.staff import Staff
from models.people.unit import Unit, find_unit
from models.sequence import Sequence, next_number

NOON = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)


async def test_instants_come_back_aware_and_numbers_exact(db: Database) -> None:
    async with db.begin() as session:
        session.add(Unit(code="A-1", building="A", floor="1", area=Decimal("120.10")))
        await record(session, actor="system", action="test", subject="x", now=NOON)
    async with db.read() as session:
        unit = (await session.scalars(select(Unit))).one()
        entry = (await session.scalars(select(AuditEntry))).one()
    assert str(unit.area) == "120.10"
    assert entry.at == NOON
    assert entry.at.utcoffset() == timedelta(0)


async def test_an_instant_without_zone_is_refused(db: Database) -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(StatementError):
        async with db.begin() as session:
            await record(session, actor="system", action="test", subject="x", now=naive)


async def test_an_exception_leaves_nothing_behind(db: Database) -> None:
    with pytest.raises(RuntimeError):
        async with db.begin() as session:
            session.add(Staff(userid="a", name="甲", department="工程部", roles=[]))
            await session.flush()
            raise RuntimeError
    async with db.read() as session:
        assert (await session.scalars(select(Staff))).all() == []


async def test_numbers_have_no_gaps_under_contention_and_rollback(db: Database) -> None:
    async def take(*, fail: bool) -> None:
        async with db.begin() as session:
            await next_number(session, "bill")
            if fail:
                raise RuntimeError

    results = await asyncio.gather(*(take(fail=i % 3 == 0) for i in range(12)), return_exceptions=True)
    assert sum(isinstance(result, RuntimeError) for result in results) == 4
    async with db.begin() as session:
        assert await next_number(session, "bill") == 9


async def test_no_update_is_lost(db: Database) -> None:
    async with db.begin() as session:
        session.add(Sequence(name="n", last=0))

    async def add_one() -> None:
        async with db.begin() as session:
            row = await session.scalar(select(Sequence).where(Sequence.name == "n").with_for_update())
            assert row
            value = row.last
            await asyncio.sleep(0)
            row.last = value + 1

    await asyncio.gather(*(add_one() for _ in range(20)))
    async with db.read() as session:
        assert await session.scalar(select(Sequence.last)) == 20


async def test_insert_new_keeps_the_first_and_tells_which_are_new(db: Database) -> None:
    rows = [{"name": name, "last": 0} for name in ("a", "b")]
    async with db.begin() as session:
        assert len(await insert_new(session, Sequence, rows)) == 2
        assert await insert_new(session, Sequence, rows) == []
        assert len(await insert_new(session, Sequence, [*rows, {"name": "c", "last": 0}])) == 1


async def test_a_changed_audit_entry_is_found(db: Database) -> None:
    async with db.begin() as session:
        for i in range(4):
            await record(
                session, actor="staff:a", action="pay", subject=f"bill:{i}", now=NOON, detail={"fen": i}
            )
        assert await first_break(session) is None
        await session.execute(update(AuditEntry).where(AuditEntry.number == 3).values(detail={"fen": 9}))
    async with db.read() as session:
        assert await first_break(session) == 3


@pytest.mark.parametrize("said", ["A-1203", "a1203", "A座1203室", "A - 1203", "Ａ１２０３"])
async def test_a_unit_is_found_however_it_is_written(db: Database, said: str) -> None:
    async with db.begin() as session:
        session.add(Unit(code="A-1203", building="A", floor="12", area=Decimal(1)))
        await session.flush()
        found = await find_unit(session, said)
        assert found
        assert await find_unit(session, "A-1204") is None


async def test_a_frozen_process_does_not_hold_its_rows_for_ever(postgres: str) -> None:
    database = Database(postgres, pool_size=1)
    give_up_what_is_frozen(database)
    async with database.begin() as session:
        await session.rollback()  # what was said at the start is not undone with a transaction
        timeout = await session.scalar(text("SHOW idle_in_transaction_session_timeout"))
    await database.close()
    assert timeout == f"{IDLE_IN_TRANSACTION_S}s"
