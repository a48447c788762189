"""Promises (承诺) and disputes (异议): what holds the dunning ladder, for how long, and who looks after it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import at_local, local_date
from models.errors import UserError
from models.fees.bill import unpaid_bills
from models.fees.pause import DunningPause, DunningStep
from models.people.staff import Staff, on_shift_first, staff_who_may
from models.people.tenant import Tenant
from models.rules import Rules

PROMISE = "承诺"
DISPUTE = "异议"
OWNER = "fees.bill"
"""Finance looks after what holds the ladder; where nobody may, whoever sees the fees."""


async def promise(
    session: AsyncSession, tenant_id: int, until_on: date, now: datetime, rules: Rules
) -> DunningPause:
    """No letters until the promised day. Raises UserError for a day that is past or too far, or with nothing owed.

    The days are counted from the first promise since the last letter, so that promising again gains nothing [practice].
    """
    await session.get_one(Tenant, tenant_id, with_for_update=True)
    if not await unpaid_bills(session, tenant_id):
        raise UserError("贵司目前没有未付的账单，不需要承诺付款日。发送“账单”可以查看。")
    today = local_date(now)
    if until_on < today:
        raise UserError("这一天已经过去了，请写一个今天以后的日期，例如“承诺 周五”。")
    last = await _last_day(session, tenant_id, today, rules)
    if last < today:
        raise UserError("此前约定的付款日已到期，不能再次推迟，请尽快缴纳，或联系服务中心协商。")
    if until_on > last:
        raise UserError(f"付款日最晚可约定到{last.month}月{last.day}日，请换一个日期。")
    return await _hold(session, tenant_id, PROMISE, until_on, "", now, rules)


async def dispute(
    session: AsyncSession, tenant_id: int, reason: str, now: datetime, rules: Rules
) -> DunningPause:
    """No letters until finance has had time to look into it [practice]."""
    until_on = local_date(now) + timedelta(days=rules.dunning.dispute_days)
    return await _hold(session, tenant_id, DISPUTE, until_on, reason, now, rules)


async def _last_day(session: AsyncSession, tenant_id: int, today: date, rules: Rules) -> date:
    last_letter_on: date | None = await session.scalar(
        select(func.max(DunningStep.sent_on)).where(DunningStep.tenant_id == tenant_id)
    )
    promised = select(func.min(DunningPause.created_at)).where(
        DunningPause.tenant_id == tenant_id, DunningPause.kind == PROMISE
    )
    if last_letter_on is not None:
        promised = promised.where(DunningPause.created_at >= at_local(last_letter_on, 0))
    first: datetime | None = await session.scalar(promised)
    start_on = local_date(first) if first else today
    return start_on + timedelta(days=rules.dunning.promise_max_days)


async def _hold(
    session: AsyncSession,
    tenant_id: int,
    kind: str,
    until_on: date,
    reason: str,
    now: datetime,
    rules: Rules,
) -> DunningPause:
    owner = await _owner(session, now, rules)
    pause = DunningPause(
        tenant_id=tenant_id,
        kind=kind,
        until_on=until_on,
        reason=reason,
        owner=owner.userid if owner else "",
        created_at=now,
    )
    session.add(pause)
    await session.flush()
    return pause


async def _owner(session: AsyncSession, now: datetime, rules: Rules) -> Staff | None:
    for permission in (OWNER, "fees.see"):
        members = await staff_who_may(session, permission, rules)
        if members:
            return on_shift_first(members, now, rules)[0]
    return None
