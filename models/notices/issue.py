"""缴费通知单: the letter that goes with each issued bill [manual ¶4.6.6, flow chart]."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.calendar.working_days import Calendar, CalendarUnknown
from models.clock import local_date
from models.fees.bill import Bill, BillKind, BillReversal, lines_of, unpaid_bills
from models.fees.money import in_words, yuan
from models.messages.content import Button, Content
from models.notices.documents import Approval, FeeLine, Issuer, PaymentNotice
from models.notices.letter import keep_letter, next_letter_number
from models.notices.notice import Notice, NoticeKind
from models.notices.pay_text import pay_text, safe_name
from models.notices.recipients import recipients_of, unit_codes
from models.notices.sending import send_letter, with_pointer
from models.notices.withdrawing import void_letter_of
from models.people.staff import name_of
from models.people.tenant import Tenant
from models.rules import Rules


async def make_payment_notice(
    session: AsyncSession,
    bill: Bill,
    approver: str,
    now: datetime,
    rules: Rules,
    calendar: Calendar,
    *,
    due_note: str = "",
    replaced: BillReversal | None = None,
) -> None:
    """Writes the letter for an issued bill and queues it. Once per bill: a second call changes nothing.

    approver: userid or name of who approved the run ("盖章"). due_note: why the last day is that day, where it moved.
    replaced: the reversal this bill puts right; the letter names the one that is void.
    """
    earlier = await _lettered(session, bill)
    if bill.id in earlier:
        return
    letter = await _letter(session, bill, approver, now, rules, calendar)
    letter = replace(
        letter, due_note=due_note or letter.due_note, remark=await _remark(session, bill, replaced)
    )
    notice = await keep_letter(
        session, NoticeKind.PAYMENT, letter, tenant_id=bill.tenant_id, month=bill.month, now=now, rules=rules,
        bill_id=bill.id, revision=len(earlier) + 1,
    )  # fmt: skip
    await send_letter(
        session,
        notice,
        await recipients_of(session, bill.tenant_id),
        payment_content(notice, letter, rules),
        file_name=file_name(letter),
        guard=f"unpaid:{bill.id}",
        now=now,
        rules=rules,
    )


async def _lettered(session: AsyncSession, bill: Bill) -> list[int | None]:
    """Ids of the tenant's bills of that month that have a letter."""
    mine = (Notice.tenant_id == bill.tenant_id, Notice.month == bill.month)
    return list(await session.scalars(select(Notice.bill_id).where(*mine, Notice.kind == NoticeKind.PAYMENT)))


async def _letter(
    session: AsyncSession, bill: Bill, approver: str, now: datetime, rules: Rules, calendar: Calendar
) -> PaymentNotice:
    tenant = await session.get_one(Tenant, bill.tenant_id)
    month = Month.parse(bill.month, local_date(now))
    lines = [FeeLine(line.name, line.basis, line.amount_fen) for line in await lines_of(session, bill.id)]
    earlier = [other for other in await unpaid_bills(session, bill.tenant_id) if other.id != bill.id]
    previous_fen = sum(other.owed_fen for other in earlier)
    total_fen = bill.owed_fen + previous_fen
    return PaymentNotice(
        issuer=Issuer.of(rules.park),
        number=await next_letter_number(session, NoticeKind.PAYMENT, bill.month),
        tenant=tenant.name,
        units=await unit_codes(session, bill.tenant_id, month.last_day)
        or await unit_codes(session, bill.tenant_id, month.first_day),
        month=bill.month,
        period_from_on=month.first_day,
        period_to_on=month.last_day,
        issued_on=local_date(now),
        lines=tuple(lines),
        previous_balance_fen=previous_fen,
        credit_used_fen=bill.paid_fen,
        total_fen=total_fen,
        total_words=in_words(total_fen),
        due_on=bill.due_on,
        due_note=_due_note(bill, month, rules, calendar),
        approval=Approval(await name_of(session, approver), local_date(now)) if approver else None,
    )


async def _remark(session: AsyncSession, bill: Bill, replaced: BillReversal | None) -> str:
    """What the letter takes the place of, with both numbers."""
    if replaced is None:
        return "本单为补账，与此前的缴费通知单分别缴纳。" if bill.kind is BillKind.SUPPLEMENT else ""
    wrong = await session.get_one(Bill, replaced.bill_id)
    void = await void_letter_of(session, wrong.id)
    letter = f"缴费通知单 {void.number}（账单 {wrong.number}）" if void else f"账单 {wrong.number}"
    return f"更正账单 {bill.number}：原{letter}已作废，请以本单为准。更正原因：{replaced.reason}"


def _due_note(bill: Bill, month: Month, rules: Rules, calendar: Calendar) -> str:
    """How the last day was found; nothing where it was set otherwise."""
    then, n = month.next(), rules.fees.due_working_day
    try:
        by_rule = calendar.nth_working_day(then.year, then.month, n) == bill.due_on
    except CalendarUnknown:
        return ""
    return f"{then.month}月第{n}个工作日" if by_rule else ""


def payment_content(notice: Notice, letter: PaymentNotice, rules: Rules) -> Content:
    """The message that carries the letter."""
    month = Month.parse(letter.month, letter.issued_on)
    earlier = (
        f"（其中往期未付 {yuan(letter.previous_balance_fen)} 元）" if letter.previous_balance_fen else ""
    )
    remark = f"{letter.remark}\n" if letter.remark else ""
    moved = f"（{letter.due_note}）" if "休息日" in letter.due_note else ""
    text = (
        f"【缴费通知单】{month.label} {notice.number}\n{letter.tenant}（{'、'.join(letter.units)}）\n{remark}"
        f"应缴 {yuan(letter.total_fen)} 元{earlier}，"
        f"请于{letter.due_on.month}月{letter.due_on.day}日前（含当日）缴纳{moved}。\n"
        f"{pay_text(letter.issuer, letter.number)}\n点“签收”确认收到；对金额有疑问请点“异议”。"
    )
    return with_pointer(
        notice,
        text,
        rules,
        Button(f"sign:{notice.id}", "签收"),
        Button(f"say:明细 {letter.month}", "明细"),
        Button(f"dispute:{notice.id}", "异议"),
    )


def file_name(letter: PaymentNotice) -> str:
    """The name the tenant sees: month and company."""
    month = Month.parse(letter.month, letter.issued_on)
    return f"缴费通知单-{month.label}-{safe_name(letter.tenant)}.pdf"
