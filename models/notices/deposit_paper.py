"""押金收据 and 押金退还单: what a tenant keeps while a deposit is held, and what it signs when it gets it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import ServiceError
from models.fees.bill import Bill
from models.fees.deposit import Deposit, DepositRefund
from models.fees.money import in_words
from models.notices.documents import Issuer
from models.people.staff import name_of
from models.people.tenant import Tenant
from models.people.unit import Unit
from models.rules import Rules


@dataclass(frozen=True, slots=True)
class DepositPaper:
    """Either paper. taken_by: number of the receipt or bill it came with, "" on the receipt itself.

    held_fen: what the centre has of it after this. why: the reason of a refund, "" on the receipt.
    """

    issuer: Issuer
    title: str
    number: str
    tenant: str
    unit: str
    name: str
    at: datetime
    method: str
    taken_by: str
    amount_fen: int
    amount_words: str
    deposit_fen: int
    held_fen: int
    why: str
    by: str

    def __post_init__(self) -> None:
        if not 0 < self.amount_fen <= self.deposit_fen or self.held_fen < 0:
            raise ValueError(f"{self.number}: {self.amount_fen} of {self.deposit_fen}, {self.held_fen} held")

    @property
    def returns(self) -> str:
        """What happens to the money, for whoever reads the paper."""
        if not self.why:
            return "本押金由服务中心代为保管，期满验收无误后凭本收据退还，不抵扣日常费用。"
        return "押金已按上列金额退还。" + ("其余部分仍由服务中心代为保管。" if self.held_fen else "")


async def deposit_receipt(session: AsyncSession, deposit_id: int, rules: Rules) -> DepositPaper:
    """For a deposit taken at the counter. Raises ServiceError for any other."""
    found = await _facts(session, deposit_id)
    deposit, tenant, unit, _ = found
    if deposit.number is None or deposit.received_at is None:
        raise ServiceError(f"deposit {deposit_id} was not taken at the counter")
    return DepositPaper(
        issuer=Issuer.of(rules.park), title="押金收据", number=deposit.number, tenant=tenant, unit=unit,
        name=deposit.name, at=deposit.received_at, method=deposit.method, taken_by="",
        amount_fen=deposit.amount_fen, amount_words=in_words(deposit.amount_fen), deposit_fen=deposit.amount_fen,
        held_fen=deposit.amount_fen, why="", by=await name_of(session, deposit.taken_by),
    )  # fmt: skip


async def deposit_back(session: AsyncSession, refund_id: int, rules: Rules) -> DepositPaper:
    """For a deposit, or a part of it, given back. Raises ServiceError when there is no such refund."""
    refund = await session.get(DepositRefund, refund_id)
    if refund is None:
        raise ServiceError(f"no such refund: {refund_id}")
    deposit, tenant, unit, bill = await _facts(session, refund.deposit_id)
    until_now = select(func.sum(DepositRefund.amount_fen)).where(
        DepositRefund.deposit_id == deposit.id, DepositRefund.id <= refund.id
    )
    returned_fen = int(await session.scalar(until_now) or 0)
    return DepositPaper(
        issuer=Issuer.of(rules.park), title="押金退还单", number=refund.number, tenant=tenant, unit=unit,
        name=deposit.name, at=refund.refunded_at, method=refund.method, taken_by=deposit.number or bill,
        amount_fen=refund.amount_fen, amount_words=in_words(refund.amount_fen), deposit_fen=deposit.amount_fen,
        held_fen=deposit.amount_fen - returned_fen, why=refund.reason,
        by=await name_of(session, refund.refunded_by),
    )  # fmt: skip


async def _facts(session: AsyncSession, deposit_id: int) -> tuple[Deposit, str, str, str]:
    """The deposit, its tenant, its unit, and the number of the bill it stands on."""
    row = (
        await session.execute(
            select(Deposit, Tenant.name, Unit.code, Bill.number)
            .join(Tenant, Tenant.id == Deposit.tenant_id)
            .join(Unit, Unit.id == Deposit.unit_id)
            .outerjoin(Bill, Bill.id == Deposit.bill_id)
            .where(Deposit.id == deposit_id)
        )
    ).one_or_none()
    if row is None:
        raise ServiceError(f"no such deposit: {deposit_id}")
    deposit, tenant, unit, bill = row
    return deposit, tenant, unit, bill or ""
