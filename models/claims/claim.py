"""A claim (理赔): what a loss is about, beside the case that moves through the workflow "claim"."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.cases.case import Case


class Claim(Base):
    """One loss, 1:1 with a case; place, unit and description are the case's.

    kind: key of `claims.kinds`. object: key of `claims.objects`, which decides the department in charge.
    tenant_id: whose property was hurt, where it is a tenant's. source_case_id: the repair it was opened from.
    occurred_at: None while nobody knows; then every clock runs from discovery, and the papers say so.
    policy_id: the policy it is reported under, None while nobody has said. policy_number: as the insurer was told it.
    reported_at, arrived_at, police_at, insurer_told_at, surveyed_at, estimate_told_at are kept apart [domain §11].
    """

    __tablename__ = "claim"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), unique=True)
    kind: Mapped[str]
    object: Mapped[str]
    department: Mapped[str]
    tenant_id: Mapped[int | None] = mapped_column(ForeignKey("tenant.id"))
    source_case_id: Mapped[int | None] = mapped_column(ForeignKey("case_.id"))
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policy.id"))
    policy_number: Mapped[str] = mapped_column(default="")
    occurred_at: Mapped[datetime | None]
    discovered_at: Mapped[datetime]
    reported_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None]
    police_at: Mapped[datetime | None]
    insurer_told_at: Mapped[datetime | None]
    surveyed_at: Mapped[datetime | None]
    cause: Mapped[str] = mapped_column(default="")
    extent: Mapped[str] = mapped_column(default="")
    measures: Mapped[str] = mapped_column(default="")
    third_party: Mapped[str] = mapped_column(default="")
    police_receipt: Mapped[str] = mapped_column(default="")
    insurer_case_number: Mapped[str] = mapped_column(default="")
    insurer_contact: Mapped[str] = mapped_column(default="")
    estimate_fen: Mapped[int | None]
    estimate_told_at: Mapped[datetime | None]
    estimate_told_to: Mapped[str] = mapped_column(default="")
    urgent_at: Mapped[datetime | None]
    urgent_reason: Mapped[str] = mapped_column(default="")
    kept_parts: Mapped[str] = mapped_column(default="")

    @property
    def occurred_known(self) -> bool:
        """Whether the time of loss is known."""
        return self.occurred_at is not None

    @property
    def loss_at(self) -> datetime:
        """What the clocks run from: the loss, or its discovery [domain §11]."""
        return self.occurred_at or self.discovered_at


class Scope(StrEnum):
    """What the insurer consented to. One consent does not carry another: whoever may clear may not yet waive."""

    CLEAR = "clear"
    REPAIR = "repair"
    SETTLE = "settle"


class Consent(Base):
    """The insurer's consent: to what, by whom of the insurer, in which words."""

    __tablename__ = "claim_consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    scope: Mapped[Scope]
    given_by: Mapped[str]
    note: Mapped[str]
    at: Mapped[datetime]
    noted_by: Mapped[str]


class ClaimRepair(Base):
    """A repair order that mends what the loss broke; the claim's gates lock it."""

    __tablename__ = "claim_repair"
    __table_args__ = (UniqueConstraint("case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"))


async def claim_of(session: AsyncSession, case_id: int) -> Claim:
    """The claim behind a case of the workflow "claim", locked for change."""
    return (
        await session.execute(select(Claim).where(Claim.case_id == case_id).with_for_update())
    ).scalar_one()


async def claim_of_repair(session: AsyncSession, case_id: int) -> Claim | None:
    """The claim a repair order belongs to."""
    found: Claim | None = await session.scalar(
        select(Claim)
        .join(ClaimRepair, ClaimRepair.claim_id == Claim.id)
        .where(ClaimRepair.case_id == case_id)
    )
    return found


async def open_claim_over(session: AsyncSession, repair_id: int) -> Case | None:
    """The open claim a repair order belongs to, as a case, locked for change."""
    found: Case | None = await session.scalar(
        select(Case)
        .join(Claim, Claim.case_id == Case.id)
        .join(ClaimRepair, ClaimRepair.claim_id == Claim.id)
        .where(ClaimRepair.case_id == repair_id, Case.closed_at.is_(None))
        .with_for_update(of=Case)
    )
    return found


async def consents_of(session: AsyncSession, claim_id: int) -> list[Consent]:
    """What the insurer consented to, oldest first."""
    rows = await session.scalars(select(Consent).where(Consent.claim_id == claim_id).order_by(Consent.id))
    return list(rows)
