"""The answer to a dispute, and news of pauses: to the tenant, to finance, to whoever looks after it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.quiet import next_allowed
from models.fees.bill import unpaid_bills
from models.fees.money import yuan
from models.fees.pause import DunningPause, PauseKind, PauseOutcome
from models.fees.promise import OWNER
from models.messages.content import Content
from models.messages.tell import tell_contact, tell_staff
from models.notices.dunning_facts import was_promised
from models.notices.notice import Notice
from models.notices.recipients import recipients_of
from models.people.staff import Staff, find_staff, staff_who_may
from models.people.tenant import Tenant
from models.rules import Rules


async def tell_decided(session: AsyncSession, pause: DunningPause, now: datetime, rules: Rules) -> None:
    """The tenant gets the answer with its reason; where it is right, finance is asked to correct the bill."""
    about = await _about(session, pause)
    due_at = next_allowed(now, rules.calendar.quiet_from, rules.calendar.quiet_until)
    upheld = pause.outcome is PauseOutcome.UPHELD
    answer = (
        f"贵司对{about}的异议（{pause.number}）成立：{pause.note}\n我们将更正账单，更正前不再催款，更正后另行通知。"
        if upheld
        else f"贵司对{about}的异议（{pause.number}）经核对不成立：{pause.note}\n请按通知单缴纳；如有新的凭据，"
        f"欢迎到服务中心或致电 {rules.park.phone}。"
    )
    for contact in await recipients_of(session, pause.tenant_id):
        await tell_contact(
            session, contact, f"pause:{pause.id}:decided", Content(text=answer), now=now, due_at=due_at
        )
    if upheld:
        tenant = await session.get_one(Tenant, pause.tenant_id)
        text = (
            f"【更正账单】{tenant.name}的异议 {pause.number} 成立：{pause.note}\n"
            f"请在{day_words(pause.until_on)}前更正{about}对应的账单，逾期未更正将恢复催款。"
        )
        members = await staff_who_may(session, OWNER, rules)
        await tell_staff(session, members, f"pause:{pause.id}:correct", Content(text=text), now=now)


async def tell_of_hand(
    session: AsyncSession, pause: DunningPause, by_name: str, now: datetime, rules: Rules
) -> None:
    """The owner of a pause that somebody else has made by hand hears of it at once."""
    text = f"{by_name}暂停催款到{day_words(pause.until_on)}：{pause.reason}。请跟进，到期自动恢复。"
    await _tell_owner(session, pause, "made", text, now, rules)


async def warn_of_ends(session: AsyncSession, today: date, now: datetime, rules: Rules) -> int:
    """The owners of pauses that end soon are told, once per pause and day of its end; how many pauses."""
    last_on = today + timedelta(days=rules.dunning.warn_before_days)
    pauses = await session.scalars(
        select(DunningPause)
        .where(DunningPause.lifted_at.is_(None), DunningPause.until_on >= today)
        .where(DunningPause.until_on <= last_on)
        .order_by(DunningPause.id)
    )
    warned = 0
    for pause in pauses:
        bills = await unpaid_bills(session, pause.tenant_id)
        if bills:
            owed = f"未付 {yuan(sum(bill.owed_fen for bill in bills))} 元"
            await _tell_owner(
                session, pause, "end", f"{_end_words(pause)}{owed}。{_next_step(pause)}", now, rules
            )
            warned += 1
    return warned


async def tell_of_ended(session: AsyncSession, today: date, now: datetime, rules: Rules) -> int:
    """The owners hear of promises that were not kept and of disputes nobody has answered, once; how many."""
    pauses = await session.scalars(
        select(DunningPause)
        .where(DunningPause.lifted_at.is_(None), DunningPause.outcome == PauseOutcome.OPEN)
        .where(DunningPause.until_on < today, DunningPause.until_on >= today - timedelta(days=30))
        .order_by(DunningPause.id)
    )
    told = 0
    for pause in pauses:
        bills = [bill for bill in await unpaid_bills(session, pause.tenant_id) if was_promised(bill, pause)]
        if bills:
            owed = yuan(sum(bill.owed_fen for bill in bills))
            text = f"{_ended_words(pause)}仍未付 {owed} 元，催款阶梯已恢复。"
            await _tell_owner(session, pause, "ended", text, now, rules)
            told += 1
    return told


def day_words(day: date) -> str:
    """ "4月28日"."""
    return f"{day.month}月{day.day}日"


async def _tell_owner(
    session: AsyncSession, pause: DunningPause, name: str, text: str, now: datetime, rules: Rules
) -> None:
    tenant = await session.get_one(Tenant, pause.tenant_id)
    content = Content(text=f"【{pause.kind}】{tenant.name} {pause.number}：{text}")
    key = f"pause:{pause.id}:{name}:{pause.until_on}"
    await tell_staff(session, await _owners(session, pause, rules), key, content, now=now)


async def _owners(session: AsyncSession, pause: DunningPause, rules: Rules) -> list[Staff]:
    """Its owner; everybody in finance where that member has left."""
    return await find_staff(session, pause.owner) or await staff_who_may(session, OWNER, rules)


def _end_words(pause: DunningPause) -> str:
    day = day_words(pause.until_on)
    match pause.kind:
        case PauseKind.PROMISE:
            return f"租户承诺的付款日是{day}，"
        case PauseKind.DISPUTE if pause.outcome is PauseOutcome.UPHELD:
            return f"异议已成立，更正账单的期限是{day}，"
        case PauseKind.DISPUTE:
            return f"异议核对期到{day}为止，还没有答复租户，"
    return f"人工暂停（{pause.reason}）到{day}为止，"


def _ended_words(pause: DunningPause) -> str:
    day = day_words(pause.until_on)
    match pause.kind:
        case PauseKind.PROMISE:
            return f"租户承诺{day}付款，没有履行，"
        case PauseKind.DISPUTE:
            return f"异议核对期已于{day}结束而未答复，请尽快答复租户，"
    return f"人工暂停已于{day}结束，"


def _next_step(pause: DunningPause) -> str:
    if pause.kind is PauseKind.DISPUTE and pause.outcome is PauseOutcome.OPEN:
        return f"请核对后发送：异议处理 {pause.number} 成立 说明，或：异议处理 {pause.number} 不成立 说明"
    return "请与租户联系确认；到期未付，催款自动恢复。"


async def _about(session: AsyncSession, pause: DunningPause) -> str:
    notice = await session.get(Notice, pause.about_notice_id) if pause.about_notice_id else None
    return f"{notice.kind} {notice.number}" if notice else "账单"
