"""What a month's bill left in the tenant's favour, waiting for the next bill: nothing that was computed is lost."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class CarriedCredit(Base):
    """The amount a bill could not hold because its lines came to less than nothing.

    amount_fen: in the tenant's favour, more than 0. reason: as printed on the next bill.
    bill_id: the issued bill that took it in.
    """

    __tablename__ = "carried_credit"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    from_bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"), unique=True)
    amount_fen: Mapped[int]
    reason: Mapped[str]
    bill_id: Mapped[int | None] = mapped_column(ForeignKey("bill.id"), index=True)
