"""Taking deposits (押金), on the month's bill or at the counter, and giving them back. Money held, never income."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.clock import local, local_date
from models.errors import UserError
from models.fees.account import lock_accounts
from models.fees.bill import Bill, BillLine, BillRun, BillStatus, RunStatus
from models.fees.charging import payer_in
from models.fees.deposit import DEPOSIT, Deposit
from models.fees.money import parse_yuan
from models.fees.till import Movement, lock_till, note_in_till
from models.people.tenant import Tenant
from models.rules import Rules
from models.sequence import next_number

EXAMPLE = "押金 A-1203 装修押金 5000"


@dataclass(frozen=True, slots=True)
class DepositWords:
    """What was typed. method: "" for one that is to stand on the month's bill."""

    unit: str
    name: str
    amount_fen: int
    method: str = ""
    reference: str = ""

    def to_json(self) -> dict[str, Any]:
        """For the answers of a form."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, object]) -> DepositWords:
        """The inverse of `to_json`; other keys are left alone."""
        return cls(
            str(data["unit"]), str(data["name"]), int(str(data["amount_fen"])), str(data["method"]),
            str(data["reference"]),
        )  # fmt: skip


def parse_deposit(text: str, rules: Rules) -> DepositWords:
    """ "A-1203 装修押金 5000", or with "转账 流水号" behind it for one taken at the counter.

    Raises: UserError with an example.
    """
    words = unicodedata.normalize("NFKC", text).split()
    if len(words) < 3:
        raise UserError(f"请写成：押金 单元 项目 金额，例如：{EXAMPLE}。当场收的再加方式：{EXAMPLE} 现金")
    unit, name, amount, *rest = words
    known = rules.fees.deposits
    meant = [each for each in known if name in each]
    if len(meant) != 1:
        raise UserError(f"押金项目应为{'、'.join(known)}之一，收到的是“{name[:20]}”。")
    amount_fen = parse_yuan(amount)
    if not amount_fen:
        raise UserError("金额要大于 0，请核对后重发。")
    method = (rules.payments.method(rest[0]) or "") if rest else ""
    if rest and not method:
        raise UserError(
            f"没看懂“{rest[0][:20]}”。当场收的请写方式：{'、'.join(rules.payments.methods)}；随账单收的不用写。"
        )
    return DepositWords(unit, meant[0], amount_fen, method, " ".join(rest[1:])[:100])


async def ask_for_deposit(
    session: AsyncSession, words: DepositWords, *, by: str, message_key: str, now: datetime
) -> tuple[Deposit, Tenant]:
    """Puts the deposit on the present month's bill of whoever rents the unit today.

    Raises: UserError; also for the same deposit twice.
    """
    deposit, tenant = await _new(session, words, by=by, message_key=message_key, now=now)
    session.add(deposit)
    await session.flush()
    return deposit, tenant


async def take_deposit(
    session: AsyncSession, words: DepositWords, *, by: str, message_key: str, now: datetime
) -> tuple[Deposit, Tenant, bool]:
    """Records a deposit paid at the counter, once per message key; whether it is new.

    One that was to stand on the next bill is paid with it.

    Raises: UserError.
    """
    _, tenant = await payer_in(session, words.unit, now)
    await lock_accounts(session, [tenant.id])
    await lock_till(session, by)
    known = await session.scalar(select(Deposit).where(Deposit.message_key == message_key))
    if known is not None:
        return known, tenant, False
    deposit = await _waiting(session, words, now)
    if deposit is None:
        deposit, tenant = await _new(session, words, by=by, message_key=message_key, now=now)
    deposit.message_key = message_key
    month = f"{local(now):%Y%m}"
    deposit.number = f"YJ-{month}-{await next_number(session, f'deposit:{month}'):04}"
    deposit.method, deposit.received_at, deposit.taken_by = words.method, now, by
    session.add(deposit)
    await session.flush()
    await note_in_till(
        session, by, now, movement=Movement.DEPOSIT, number=deposit.number, tenant_id=tenant.id,
        method=words.method, reference=words.reference, amount_fen=deposit.amount_fen,
    )  # fmt: skip
    return deposit, tenant, True


async def _waiting(session: AsyncSession, words: DepositWords, now: datetime) -> Deposit | None:
    """The same deposit, asked for but on no bill that anybody has checked."""
    unit, tenant = await payer_in(session, words.unit, now)
    rows = await session.scalars(
        select(Deposit)
        .where(
            Deposit.tenant_id == tenant.id,
            Deposit.unit_id == unit.id,
            Deposit.name == words.name,
            Deposit.amount_fen == words.amount_fen,
            Deposit.bill_id.is_(None),
            Deposit.received_at.is_(None),
        )
        .with_for_update()
    )
    for each in rows:
        if not await _being_billed(session, each.id):
            return each
    return None


async def _new(
    session: AsyncSession, words: DepositWords, *, by: str, message_key: str, now: datetime
) -> tuple[Deposit, Tenant]:
    unit, tenant = await payer_in(session, words.unit, now)
    month = str(Month.of(local_date(now)))
    same = select(Deposit.id).where(
        Deposit.tenant_id == tenant.id,
        Deposit.unit_id == unit.id,
        Deposit.name == words.name,
        Deposit.amount_fen == words.amount_fen,
        Deposit.month == month,
    )
    if known := await session.scalar(same.limit(1)):
        raise UserError(f"本月已登记过同样一笔押金（编号 {known}）。发送“押金 {unit.code}”查看。")
    deposit = Deposit(
        tenant_id=tenant.id, unit_id=unit.id, name=words.name, amount_fen=words.amount_fen, month=month,
        entered_by=by, entered_at=now, message_key=message_key,
    )  # fmt: skip
    return deposit, tenant


async def withdraw_deposit(session: AsyncSession, deposit_id: int) -> Deposit:
    """Takes back a deposit that is neither billed nor paid.

    Raises: UserError.
    """
    deposit = await session.get(Deposit, deposit_id, with_for_update=True)
    if deposit is None:
        raise UserError("没有这笔押金，请核对编号。发送“押金”查看。")
    if deposit.received_at is not None:
        raise UserError("这笔押金已经收到，不能撤销。要退请发送“退押金”，写明编号、方式和原因。")
    if deposit.bill_id is not None or await _being_billed(session, deposit_id):
        raise UserError("这笔押金已在账单上，不能撤销。请联系财务。")
    await session.delete(deposit)
    await session.flush()
    return deposit


async def _being_billed(session: AsyncSession, deposit_id: int) -> bool:
    """Whether it stands on a draft that somebody has already checked."""
    found = await session.scalar(
        select(BillLine.id)
        .join(Bill, Bill.id == BillLine.bill_id)
        .join(BillRun, BillRun.id == Bill.run_id)
        .where(
            Bill.status == BillStatus.DRAFT,
            BillRun.status != RunStatus.DRAFT,
            BillLine.code == DEPOSIT,
            BillLine.source["deposit_id"].as_integer() == deposit_id,
        )
        .limit(1)
    )
    return found is not None
