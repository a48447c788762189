"""A request to be forgotten on its way through the service centre: asked, taken back, decided, answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.messages.content import Button, Content
from models.messages.outbox import Purpose, enqueue
from models.messages.tell import close_cards, tell_staff
from models.people.staff import staff_who_may
from models.people.tenant import Contact, Tenant
from models.privacy.erasing import KEPT, erase
from models.privacy.erasure import (
    Erasure,
    ErasureStatus,
    last_who_sees_money,
    refuse_while_needed,
    running_request,
)
from models.rules import Rules

DECIDE = "privacy.erase"
_GONE = "这份申请已经处理过，或已撤回。发送“删除申请”查看待处理的。"


async def ask_to_erase(
    session: AsyncSession, contact: Contact, tenant: Tenant, account: str, now: datetime, rules: Rules
) -> Erasure:
    """Notes the request once and puts it before those who decide."""
    running = await running_request(session, contact.id)
    if running:
        return running
    erasure = Erasure(contact_id=contact.id, account=account, status=ErasureStatus.ASKED, asked_at=now)
    session.add(erasure)
    await session.flush()
    content = await request_card(session, erasure, contact, tenant, rules)
    members = await staff_who_may(session, DECIDE, rules)
    await tell_staff(session, members, f"{erasure.subject}:asked", content, now=now, subject=erasure.subject)
    return erasure


async def request_card(
    session: AsyncSession, erasure: Erasure, contact: Contact, tenant: Tenant, rules: Rules
) -> Content:
    """What those who decide have to know: who, until when, and what it means for the company."""
    day = erasure.decide_by(rules)
    lines = [
        f"{tenant.name} {contact.name}（{contact.role}）要求删除个人信息，请在{day.month}月{day.day}日前处理。"
    ]
    if await last_who_sees_money(session, contact):
        lines.append("删除后该公司没有能收账单的联系人，请先请对方登记接替的人。")
    lines.append("同意后立即删除、不能恢复；不同意要写明法定理由。")
    return Content(
        title="删除个人信息申请",
        text="\n".join(lines),
        buttons=(Button(f"erase_yes:{erasure.id}", "同意删除"), Button(f"erase_no:{erasure.id}", "不同意")),
    )


async def withdraw(session: AsyncSession, contact: Contact, now: datetime) -> None:
    """Taken back by the person. Raises UserError when nothing waits."""
    erasure = await running_request(session, contact.id)
    if erasure is None:
        raise UserError("您没有待处理的删除申请。")
    erasure.status, erasure.decided_at, erasure.decided_by = (
        ErasureStatus.WITHDRAWN, now, f"contact:{contact.id}",
    )  # fmt: skip
    await close_cards(session, erasure.subject, "对方已撤回", now)


async def request_to_decide(session: AsyncSession, number: str) -> tuple[Erasure, Contact]:
    """The request a button names, locked. Raises UserError when it is over."""
    if not (number.isascii() and number.isdecimal()) or len(number) > 9:
        raise UserError(_GONE)
    erasure = await session.get(Erasure, int(number), with_for_update=True)
    if erasure is None or erasure.status is not ErasureStatus.ASKED:
        raise UserError(_GONE)
    return erasure, await session.get_one(Contact, erasure.contact_id, with_for_update=True)


async def agree(
    session: AsyncSession, erasure: Erasure, contact: Contact, *, by: str, now: datetime
) -> dict[str, int]:
    """Does it and tells the person what stays and why; how many rows of each kind went. Raises UserError while needed."""
    await refuse_while_needed(session, contact)
    removed = await erase(session, contact, now)
    kept = "\n".join(f"· {each}" for each in KEPT)
    text = (
        "您的删除申请已办完：姓名、手机、微信绑定和聊天内容都已删除。\n"
        f"按法律只保存、不再使用的有：\n{kept}\n如需再次使用，请贵司重新登记联系人。"
    )
    await _decide(session, erasure, ErasureStatus.DONE, "", text, by=by, now=now)
    return removed


async def refuse(session: AsyncSession, erasure: Erasure, reason: str, *, by: str, now: datetime) -> None:
    """The law lets us keep it; the person gets to read why, and where to complain [law: 个人信息保护法 §50]."""
    text = (
        f"您的删除申请没有通过，理由：{reason}\n有异议可以回复“人工”，也可以向网信部门投诉或向人民法院起诉。"
    )
    await _decide(session, erasure, ErasureStatus.REFUSED, reason, text, by=by, now=now)


async def _decide(
    session: AsyncSession,
    erasure: Erasure,
    status: ErasureStatus,
    reason: str,
    text: str,
    *,
    by: str,
    now: datetime,
) -> None:
    erasure.status, erasure.reason, erasure.decided_by, erasure.decided_at = status, reason[:300], by, now
    word = "已删除" if status is ErasureStatus.DONE else "未同意"
    await close_cards(session, erasure.subject, word, now)
    # Not to the contact, who is gone, but to the chat that asked.
    await enqueue(
        session,
        f"{erasure.subject}:answer",
        Content(text=text),
        recipient=f"kf:{erasure.account}",
        account=erasure.account,
        purpose=Purpose.UPDATE,
        now=now,
        subject=erasure.subject,
    )
    erasure.account = ""
