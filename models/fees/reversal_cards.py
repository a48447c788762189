"""Who is told what while a reversal goes from hand to hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.bill import Bill, BillReversal
from models.fees.bill_reversal import CAUSE_NAMES
from models.fees.bill_view import bill_label
from models.fees.money import yuan
from models.messages.content import Button, Content
from models.messages.tell import tell_contact, tell_staff
from models.notices.recipients import recipients_of
from models.notices.withdrawing import void_letter_of
from models.people.staff import find_staff, staff_who_may
from models.people.tenant import Tenant
from models.rules import Rules


def reversal_subject(asked: BillReversal) -> str:
    """The name other tables use for the request."""
    return f"reversal:{asked.id}"


async def ask_to_reverse(
    session: AsyncSession,
    asked: BillReversal,
    bill: Bill,
    key: str,
    *,
    by: str,
    now: datetime,
    rules: Rules,
) -> None:
    """The card for those who approve [practice: 财务主管申请, 项目经理批准]."""
    tenant = await session.get_one(Tenant, bill.tenant_id)
    paid = f"，已付 {yuan(bill.paid_fen)} 元将转为预存" if bill.paid_fen else ""
    then = "冲销后由财务更正并发送“补账”重开" if asked.replace else "冲销后不再重开"
    text = (
        f"{tenant.name} {bill_label(bill)} {bill.number}，{yuan(bill.total_fen)} 元{paid}。\n"
        f"原因（{CAUSE_NAMES[asked.cause]}）：{asked.reason}\n申请人：{by}。{then}，未送达的通知单不再发送。"
    )
    content = Content(
        title=f"申请冲销 {bill.number}",
        text=text,
        buttons=(Button(f"reverse_ok:{asked.id}", "批准"), Button(f"reverse_no:{asked.id}", "驳回")),
    )
    members = await staff_who_may(session, "fees.approve", rules)
    await tell_staff(session, members, f"{key}:reverse", content, now=now, subject=reversal_subject(asked))


async def tell_reversed(
    session: AsyncSession, asked: BillReversal, bill: Bill, *, by: str, now: datetime
) -> None:
    """Whoever asked hears that it is done, and what comes next."""
    credit = f"已付的 {yuan(asked.paid_fen)} 元转为预存。" if asked.paid_fen else ""
    then = f"请改正后发送“补账 {bill.month}”开出更正账单。" if asked.replace else ""
    text = f"{by}已批准：{bill.number} 已冲销，冲销号 {asked.number}。{credit}{then}"
    await _tell_asker(session, asked, "approved", Content(text=text), now)


async def tell_refused(
    session: AsyncSession, asked: BillReversal, bill: Bill, *, by: str, now: datetime
) -> None:
    """Whoever asked hears why not."""
    text = f"{by}没有同意冲销 {bill.number}：{asked.answer}\n账单照常有效。补充说明后可以重新申请。"
    await _tell_asker(session, asked, "refused", Content(text=text), now)


async def _tell_asker(
    session: AsyncSession, asked: BillReversal, what: str, content: Content, now: datetime
) -> None:
    members = await find_staff(session, asked.asked_by.removeprefix("staff:"))
    await tell_staff(session, members, f"{reversal_subject(asked)}:{what}", content, now=now)


async def tell_tenant(session: AsyncSession, asked: BillReversal, bill: Bill, *, now: datetime) -> None:
    """Where no other bill follows, the tenant hears at once that this one is void."""
    letter = await void_letter_of(session, bill.id)
    number = f"缴费通知单 {letter.number}（账单 {bill.number}）" if letter else f"账单 {bill.number}"
    credit = f"已付的 {yuan(asked.paid_fen)} 元转为贵司预存。" if asked.paid_fen else ""
    text = f"{bill_label(bill)}已冲销，{number}作废，无需缴纳。原因：{asked.reason}。{credit}有疑问请回复“人工”。"
    for contact in await recipients_of(session, bill.tenant_id):
        await tell_contact(session, contact, f"{reversal_subject(asked)}:void", Content(text=text), now=now)
