"""The money of a claim, each sort for itself: what was lost, claimed, decided, agreed, paid, and what it cost us besides.

Costs of holding the loss down are paid on top of the loss, those of finding it out are the insurer's [law: 保险法 §57, §64];
so neither ever stands in the sum of the loss.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.fees.money import yuan


class AmountKind(StrEnum):
    """What an amount is."""

    LOSS = "loss"
    CLAIMED = "claimed"
    DECIDED = "decided"
    AGREED = "agreed"
    PAID = "paid"
    DEDUCTIBLE = "deductible"
    RESCUE = "rescue"
    EXPERT = "expert"
    INVOICE = "invoice"
    SALVAGE = "salvage"
    OFFSET = "offset"


AMOUNT_LABELS = {
    AmountKind.LOSS: "损失金额",
    AmountKind.CLAIMED: "索赔金额",
    AmountKind.DECIDED: "核定金额",
    AmountKind.AGREED: "协议金额",
    AmountKind.PAID: "到账赔款",
    AmountKind.DEDUCTIBLE: "免赔",
    AmountKind.RESCUE: "施救费",
    AmountKind.EXPERT: "鉴定费",
    AmountKind.INVOICE: "发票",
    AmountKind.SALVAGE: "残值",
    AmountKind.OFFSET: "第三方已赔",
}
OF_THE_INSURER = frozenset({AmountKind.DECIDED, AmountKind.AGREED, AmountKind.PAID})
"""Amounts the insurer grants: nothing granted is a refusal."""
SUMMED = frozenset(
    {
        AmountKind.PAID,
        AmountKind.RESCUE,
        AmountKind.EXPERT,
        AmountKind.INVOICE,
        AmountKind.SALVAGE,
        AmountKind.OFFSET,
    }
)
"""Kinds of which every entry counts; of the others the newest entry holds."""


class ClaimAmount(Base):
    """One amount as it was noted; a correction is another row, so that the file shows both."""

    __tablename__ = "claim_amount"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    kind: Mapped[AmountKind]
    amount_fen: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    noted_by: Mapped[str]


async def amounts_of(session: AsyncSession, claim_id: int) -> list[ClaimAmount]:
    """Every entry, oldest first."""
    rows = await session.scalars(
        select(ClaimAmount).where(ClaimAmount.claim_id == claim_id).order_by(ClaimAmount.id)
    )
    return list(rows)


def totals(entries: list[ClaimAmount]) -> dict[AmountKind, int]:
    """What holds now, by kind; a kind nobody has noted is not there."""
    found: dict[AmountKind, int] = {}
    for entry in entries:
        before = found.get(entry.kind, 0) if entry.kind in SUMMED else 0
        found[entry.kind] = before + entry.amount_fen
    return {kind: found[kind] for kind in AmountKind if kind in found}


def doubts(found: dict[AmountKind, int]) -> list[str]:
    """What does not fit together and should be looked at; nothing is refused for it."""
    said = []
    decided, agreed, paid = (found.get(k) for k in (AmountKind.DECIDED, AmountKind.AGREED, AmountKind.PAID))
    claimed = found.get(AmountKind.CLAIMED)
    if agreed is not None and paid is not None and paid < agreed:
        said.append(f"到账比协议金额少 {yuan(agreed - paid)} 元")
    if agreed is not None and paid is not None and paid > agreed:
        said.append(f"到账比协议金额多 {yuan(paid - agreed)} 元，请核对")
    if claimed is not None and decided is not None and decided < claimed:
        said.append(f"核定比索赔少 {yuan(claimed - decided)} 元，不同意请发“异议”")
    if decided is not None and agreed is not None and agreed > decided:
        said.append(f"协议比核定多 {yuan(agreed - decided)} 元，请核对")
    if AmountKind.OFFSET in found:
        said.append("第三方已赔的部分，保险公司可以从赔款中扣除（保险法第六十条）")
    return said


def amounts_text(found: dict[AmountKind, int]) -> str:
    """One line per kind."""
    return "\n".join(f"{AMOUNT_LABELS[kind]}：{yuan(fen)} 元" for kind, fen in found.items())


def kind_meant(text: str) -> AmountKind | None:
    """The kind a word stands for: 施救费, 施救, 损失, 免赔额 …"""
    wanted = text.strip().removesuffix("额")
    return next((kind for kind, label in AMOUNT_LABELS.items() if wanted and label.startswith(wanted)), None)
