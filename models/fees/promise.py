"""Promises (承诺), disputes (异议) and pauses by hand: what holds the dunning ladder, how long, who looks after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import at_local, local_date
from models.errors import UserError
from models.fees.bill import unpaid_bills
from models.fees.pause import DunningPause, DunningStep, PauseKind, PauseOutcome, pause_number
from models.people.staff import Staff, on_shift_first, staff_who_may
from models.people.tenant import Tenant
from models.rules import Rules

OWNER = "fees.bill"
"""Finance looks after what holds the ladder; where nobody may, whoever sees the fees."""


@dataclass(frozen=True, slots=True)
class By:
    """Who asks for a pause, when, and about which letter. key: "contact:<id>" or "staff:<userid>"."""

    key: str
    now: datetime
    rules: Rules
    notice_id: int | None = None

    @property
    def today(self) -> date:
        """The park's date."""
        return local_date(self.now)


async def promise(session: AsyncSession, tenant_id: int, until_on: date, by: By) -> DunningPause:
    """No letters until the promised day. Raises UserError for a day that is past or too far, or with nothing owed.

    The days are counted from the first promise since the last letter, so that promising again gains nothing [practice].
    """
    await session.get_one(Tenant, tenant_id, with_for_update=True)
    if not await unpaid_bills(session, tenant_id):
        raise UserError("贵司目前没有未付的账单，不需要承诺付款日。发送“账单”可以查看。")
    if until_on < by.today:
        raise UserError("这一天已经过去了，请写一个今天以后的日期，例如“承诺 周五”。")
    last = await _last_day(session, tenant_id, by)
    if last < by.today:
        raise UserError("此前约定的付款日已到期，不能再次推迟，请尽快缴纳，或联系服务中心协商。")
    if until_on > last:
        raise UserError(f"付款日最晚可约定到{last.month}月{last.day}日，请换一个日期。")
    await _replace_promises(session, tenant_id, by.now)
    return await _hold(session, tenant_id, PauseKind.PROMISE, until_on, "", by)


async def dispute(session: AsyncSession, tenant_id: int, reason: str, by: By) -> DunningPause:
    """No letters until finance has had time to look into it [practice].

    One dispute of a tenant at a time: what is added while one is looked into goes to that one. What was decided is
    not held up again by asking the same. Raises UserError.
    """
    await session.get_one(Tenant, tenant_id, with_for_update=True)
    rows = await session.scalars(
        select(DunningPause)
        .where(DunningPause.tenant_id == tenant_id, DunningPause.kind == PauseKind.DISPUTE)
        .order_by(DunningPause.id.desc())
        .with_for_update()
    )
    for earlier in rows:
        if earlier.outcome is PauseOutcome.OPEN and earlier.runs_on(by.today):
            earlier.reason = f"{earlier.reason}；{reason}"[:1000]
            return earlier
        if earlier.outcome is PauseOutcome.UNFOUNDED and earlier.about_notice_id == by.notice_id:
            raise UserError(
                f"这份通知单的异议已经答复过：{earlier.note}。如有新的凭据，请到服务中心或致电"
                f"{by.rules.park.phone}，由财务复查。"
            )
    until_on = by.today + timedelta(days=by.rules.dunning.dispute_days)
    return await _hold(session, tenant_id, PauseKind.DISPUTE, until_on, reason, by)


async def pause_by_hand(
    session: AsyncSession, tenant_id: int, until_on: date, reason: str, by: By
) -> DunningPause:
    """Staff hold the letters for a while, with a reason. Raises UserError."""
    last = by.today + timedelta(days=by.rules.dunning.hand_pause_max_days)
    if not reason.strip():
        raise UserError("请写明暂停的原因，例如：暂停催款 云帆设计 3月28日 合同正在续签")
    if not by.today <= until_on <= last:
        raise UserError(f"暂停的最后一天须在今天和{last.month}月{last.day}日之间，请换一个日期。")
    await session.get_one(Tenant, tenant_id, with_for_update=True)
    return await _hold(session, tenant_id, PauseKind.BY_HAND, until_on, reason.strip()[:200], by)


async def _replace_promises(session: AsyncSession, tenant_id: int, now: datetime) -> None:
    """The new day stands in place of those promised before."""
    running = await session.scalars(
        select(DunningPause)
        .where(DunningPause.tenant_id == tenant_id, DunningPause.kind == PauseKind.PROMISE)
        .where(DunningPause.lifted_at.is_(None), DunningPause.until_on >= local_date(now))
        .with_for_update()
    )
    for earlier in running:
        earlier.lifted_at, earlier.outcome = now, PauseOutcome.MOVED


async def _last_day(session: AsyncSession, tenant_id: int, by: By) -> date:
    last_letter_on: date | None = await session.scalar(
        select(func.max(DunningStep.sent_on)).where(DunningStep.tenant_id == tenant_id)
    )
    promised = select(func.min(DunningPause.created_at)).where(
        DunningPause.tenant_id == tenant_id, DunningPause.kind == PauseKind.PROMISE
    )
    if last_letter_on is not None:
        promised = promised.where(DunningPause.created_at >= at_local(last_letter_on, 0))
    first: datetime | None = await session.scalar(promised)
    start_on = local_date(first) if first else by.today
    return start_on + timedelta(days=by.rules.dunning.promise_max_days)


async def _hold(
    session: AsyncSession, tenant_id: int, kind: PauseKind, until_on: date, reason: str, by: By
) -> DunningPause:
    owner = await owner_of_pauses(session, by.now, by.rules)
    pause = DunningPause(
        number=await pause_number(session, kind),
        tenant_id=tenant_id,
        kind=kind,
        until_on=until_on,
        reason=reason,
        owner=owner.userid if owner else "",
        created_at=by.now,
        about_notice_id=by.notice_id,
        made_by=by.key,
    )
    session.add(pause)
    await session.flush()
    return pause


async def owner_of_pauses(session: AsyncSession, now: datetime, rules: Rules) -> Staff | None:
    """Who looks after a new pause; None where nobody may."""
    for permission in (OWNER, "fees.see"):
        members = await staff_who_may(session, permission, rules)
        if members:
            return on_shift_first(members, now, rules)[0]
    return None
