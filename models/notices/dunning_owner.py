"""告知业主函: the owner of a unit hears that the lessee has not paid, at the level the settings name.

Where the lessee has agreed to pay, the owner stays jointly liable [law: 物业管理条例 §41]. The letter tells of the owner's
own units and of nothing else the tenant owes [law: 个人信息保护法 §6].
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.quiet import next_allowed
from models.clock import local_date
from models.fees.bill import Bill, lines_of
from models.fees.money import in_words, yuan
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.notices.bringers import DELIVER
from models.notices.debt_documents import OwnerBill, OwnerLetter
from models.notices.documents import Issuer
from models.notices.letter import keep_letter, next_letter_number
from models.notices.notice import Notice, NoticeKind
from models.people.owner import Owner, owners_of
from models.people.staff import staff_who_may
from models.people.tenant import Tenant, units_of
from models.rules import Rules


async def tell_owners(
    session: AsyncSession, notice: Notice, overdue: Sequence[Bill], now: datetime, rules: Rules
) -> list[Notice]:
    """One letter to each owner of the debtor's units for whom something is open. notice: the tenant's own letter."""
    units = await units_of(session, notice.tenant_id, local_date(now))
    made = []
    for owner in await owners_of(session, units, notice.tenant_id):
        bills = await _bills(session, overdue, owner)
        if bills:
            letter = await _keep(session, notice, owner, bills, now, rules)
            await _hand_to_staff(session, letter, owner, f"owed:{notice.id}", now, rules)
            made.append(letter)
    return made


async def _bills(session: AsyncSession, overdue: Sequence[Bill], owner: Owner) -> tuple[OwnerBill, ...]:
    """What of each bill belongs to the owner's units. A part payment is taken to have paid these lines first:
    an owner is never asked for more than is surely open.
    """
    found = []
    for bill in overdue:
        lines = await lines_of(session, bill.id)
        own_fen = sum(line.amount_fen for line in lines if line.source.get("unit") in owner.codes)
        open_fen = max(own_fen - bill.paid_fen, 0)
        if open_fen:
            found.append(OwnerBill(bill.number or "", bill.month, bill.due_on, min(open_fen, bill.owed_fen)))
    return tuple(found)


async def _keep(
    session: AsyncSession,
    notice: Notice,
    owner: Owner,
    bills: tuple[OwnerBill, ...],
    now: datetime,
    rules: Rules,
) -> Notice:
    today, total_fen = local_date(now), sum(bill.owed_fen for bill in bills)
    tenant = await session.get_one(Tenant, notice.tenant_id)
    letter = OwnerLetter(
        issuer=Issuer.of(rules.park),
        number=await next_letter_number(session, NoticeKind.OWNER, notice.month),
        owner=owner.name,
        owner_address=owner.address,
        tenant=tenant.name,
        units=owner.codes,
        issued_on=today,
        as_of_on=today,
        bills=bills,
        total_fen=total_fen,
        total_words=in_words(total_fen),
        pay_by_on=today + timedelta(days=rules.dunning.pay_within_days),
        demand_number=notice.number,
    )
    return await keep_letter(
        session, NoticeKind.OWNER, letter, tenant_id=notice.tenant_id, month=notice.month,
        step=f"{notice.step}:{owner.key}", now=now, rules=rules,
    )  # fmt: skip


async def _hand_to_staff(
    session: AsyncSession, letter: Notice, owner: Owner, guard: str, now: datetime, rules: Rules
) -> None:
    """The owner is no contact of ours in chat, so staff bring or post the letter [practice]."""
    where = "，".join(filter(None, (owner.address, owner.mobile))) or "没有登记地址和手机，请先补录"
    text = (
        f"【告知业主】{letter.number}：{owner.name}（{'、'.join(owner.codes)} 的业主），"
        f"涉及 {yuan(letter.amount_fen)} 元。\n"
        f"送达地址：{where}。\n请打印附件盖章后当面送交或以挂号信、EMS 邮寄，不要在群里发送。完成后发送：\n"
        f"送达 {letter.number} 签收人姓名 负责人\n或：邮寄 {letter.number} 快递单号"
    )
    members = await staff_who_may(session, DELIVER, rules)
    due_at = next_allowed(now, rules.calendar.quiet_from, rules.calendar.quiet_until)
    file = Content(file=letter.subject, file_name=f"{letter.kind}-{letter.number}.pdf")
    for suffix, content in (("", Content(text=text)), (":pdf", file)):
        await tell_staff(
            session, members, f"{letter.subject}:owner{suffix}", content,
            now=now, subject=letter.subject, guard=guard, due_at=due_at,
        )  # fmt: skip
