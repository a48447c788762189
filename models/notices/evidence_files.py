"""Which files and agreements belong to the evidence pack; the bytes lie in the file store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.bill_lines import plain
from models.fees.payment import Payment
from models.fees.penalty_agreement import PenaltyAgreement
from models.notices.evidence_document import Agreement
from models.notices.proof import ProofChain
from models.suspension.suspension import Suspension


@dataclass(frozen=True, slots=True)
class StoredFile:
    """what: for people, "催款通知单 CK-202602-0003". sha256: its name in the store."""

    what: str
    sha256: str


def letter_files(chains: Iterable[ProofChain]) -> list[StoredFile]:
    """The exact documents the debtor was sent."""
    return [StoredFile(f"{chain.kind} {chain.number}", chain.sha256) for chain in chains]


def receipt_files(payments: Iterable[Payment]) -> list[StoredFile]:
    """The receipts of payments that stand."""
    return [
        StoredFile(f"收据 {payment.number}", payment.receipt_sha256)
        for payment in payments
        if payment.reversed_at is None
    ]


def pictures_of(chains: Sequence[ProofChain]) -> list[StoredFile]:
    """Photos that prove a delivery, each once."""
    found: dict[str, StoredFile] = {}
    for chain in chains:
        for event in chain.events:
            for sha256 in event.photos:
                what = f"{chain.number} {event.stage.value}（{event.how}）"
                found.setdefault(sha256, StoredFile(what, sha256))
    return list(found.values())


async def contract_pictures(session: AsyncSession, tenant_id: int) -> list[StoredFile]:
    """Photos of the contract that were handed in for a suspension of services, each once."""
    rows = await session.execute(
        select(Suspension.number, Suspension.papers)
        .where(Suspension.tenant_id == tenant_id)
        .order_by(Suspension.id)
    )
    found: dict[str, StoredFile] = {}
    for number, papers in rows:
        for sha256 in (papers.get("clause_photo") or {}).get("photos", ()):
            found.setdefault(sha256, StoredFile(f"合同条款和签字页（{number}）", sha256))
    return list(found.values())


async def agreements_of(session: AsyncSession, tenant_id: int) -> tuple[Agreement, ...]:
    """What was agreed about 违约金, oldest first."""
    rows = await session.scalars(
        select(PenaltyAgreement)
        .where(PenaltyAgreement.tenant_id == tenant_id)
        .order_by(PenaltyAgreement.from_on)
    )
    return tuple(
        Agreement(each.contract_reference, f"每日 {plain(each.daily_rate * 1000)}‰", each.from_on)
        for each in rows
    )
