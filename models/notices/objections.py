"""What a tenant says back to a letter, and who of the staff hears of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.quiet import next_allowed
from models.fees.bill import unpaid_bills
from models.fees.money import yuan
from models.fees.pause import DunningPause, PauseKind
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.people.staff import staff_who_may
from models.people.tenant import Contact, Tenant
from models.rules import Rules

SEE = "fees.see"


async def tell_of_pause(
    session: AsyncSession,
    pause: DunningPause,
    tenant: Tenant,
    contact: Contact,
    about: str,
    now: datetime,
    rules: Rules,
) -> None:
    """Those who see the fees learn what was promised or disputed, and who looks after it.

    about: the letter it is about, "" when none was named.
    """
    owed_fen = sum(bill.owed_fen for bill in await unpaid_bills(session, tenant.id))
    day = f"{pause.until_on.month}月{pause.until_on.day}日"
    members = await staff_who_may(session, SEE, rules)
    owner = next((member.name for member in members if member.userid == pause.owner), "财务")
    said = (
        f"提出异议 {pause.number}：{pause.reason}\n{day}前暂停催款。请核对账单，处理后发送：\n"
        f"异议处理 {pause.number} 成立 说明\n或：异议处理 {pause.number} 不成立 说明"
        if pause.kind is PauseKind.DISPUTE
        else f"承诺 {day}付款（{pause.number}），此前暂停催款。"
    )
    text = (
        f"【{pause.kind}】{tenant.name} {contact.name}（{contact.role}）{said}\n"
        f"{about and f'通知单 {about}，'}未付 {yuan(owed_fen)} 元，跟进人：{owner}。"
    )
    due_at = next_allowed(now, rules.calendar.quiet_from, rules.calendar.quiet_until)
    await tell_staff(session, members, f"pause:{pause.id}", Content(text=text), now=now, due_at=due_at)
