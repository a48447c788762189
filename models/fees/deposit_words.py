"""What staff and tenants read about deposits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.deposit import Deposit, DepositRefund
from models.fees.deposit_refunds import BackWords, Held
from models.fees.money import yuan
from models.messages.content import Content
from models.messages.tell import tell_contact
from models.people.tenant import contacts_of

_MOST = 20


def deposits_text(found: Sequence[Held]) -> str:
    """The list with its total; a long list is cut, the total is not."""
    if not found:
        return "没有登记押金。随账单收请发送：押金 A-1203 装修押金 5000；当场收的后面再写方式。"
    held_fen = sum(each.held_fen for each in found)
    rows = [
        f"{each.deposit.id}. {each.tenant} {each.unit} {each.deposit.name} {yuan(each.deposit.amount_fen)} 元，"
        f"{each.state()}"
        for each in found[:_MOST]
    ]
    more = [f"……另有 {len(found) - _MOST} 笔"] if len(found) > _MOST else []
    return "\n".join(
        [f"押金 {len(found)} 笔，现押 {yuan(held_fen)} 元（代为保管，不是收入）：", *rows, *more]
    )


def back_question(found: Held, words: BackWords) -> str:
    """What is asked before a deposit goes back."""
    amount_fen = words.amount_fen or found.held_fen
    left_fen = found.held_fen - amount_fen
    left = f"退后还押 {yuan(left_fen)} 元" if left_fen > 0 else "退后结清"
    return (
        f"请确认退押金：{found.tenant} {found.unit} {found.deposit.name}，{words.method}退 {yuan(amount_fen)} 元，{left}。\n"
        f"原因：{words.reason}\n回复“是”退还，“否”取消。"
    )


async def tell_deposit_taken(session: AsyncSession, deposit: Deposit, now: datetime) -> None:
    """The tenant's contacts who see money hear that it is held for them."""
    text = (
        f"已收到贵司{deposit.name} {yuan(deposit.amount_fen)} 元（{deposit.method}，押金单 {deposit.number}）。"
        "期满验收无误后退还，请保留本消息。"
    )
    await _tell(session, deposit, f"deposit:{deposit.id}", text, now)


async def tell_deposit_back(session: AsyncSession, found: Held, refund: DepositRefund, now: datetime) -> None:
    """They hear that it has gone back, how and why."""
    rest = f"还押 {yuan(found.held_fen)} 元。" if found.held_fen else "已全部退清。"
    text = (
        f"已退还贵司{found.deposit.name} {yuan(refund.amount_fen)} 元（{refund.method}，退押单 {refund.number}），"
        f"说明：{refund.reason}。{rest}如有疑问请联系服务中心。"
    )
    await _tell(session, found.deposit, f"deposit_refund:{refund.id}", text, now)


async def _tell(session: AsyncSession, deposit: Deposit, key: str, text: str, now: datetime) -> None:
    for contact in await contacts_of(session, deposit.tenant_id):
        if contact.role.sees_money:
            await tell_contact(
                session, contact, key, Content(text=text), now=now, subject=f"deposit:{deposit.id}"
            )
