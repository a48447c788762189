"""公摊池: what the main meters count beyond the sub-meters, shared by the units of a building, an area or the park.

The share is always a line of its own; nothing is ever added to the price of a kWh [law: 电力法 §44, 物业管理条例 §44].
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.fees.meter import MeterKind


class ShareBasis(StrEnum):
    """What a unit's part is measured by; the value is what people say."""

    AREA = "按面积"
    EQUAL = "均摊"


class SharedPool(Base):
    """A pool and who shares it.

    buildings, unit_ids: whose units share; both empty: the whole park. Common units never do.
    sub_ids: the sub-meters by name; empty: every meter of the kind in the units that share.
    counts_from: the cut-off it was counted from first, so that months it had to wait are not lost.
    """

    __tablename__ = "shared_pool"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[MeterKind]
    basis: Mapped[ShareBasis]
    buildings: Mapped[list[str]]
    unit_ids: Mapped[list[int]]
    main_ids: Mapped[list[int]]
    sub_ids: Mapped[list[int]]
    active: Mapped[bool] = mapped_column(default=True)
    counts_from: Mapped[date | None]


class PoolMonth(Base):
    """What a pool came to on the bills of a month: from the end of `from_on` to the end of `to_on`.

    centre_fen: the part of empty units, which the centre bears. issued: the month's bills have gone out with it.
    """

    __tablename__ = "pool_month"
    __table_args__ = (UniqueConstraint("pool_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("shared_pool.id"), index=True)
    month: Mapped[str] = mapped_column(index=True)
    from_on: Mapped[date]
    to_on: Mapped[date]
    main_usage: Mapped[Decimal]
    sub_usage: Mapped[Decimal]
    price_yuan: Mapped[Decimal]
    tariff_id: Mapped[int] = mapped_column(ForeignKey("tariff.id"))
    pool_fen: Mapped[int]
    centre_fen: Mapped[int]
    meter_ids: Mapped[list[int]]
    issued: Mapped[bool] = mapped_column(default=False)


class PoolShare(Base):
    """A tenant's part of a pool for one unit. bill_id: the bill it stands on, once that is issued."""

    __tablename__ = "pool_share"

    id: Mapped[int] = mapped_column(primary_key=True)
    pool_month_id: Mapped[int] = mapped_column(ForeignKey("pool_month.id", ondelete="CASCADE"), index=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    amount_fen: Mapped[int]
    basis: Mapped[str]
    source: Mapped[dict[str, Any]]
    bill_id: Mapped[int | None] = mapped_column(ForeignKey("bill.id"), index=True)


class PoolPause(Base):
    """Somebody decided that a pool waits on a month's bills: its usage is shared with the next ones."""

    __tablename__ = "pool_pause"
    __table_args__ = (UniqueConstraint("pool_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("shared_pool.id"), index=True)
    month: Mapped[str] = mapped_column(index=True)
    reason: Mapped[str]
    paused_by: Mapped[str]
    paused_at: Mapped[datetime]
