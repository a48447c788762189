"""冲销: taking an issued bill back as a whole, asked for by finance and approved by the project manager [practice].

The bill stays with its number and its lines, owed by nobody. What it charged may be charged again; what was paid for it
is the tenant's credit. A correct bill follows with the next 补账 (models.fees.supplement), unless none is wanted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local
from models.errors import UserError
from models.fees.account import lock_accounts
from models.fees.bill import Bill, BillKind, BillReversal, BillStatus, ReversalCause, ReversalStatus
from models.fees.credit import settle_from_credit
from models.fees.payment import Allocation, Payment, ReleasedAllocation
from models.fees.sources import SOURCES
from models.notices.withdrawing import withdraw
from models.sequence import next_number

EXAMPLE = "冲销 ZD-202603-0001 读数 电表抄错一位"
CAUSES = {
    "我方": ReversalCause.OURS,
    "读数": ReversalCause.READING,
    "合同": ReversalCause.CONTRACT,
    "其他": ReversalCause.OTHER,
}
CAUSE_NAMES = {cause: word for word, cause in CAUSES.items()}
NO_NEW_BILL = "不重开"
_NUMBER = re.compile(r"[A-Za-z]{2}-?[0-9-]{4,20}|[0-9]{4,12}")


@dataclass(frozen=True, slots=True)
class ReversalWords:
    """What was typed. number: of the bill, or its end. replace: whether a correct bill is to follow."""

    number: str
    cause: ReversalCause
    reason: str
    replace: bool


def parse_reversal(text: str) -> ReversalWords:
    """ "ZD-202603-0001 读数 电表抄错一位" in parts.

    Raises: UserError with an example.
    """
    words = text.replace("，", " ").replace(",", " ").split()
    replace = NO_NEW_BILL not in words
    words = [word for word in words if word != NO_NEW_BILL]
    if len(words) < 3 or not _NUMBER.fullmatch(words[0]) or words[1].removesuffix("原因") not in CAUSES:
        raise UserError(
            f"请写成：冲销 账单号 原因类别（{'、'.join(CAUSES)}） 说明，例如：{EXAMPLE}。"
            f"不再开新账单的，加上“{NO_NEW_BILL}”。"
        )
    return ReversalWords(
        words[0].upper(), CAUSES[words[1].removesuffix("原因")], " ".join(words[2:])[:200], replace
    )


async def ask_reversal(
    session: AsyncSession, words: ReversalWords, *, by: str, now: datetime
) -> tuple[BillReversal, Bill]:
    """Puts the request on record; nothing changes before it is approved.

    Raises: UserError when there is no such bill, or it is reversed or asked about already.
    """
    bill = await _bill_numbered(session, words.number)
    _must_stand(bill)
    waiting = select(BillReversal.id).where(
        BillReversal.bill_id == bill.id, BillReversal.status == ReversalStatus.ASKED
    )
    if await session.scalar(waiting.limit(1)) is not None:
        raise UserError(f"{bill.number} 的冲销已在等待项目经理批准，无需重复提交。")
    asked = BillReversal(
        bill_id=bill.id, status=ReversalStatus.ASKED, cause=words.cause, reason=words.reason,
        replace=words.replace and bill.kind is not BillKind.OPENING, asked_by=by, asked_at=now,
    )  # fmt: skip
    session.add(asked)
    await session.flush()
    return asked, bill


async def _bill_numbered(session: AsyncSession, number: str) -> Bill:
    rows = list(
        await session.scalars(
            select(Bill).where(Bill.number.endswith(number, autoescape=True)).limit(2).with_for_update()
        )
    )
    if len(rows) != 1:
        what = "有几张账单以此结尾，请写完整账单号" if rows else "没有这张账单，请核对账单号"
        raise UserError(f"{what}，例如 ZD-202603-0001。")
    return rows[0]


def _must_stand(bill: Bill) -> None:
    if bill.status is BillStatus.REVERSED:
        raise UserError(f"{bill.number} 已经冲销过，无需重复。")
    if bill.status is not BillStatus.ISSUED:
        raise UserError("这张账单还没有发出，请直接退回后重新出账。")


async def locked_reversal(session: AsyncSession, reversal_id: int) -> tuple[BillReversal, Bill]:
    """The request behind a card and its bill, to be decided.

    Raises: UserError when it was decided before.
    """
    asked = await session.get(BillReversal, reversal_id, with_for_update=True, populate_existing=True)
    if asked is None:
        raise UserError("没有找到这次冲销申请，可能已经失效。")
    if asked.status is not ReversalStatus.ASKED and asked.decided_at:
        done = "批准" if asked.status is ReversalStatus.APPROVED else "驳回"
        raise UserError(f"这次冲销已于 {local(asked.decided_at):%m-%d %H:%M} {done}，无需重复。")
    return asked, await session.get_one(Bill, asked.bill_id)


async def refuse_reversal(asked: BillReversal, *, by: str, answer: str, now: datetime) -> None:
    """The bill stands.

    Raises: UserError without a reason.
    """
    if not answer.strip():
        raise UserError("请写明驳回的原因。")
    asked.status, asked.answer = ReversalStatus.REFUSED, answer.strip()[:200]
    asked.decided_by, asked.decided_at = by, now


async def approve_reversal(session: AsyncSession, asked: BillReversal, *, by: str, now: datetime) -> Bill:
    """Takes the bill back: its marks, its money and its letter. `asked` must be locked.

    Raises: UserError when it can not be: reversed meanwhile, or what it left was used by a later bill.
    """
    bill = await session.get_one(Bill, asked.bill_id)
    await lock_accounts(session, [bill.tenant_id])
    await session.refresh(bill, with_for_update=True)
    _must_stand(bill)
    for source in SOURCES:
        if source.release:
            await source.release(session, [bill.id])
    asked.paid_fen = await _release_money(session, bill, now)
    bill.status, bill.paid_fen = BillStatus.REVERSED, 0
    month = f"{local(now):%Y%m}"
    asked.number = f"CX-{month}-{await next_number(session, f'bill-reversal:{month}'):04}"
    asked.status, asked.decided_by, asked.decided_at = ReversalStatus.APPROVED, by, now
    await session.flush()
    await withdraw(session, bill, now)
    if not asked.replace:  # otherwise the money waits for the bill that follows
        await settle_from_credit(session, bill.tenant_id, now)
    return bill


async def _release_money(session: AsyncSession, bill: Bill, now: datetime) -> int:
    """What was paid for the bill is credit again; the 分. Parts of payments that were taken back stay as they are."""
    rows = await session.execute(
        select(Allocation.id, Allocation.payment_id, Allocation.amount_fen, Allocation.made_at)
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Allocation.bill_id == bill.id, Payment.reversed_at.is_(None))
        .with_for_update(of=Allocation)
    )
    parts = [
        (
            key,
            {
                "payment_id": payment_id, "bill_id": bill.id, "amount_fen": amount_fen, "made_at": made_at,
                "released_at": now,
            },
        )
        for key, payment_id, amount_fen, made_at in rows
    ]  # fmt: skip
    if parts:
        await session.execute(insert(ReleasedAllocation), [values for _, values in parts])
        await session.execute(delete(Allocation).where(Allocation.id.in_([key for key, _ in parts])))
    return sum(int(str(values["amount_fen"])) for _, values in parts)


async def to_replace(session: AsyncSession, month: str, tenant_ids: list[int]) -> dict[int, BillReversal]:
    """By tenant, the reversals of the month that wait for a correct bill, locked; of several the first."""
    rows = await session.execute(
        select(Bill.tenant_id, BillReversal)
        .join(BillReversal, BillReversal.bill_id == Bill.id)
        .where(
            Bill.month == month,
            Bill.tenant_id.in_(tenant_ids),
            BillReversal.status == ReversalStatus.APPROVED,
            BillReversal.replace,
            BillReversal.replacement_id.is_(None),
        )
        .order_by(BillReversal.id.desc())
        .with_for_update()
    )
    return {tenant_id: reversal for tenant_id, reversal in rows}
