"""How a month's run goes from hand to hand: checked, sent back, approved once, and continued after a stop."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import event, func, select

from models.database import Database
from models.errors import UserError
from models.fees.account import books_balance
from models.fees.bill import Bill, BillRun, BillStatus, RunStatus
from models.fees.bill_draft import continue_draft, start_draft
from models.fees.bill_issue import continue_issue
from models.fees.billing import approve_run, check_run, send_back
from models.fees.charging import enter_charge, parse_charge, withdraw_charge
from models.notices.notice import Notice
from scheduler.fees import continue_issuing
from tests.store.fee_park import CALENDAR, MARCH, RULES, FeePark, day, open_park


@pytest.fixture
async def park(db: Database) -> FeePark:
    park = await open_park(db)
    await park.lets("云帆设计", "A-1203")
    await park.meter("E-A1203", "A-1203", february="15000")
    return park


async def test_nothing_goes_out_unchecked_or_twice(park: FeePark) -> None:
    run_id = (await park.draft(MARCH, day(3, 25))).id
    async with park.db.begin() as session:
        run = await session.get_one(BillRun, run_id)
        with pytest.raises(UserError, match="还没有复核"):
            await approve_run(session, run, by="staff:zhengwei", now=day(3, 25))
        assert "同一人" in await check_run(session, run, by="staff:chenjing", now=day(3, 25))
        with pytest.raises(UserError, match="已复核"):
            await check_run(session, run, by="staff:chenjing", now=day(3, 25))
        await approve_run(session, run, by="staff:zhengwei", now=day(3, 25))
        with pytest.raises(UserError, match="无需重复"):
            await approve_run(session, run, by="staff:zhengwei", now=day(3, 25))
    with pytest.raises(UserError, match="已经发出"):
        await park.draft(MARCH, day(3, 26))


async def test_two_approvals_at_the_same_instant_are_one(park: FeePark) -> None:
    run_id = (await park.draft(MARCH, day(3, 25))).id
    async with park.db.begin() as session:
        await check_run(session, await session.get_one(BillRun, run_id), by="staff:chenjing", now=day(3, 25))

    async def approve(who: str) -> str:
        try:
            async with park.db.begin() as session:
                run = await session.get_one(BillRun, run_id, with_for_update=True)
                await approve_run(session, run, by=who, now=day(3, 25))
                await continue_issue(session, run, now=day(3, 25), rules=RULES, calendar=CALENDAR)
        except UserError as refused:
            return str(refused)
        return "approved"

    answers = await asyncio.gather(approve("staff:zhengwei"), approve("staff:linfang"))
    assert answers.count("approved") == 1
    assert any("无需重复" in answer for answer in answers)


async def test_a_run_sent_back_has_to_be_made_again(park: FeePark) -> None:
    run_id = (await park.draft(MARCH, day(3, 25))).id
    async with park.db.begin() as session:
        run = await session.get_one(BillRun, run_id)
        await check_run(session, run, by="staff:wangli", now=day(3, 25))
        with pytest.raises(UserError, match="请写明原因"):
            await send_back(session, run, reason=" ")
        await send_back(session, run, reason="电费偏高")
        assert run.status is RunStatus.DRAFT
        with pytest.raises(UserError, match="电费偏高"):
            await check_run(session, run, by="staff:wangli", now=day(3, 25))
    await park.issue(MARCH, day(3, 26))


async def test_a_reading_corrected_after_the_draft_stops_the_check(park: FeePark) -> None:
    await park.read("A-1203 电 15100", day(3, 21))
    run_id = (await park.draft(MARCH, day(3, 25))).id
    await park.read("A-1203 电 15110", day(3, 25, 11))
    async with park.db.begin() as session:
        run = await session.get_one(BillRun, run_id)
        with pytest.raises(UserError, match="读数有变动：E-A1203"):
            await check_run(session, run, by="staff:wangli", now=day(3, 25, 12))


async def test_readings_hold_still_while_their_bills_wait_for_approval(park: FeePark) -> None:
    await park.read("A-1203 电 15100", day(3, 21))
    run_id = (await park.draft(MARCH, day(3, 25))).id
    async with park.db.begin() as session:
        await check_run(session, await session.get_one(BillRun, run_id), by="staff:wangli", now=day(3, 25))
    assert "正在审批" in (await park.read("A-1203 电 15110", day(3, 25, 11))).problems[0].reason


async def test_an_issue_cut_short_goes_on_where_it_stopped(park: FeePark) -> None:
    for number in range(1, 6):
        await park.lets(f"租户{number}", f"B-030{number}")
    run_id = (await park.draft(MARCH, day(3, 25))).id
    async with park.db.begin() as session:
        run = await session.get_one(BillRun, run_id)
        await check_run(session, run, by="staff:wangli", now=day(3, 25))
        await approve_run(session, run, by="staff:zhengwei", now=day(3, 25))
        left = await continue_issue(session, run, now=day(3, 25), rules=RULES, calendar=CALENDAR, limit=2)
    assert left == 4
    assert await continue_issuing(park.db, day(3, 25), RULES, CALENDAR) == 1
    assert await continue_issuing(park.db, day(3, 25), RULES, CALENDAR) == 0
    async with park.db.read() as session:
        numbers = list(await session.scalars(select(Bill.number).order_by(Bill.number)))
        assert numbers == [f"ZD-202603-{n:04}" for n in range(1, 7)]
        assert await session.scalar(select(func.count(Notice.id))) == 6
        assert await books_balance(session) == []


async def test_a_draft_cut_short_goes_on_where_it_stopped(park: FeePark) -> None:
    for number in range(1, 6):
        await park.lets(f"租户{number}", f"B-030{number}")
    async with park.db.begin() as session:
        run = await start_draft(
            session, MARCH, by="staff:chenjing", now=day(3, 25), rules=RULES, calendar=CALENDAR
        )
        assert await continue_draft(session, run, rules=RULES, calendar=CALENDAR, limit=2) == 4
        with pytest.raises(UserError, match="还在计算"):
            await check_run(session, run, by="staff:wangli", now=day(3, 25))
    assert await continue_issuing(park.db, day(3, 25), RULES, CALENDAR) == 1
    async with park.db.read() as session:
        assert await session.scalar(select(func.count(Bill.id)).where(Bill.status == BillStatus.DRAFT)) == 6


async def test_a_charge_withdrawn_after_the_draft_stops_the_check(park: FeePark) -> None:
    async with park.db.begin() as session:
        charge, _ = await enter_charge(
            session, parse_charge("A-1203 换锁 120.50"), by="staff:xiaoan", now=day(3, 12)
        )
    run_id = (await park.draft(MARCH, day(3, 25))).id
    async with park.db.begin() as session:
        await withdraw_charge(session, charge.id)
    async with park.db.begin() as session:
        run = await session.get_one(BillRun, run_id)
        with pytest.raises(UserError, match="有偿服务费有变动"):
            await check_run(session, run, by="staff:wangli", now=day(3, 25))
    await park.issue(MARCH, day(3, 26))
    assert "换锁" not in await park.lines("云帆设计", MARCH)


async def test_a_charge_on_its_way_can_not_be_withdrawn(park: FeePark) -> None:
    async with park.db.begin() as session:
        charge, _ = await enter_charge(
            session, parse_charge("A-1203 换锁 120.50"), by="staff:xiaoan", now=day(3, 12)
        )
    run_id = (await park.draft(MARCH, day(3, 25))).id
    async with park.db.begin() as session:
        await check_run(session, await session.get_one(BillRun, run_id), by="staff:wangli", now=day(3, 25))
        with pytest.raises(UserError, match="已在账单上"):
            await withdraw_charge(session, charge.id)


@pytest.mark.parametrize("shelf", ["sqlite"], indirect=True)  # PostgreSQL chooses by what is in the tables
async def test_no_chunk_goes_through_what_all_others_wait_to_be_billed_for(park: FeePark) -> None:
    """The index over bill_id is for looking up one bill; "not billed yet" are the readings of the whole park."""
    asked: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, sql: str, values: object, *_: object) -> None:
        asked.append((sql, values))

    event.listen(park.db.engine.sync_engine, "before_cursor_execute", note)
    await park.draft(MARCH, day(3, 25))
    event.remove(park.db.engine.sync_engine, "before_cursor_execute", note)
    plans = []
    async with park.db.engine.connect() as connection:
        for sql, values in asked:
            if sql.startswith("SELECT reading.") or sql.startswith("SELECT handover."):
                rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
                plans += [row[-1] for row in rows]
    assert any("reading_meter_id" in step or "autoindex_reading" in step for step in plans)
    assert not any("bill_id" in step for step in plans)
