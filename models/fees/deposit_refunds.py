"""Deposits that are held, and giving them back (退押金): on record, with date, person, way and reason; never credit."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local
from models.errors import UserError
from models.fees.account import lock_accounts
from models.fees.bill import Bill, BillStatus
from models.fees.deposit import Deposit, DepositRefund
from models.fees.money import parse_yuan, yuan
from models.fees.till import Movement, lock_till, note_in_till
from models.people.tenant import Tenant
from models.people.unit import Unit, find_unit
from models.rules import Rules
from models.sequence import next_number

EXAMPLE = "退押金 12 5000 转账 装修验收合格"


@dataclass(frozen=True, slots=True)
class Held:
    """A deposit with where it stands: paid_fen came in, refunded_fen went back."""

    deposit: Deposit
    tenant: str
    unit: str
    bill: str
    paid_fen: int
    refunded_fen: int

    @property
    def held_fen(self) -> int:
        """What the centre has of it now."""
        return self.paid_fen - self.refunded_fen

    def state(self) -> str:
        """In a few words."""
        if self.refunded_fen:
            rest = f"，还押 {yuan(self.held_fen)} 元" if self.held_fen else ""
            return f"已退 {yuan(self.refunded_fen)} 元{rest}"
        if self.paid_fen:
            return f"已收（{self.deposit.number or self.bill}）"
        return f"在账单 {self.bill}，未付清" if self.bill else f"待计入 {self.deposit.month} 账单"


@dataclass(frozen=True, slots=True)
class BackWords:
    """What was typed after 退押金. amount_fen None: all that is held."""

    deposit_id: int
    amount_fen: int | None
    method: str
    reason: str


async def deposits(
    session: AsyncSession, unit: Unit | None = None, *, tenant_id: int | None = None
) -> list[Held]:
    """All deposits, or those of one unit or tenant, newest first."""
    given = (
        select(DepositRefund.deposit_id, func.sum(DepositRefund.amount_fen).label("fen"))
        .group_by(DepositRefund.deposit_id)
        .subquery()
    )
    query = (
        select(Deposit, Tenant.name, Unit.code, Bill, func.coalesce(given.c.fen, 0))
        .join(Tenant, Tenant.id == Deposit.tenant_id)
        .join(Unit, Unit.id == Deposit.unit_id)
        .outerjoin(Bill, Bill.id == Deposit.bill_id)
        .outerjoin(given, given.c.deposit_id == Deposit.id)
        .order_by(Deposit.id.desc())
    )
    if unit is not None:
        query = query.where(Deposit.unit_id == unit.id)
    if tenant_id is not None:
        query = query.where(Deposit.tenant_id == tenant_id)
    return [
        Held(
            deposit,
            tenant,
            code,
            (bill.number or "") if bill else "",
            _paid_fen(deposit, bill),
            int(refunded),
        )
        for deposit, tenant, code, bill, refunded in await session.execute(query)
    ]


def _paid_fen(deposit: Deposit, bill: Bill | None) -> int:
    """A deposit on a bill counts as paid when the bill is paid in full: till then nothing of it is given back."""
    if deposit.received_at is not None:
        return deposit.amount_fen
    settled = bill is not None and bill.status is BillStatus.ISSUED and bill.owed_fen <= 0
    return deposit.amount_fen if settled else 0


async def meant(session: AsyncSession, text: str) -> list[Held]:
    """What somebody asks for by nothing, a unit, or a word of a tenant's name.

    Raises: UserError when the word means nothing.
    """
    word = text.strip()
    if not word:
        return [each for each in await deposits(session) if each.held_fen or not each.refunded_fen]
    if unit := await find_unit(session, word):
        return await deposits(session, unit)
    named = [each for each in await deposits(session) if word in each.tenant]
    if not named:
        raise UserError(f"没有查到“{word[:20]}”的押金。请写单元号或租户名称的一部分。")
    return named


async def parse_back(session: AsyncSession, text: str, rules: Rules) -> BackWords:
    """ "12 5000 转账 装修验收合格" or "A-1203 装修押金 转账 装修验收合格".

    Raises: UserError with an example.
    """
    words = unicodedata.normalize("NFKC", text).split()
    at = next((i for i, word in enumerate(words) if rules.payments.method(word)), None)
    if at is None or at < 1 or len(words) < at + 2:
        raise UserError(f"请写成：退押金 编号 金额 方式 原因，例如：{EXAMPLE}。发送“押金”查看编号。")
    which, amount_fen = words[:at], None
    if len(which) > 1 and which[-1][0].isdecimal():
        amount_fen = parse_yuan(which.pop())
        if not amount_fen:
            raise UserError("金额要大于 0，请核对后重发。")
    deposit_id = await _which(session, which)
    return BackWords(
        deposit_id, amount_fen, rules.payments.method(words[at]) or "", " ".join(words[at + 1 :])[:200]
    )


async def _which(session: AsyncSession, words: Sequence[str]) -> int:
    if len(words) == 1 and words[0].isdecimal() and len(words[0]) < 10:
        return int(words[0])
    unit = await find_unit(session, words[0])
    if unit is None:
        raise UserError(f"没有找到单元“{words[0][:20]}”。请写编号或单元，例如：{EXAMPLE}")
    name = "".join(words[1:])
    held = [each for each in await deposits(session, unit) if each.held_fen and name in each.deposit.name]
    if not held:
        raise UserError(f"{unit.code} 没有可退的{name or '押金'}。发送“押金 {unit.code}”查看。")
    if len(held) > 1:
        numbers = "、".join(f"{each.deposit.id}（{each.tenant} {each.deposit.name}）" for each in held)
        raise UserError(f"{unit.code} 有不止一笔押金，请写编号：{numbers}。")
    return held[0].deposit.id


async def held(session: AsyncSession, deposit_id: int) -> Held:
    """The deposit, where something of it is held.

    Raises: UserError.
    """
    found = next((each for each in await deposits(session) if each.deposit.id == deposit_id), None)
    if found is None:
        raise UserError("没有这笔押金，请核对编号。发送“押金”查看。")
    if not found.paid_fen:
        raise UserError(f"这笔押金还没有收到（{found.state()}），不能退。")
    if not found.held_fen:
        raise UserError(f"这笔押金{found.state()}，没有可退的了。")
    return found


async def give_deposit_back(
    session: AsyncSession, words: BackWords, *, by: str, message_key: str, now: datetime
) -> tuple[DepositRefund, Held, bool]:
    """Records it once per message key; whether it is new.

    Raises: UserError when less is held.
    """
    deposit = await session.get(Deposit, words.deposit_id)
    await lock_accounts(session, [deposit.tenant_id] if deposit else [])
    await lock_till(session, by)
    known = await session.scalar(select(DepositRefund).where(DepositRefund.message_key == message_key))
    if known is not None:
        found = next(each for each in await deposits(session) if each.deposit.id == known.deposit_id)
        return known, found, False
    found = await held(session, words.deposit_id)
    amount_fen = words.amount_fen or found.held_fen
    if amount_fen > found.held_fen:
        raise UserError(f"这笔押金现押 {yuan(found.held_fen)} 元，不能退 {yuan(amount_fen)} 元。")
    month = f"{local(now):%Y%m}"
    refund = DepositRefund(
        number=f"TY-{month}-{await next_number(session, f'deposit-refund:{month}'):04}",
        deposit_id=words.deposit_id, amount_fen=amount_fen, method=words.method, reason=words.reason,
        refunded_by=by, refunded_at=now, message_key=message_key,
    )  # fmt: skip
    session.add(refund)
    await session.flush()
    await note_in_till(
        session, by, now, movement=Movement.DEPOSIT_BACK, number=refund.number,
        tenant_id=found.deposit.tenant_id, method=words.method, reference=words.reason[:100],
        amount_fen=-amount_fen,
    )  # fmt: skip
    return refund, await _again(session, words.deposit_id), True


async def _again(session: AsyncSession, deposit_id: int) -> Held:
    return next(each for each in await deposits(session) if each.deposit.id == deposit_id)
