"""Suspensions of services (暂停服务): the application, who approved it, what was carried out, when it was undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, ForeignKey, ScalarSelect, UniqueConstraint, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.errors import UserError
from models.suspension.machine import LIVE, State

SHORTEST = 3
"""So many characters of a number at least."""


class Suspension(Base):
    """One application about one debtor. The debt is the tenant's; the units are where the services are used.

    notice_id: the paper 暂停服务通知书. papers: what was asked for one by one, item → text and digests of pictures.
    approved_at, executed_at, restore_due_at: when each began; expires_at: an approved decision lapses then.
    next_at: when the calendar has to look at it; None when it need not.
    """

    __tablename__ = "suspension"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    state: Mapped[State] = mapped_column(index=True)
    unit_ids: Mapped[list[int]]
    services: Mapped[list[str]]
    papers: Mapped[dict[str, Any]]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    executed_at: Mapped[datetime | None]
    restore_due_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")

    @property
    def subject(self) -> str:
        """The name other tables use for it."""
        return f"suspension:{self.id}"


class SuspensionEvent(Base):
    """One move. `actor`: "staff:<userid>" or "system"; side: of an approval, which of the two it was."""

    __tablename__ = "suspension_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    suspension_id: Mapped[int] = mapped_column(ForeignKey("suspension.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    move: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    note: Mapped[str]


class SuspensionApproval(Base):
    """An approval that stands: one per side, and never two by one person."""

    __tablename__ = "suspension_approval"
    __table_args__ = (UniqueConstraint("suspension_id", "side"), UniqueConstraint("suspension_id", "userid"))

    id: Mapped[int] = mapped_column(primary_key=True)
    suspension_id: Mapped[int] = mapped_column(ForeignKey("suspension.id"), index=True)
    side: Mapped[str]
    userid: Mapped[str]
    at: Mapped[datetime]


async def live_of(session: AsyncSession, tenant_id: int) -> Suspension | None:
    """The tenant's suspension that is not over, locked for change."""
    found: Suspension | None = await session.scalar(
        select(Suspension)
        .where(Suspension.tenant_id == tenant_id, Suspension.state.in_(LIVE))
        .order_by(Suspension.id.desc())
        .limit(1)
        .with_for_update()
    )
    return found


async def locked(session: AsyncSession, argument: str) -> Suspension:
    """The suspension a button names, locked for change. Raises UserError."""
    found = None
    if argument.isascii() and argument.isdecimal() and len(argument) <= 9:
        found = await session.get(Suspension, int(argument), with_for_update=True, populate_existing=True)
    if found is None:
        raise UserError("没有找到这份暂停服务申请，请核对后再试。")
    return found


async def approvals_of(session: AsyncSession, suspension_id: int) -> list[SuspensionApproval]:
    """Who has approved, in order."""
    rows = await session.scalars(
        select(SuspensionApproval)
        .where(SuspensionApproval.suspension_id == suspension_id)
        .order_by(SuspensionApproval.id)
    )
    return list(rows)


async def find_by_number(session: AsyncSession, text: str) -> Suspension:
    """The suspension meant by its number or a unique end of it, locked for change. Raises UserError."""
    wanted = text.strip().upper()
    rows = await session.scalars(
        select(Suspension)
        .where(Suspension.number.endswith(wanted, autoescape=True))
        .order_by(Suspension.id.desc())
        .limit(2)
        .with_for_update()
    )
    found = list(rows)
    if len(wanted) < SHORTEST or len(found) != 1:
        raise UserError(f"没有找到申请“{text.strip()[:20]}”，请写完整编号，例如 ZS-202605-001。")
    return found[0]


async def live_ids(session: AsyncSession) -> list[int]:
    """Those that are not over, by id."""
    rows = await session.scalars(
        select(Suspension.id).where(Suspension.state.in_(LIVE)).order_by(Suspension.id)
    )
    return list(rows)


async def unlocked_one(session: AsyncSession, suspension_id: int) -> Suspension | None:
    """The suspension, locked for change; None while somebody else works on it, or when it is over."""
    found: Suspension | None = await session.scalar(
        select(Suspension)
        .where(Suspension.id == suspension_id, Suspension.state.in_(LIVE))
        .with_for_update(skip_locked=True)
    )
    return found


def live() -> ColumnElement[bool]:
    """Those that are not over."""
    return Suspension.state.in_(LIVE)


def next_look(now: BindParameter[datetime]) -> ScalarSelect[Any]:
    """When one of them lapses or is late next, after `now`."""
    return select(func.min(Suspension.next_at)).where(live(), Suspension.next_at > now).scalar_subquery()
