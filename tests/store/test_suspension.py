"""Suspensions in the database: two at one moment are one after the other, whatever they want; and all is on record."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from bot.config import load
from models.audit.entry import AuditEntry, first_break
from models.clock import at_local
from models.database import Database
from models.errors import UserError
from models.fees.promise import By, dispute
from models.fees.receiving import receive
from models.people.staff import Staff
from models.people.tenant import Tenancy, Tenant
from models.rules import Rules
from models.suspension.applying import begin, check_ready
from models.suspension.machine import Move, State
from models.suspension.moves import Act, make, review
from models.suspension.papers import PAPERS
from models.suspension.suspension import (
    Suspension,
    SuspensionApproval,
    SuspensionEvent,
    live_ids,
    locked,
)
from scheduler.glance import glance
from scheduler.suspension import SuspensionWatch
from tests.fakes.debt import CONFIG, MANUAL, owe_since_january, serve_both_letters
from tests.fakes.park import build_park

NOW = at_local(date(2026, 3, 31), 9)
RULES: Rules = load(CONFIG, MANUAL).rules()
PHOTO = ("a" * 64,)


async def member(session, userid: str) -> Staff:
    return (await session.scalars(select(Staff).where(Staff.userid == userid))).one()


async def move(db: Database, userid: str, what: Move, *, photos=(), note="", now=NOW) -> str:
    """One move in a transaction of its own; "" or the refusal."""
    async with db.begin() as session:
        suspension = await locked(session, str((await live_ids(session))[0]))
        act = Act(now, RULES, await member(session, userid), note, photos)
        try:
            await make(session, suspension, what, act)
        except UserError as refusal:
            await session.rollback()
            return str(refusal)
    return ""


@pytest.fixture
async def submitted(db: Database) -> Database:
    """An application with all its papers, waiting for two approvals."""
    async with db.begin() as session:
        await build_park(session)
    await owe_since_january(db)
    await serve_both_letters(db, RULES, load(CONFIG, MANUAL).working_calendar())
    async with db.begin() as session:
        tenant = (await session.scalars(select(Tenant).where(Tenant.name.contains("云帆")))).one()
        made = await begin(session, tenant, ["空调"], await member(session, "chenjing"), NOW, RULES)
        made.papers = {
            each.key: {"photos": list(PHOTO)}
            if each.picture
            else {"text": "无" if each.safety else "合同第8条"}
            for each in PAPERS
        }
    assert await move(db, "chenjing", Move.SUBMIT) == ""
    return db


async def state(db: Database) -> State:
    async with db.read() as session:
        return (await session.scalars(select(Suspension))).one().state


async def pay_all(db: Database) -> None:
    async with db.begin() as session:
        tenant = (await session.scalars(select(Tenant).where(Tenant.name.contains("云帆")))).one()
        await receive(
            session, tenant_id=tenant.id, amount_fen=6_000_000, method="转账", reference="", cashier="staff:sunli",
            message_key="pay", now=NOW, rules=RULES,
        )  # fmt: skip


async def approve_both(db: Database) -> None:
    assert await move(db, "linfang", Move.APPROVE) == ""
    assert await move(db, "zhengwei", Move.APPROVE) == ""


async def test_one_person_tapping_three_times_at_once_approves_once(submitted: Database) -> None:
    said = await asyncio.gather(*(move(submitted, "linfang", Move.APPROVE) for _ in range(3)))
    assert sorted(bool(each) for each in said) == [False, True, True]
    assert await state(submitted) is State.ENDORSED
    async with submitted.read() as session:
        assert await session.scalar(select(func.count(SuspensionApproval.id))) == 1


async def test_two_people_at_one_moment_approve_one_after_the_other(submitted: Database) -> None:
    said = await asyncio.gather(
        move(submitted, "linfang", Move.APPROVE), move(submitted, "zhengwei", Move.APPROVE)
    )
    assert said == ["", ""]
    assert await state(submitted) is State.APPROVED


async def test_who_may_not_approve_does_not(submitted: Database) -> None:
    assert "没有批准的权限" in await move(submitted, "wangqiang", Move.APPROVE)
    assert "没有批准的权限" in await move(submitted, "chenjing", Move.APPROVE)
    assert await state(submitted) is State.SUBMITTED


async def test_payment_and_execution_at_one_moment_never_both_hold(submitted: Database) -> None:
    """Whichever is first: either it was not carried out, or it is restored at once."""
    await approve_both(submitted)
    said, _ = await asyncio.gather(
        move(submitted, "wangqiang", Move.EXECUTE, photos=PHOTO), pay_all(submitted)
    )
    await SuspensionWatch(submitted, RULES).look(NOW)
    expected = State.CANCELLED if said else State.RESTORING
    assert await state(submitted) is expected
    assert not said or "已付清" in said


async def test_two_watchers_move_it_once(submitted: Database) -> None:
    await approve_both(submitted)
    await pay_all(submitted)
    moved = await asyncio.gather(*(SuspensionWatch(submitted, RULES).look(NOW) for _ in range(3)))
    assert sum(moved) == 1
    async with submitted.read() as session:
        events = await session.scalars(select(SuspensionEvent).order_by(SuspensionEvent.id))
        assert [event.move for event in events] == ["提交", "批准", "批准", "取消"]


async def test_nothing_is_carried_out_on_an_expired_decision(submitted: Database) -> None:
    await approve_both(submitted)
    late = NOW + timedelta(hours=72)
    assert (await glance(submitted, NOW)).next_at == late
    assert "有效期" in await move(submitted, "wangqiang", Move.EXECUTE, photos=PHOTO, now=late)
    watch = SuspensionWatch(submitted, RULES)
    assert await watch.look(late - timedelta(seconds=1)) == 0
    assert await watch.look(late) == 0, "it has just looked"
    assert await watch.look(late + timedelta(seconds=10)) == 1
    assert await state(submitted) is State.EXPIRED


async def test_the_second_application_of_a_tenant_waits_for_the_first(submitted: Database) -> None:
    async with submitted.begin() as session:
        tenant = (await session.scalars(select(Tenant).where(Tenant.name.contains("云帆")))).one()
        asker = await member(session, "chenjing")
        with pytest.raises(UserError, match="已有进行中的申请"):
            await begin(session, tenant, ["空调"], asker, NOW, RULES)


async def test_a_dispute_nobody_has_answered_stands_in_the_way_however_old(submitted: Database) -> None:
    async with submitted.begin() as session:
        tenant = (await session.scalars(select(Tenant).where(Tenant.name.contains("云帆")))).one()
        said = await dispute(session, tenant.id, "面积有误", By("contact:1", NOW - timedelta(days=20), RULES))
    assert said.until_on < NOW.date()
    assert f"异议 {said.number} 尚未了结" in await move(submitted, "linfang", Move.APPROVE)


async def test_a_new_tenant_of_the_unit_has_nothing_to_do_with_the_debt(submitted: Database) -> None:
    async with submitted.begin() as session:
        old = (await session.scalars(select(Tenancy).join(Tenant).where(Tenant.name.contains("云帆")))).one()
        old.end_on = date(2026, 3, 30)
        new = Tenant(name="新来公司", post_address="")
        session.add(new)
        await session.flush()
        session.add(
            Tenancy(
                tenant_id=new.id, unit_id=old.unit_id, start_on=date(2026, 3, 31), price_yuan=old.price_yuan
            )
        )
        await session.flush()
        with pytest.raises(UserError, match="还没有收到《暂停服务通知书》"):
            await check_ready(session, new, NOW, RULES)
        suspension = await locked(session, str((await live_ids(session))[0]))
        assert await review(session, suspension, Act(NOW, RULES))
        assert "A-1203 已不再由该租户使用" in suspension.reason
        owing = (await session.scalars(select(Tenant).where(Tenant.name.contains("云帆")))).one()
        with pytest.raises(UserError, match="已没有在租单元"):
            await begin(session, owing, ["空调"], await member(session, "chenjing"), NOW, RULES)


async def test_every_move_is_on_record_and_the_record_holds(submitted: Database) -> None:
    await approve_both(submitted)
    assert await move(submitted, "wangqiang", Move.EXECUTE, photos=PHOTO) == ""
    assert await move(submitted, "linfang", Move.RESTORE, note="已签还款协议") == ""
    assert await move(submitted, "wangqiang", Move.RESTORED) == ""
    async with submitted.read() as session:
        entries = list(
            await session.scalars(
                select(AuditEntry)
                .where(AuditEntry.action.startswith("suspension."))
                .order_by(AuditEntry.number)
            )
        )
        assert await first_break(session) is None
    assert [entry.action.removeprefix("suspension.") for entry in entries] == [
        *("提交", "批准", "批准", "已执行", "恢复", "已恢复"),
    ]
    assert [entry.actor for entry in entries[1:4]] == ["staff:linfang", "staff:zhengwei", "staff:wangqiang"]
