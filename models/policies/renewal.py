"""Renewing a policy: 客户服务部 offers, 行政人事部 checks the contract, 总办 approves [manual ¶3.1, 3.4]."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.errors import UserError
from models.policies.policy import Policy


class RenewalState(StrEnum):
    """Who has it in hand."""

    OFFERED = "offered"
    CHECKED = "checked"
    APPROVED = "approved"
    RETURNED = "returned"
    DONE = "done"

    @property
    def label(self) -> str:
        """In texts."""
        return _LABELS[self]


_LABELS = {
    RenewalState.OFFERED: "待行政人事部复核",
    RenewalState.CHECKED: "待总办批准",
    RenewalState.APPROVED: "已批准，待签单",
    RenewalState.RETURNED: "已退回",
    RenewalState.DONE: "已续保",
}
OPEN = (RenewalState.OFFERED, RenewalState.CHECKED, RenewalState.APPROVED)
"""States in which somebody still has to do something."""


class PolicyRenewal(Base):
    """An offer to go on with a policy until `end_on`. The names of who checked and approved are "staff:<userid>"."""

    __tablename__ = "policy_renewal"

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"), index=True)
    state: Mapped[RenewalState]
    premium_fen: Mapped[int]
    end_on: Mapped[date]
    note: Mapped[str]
    offered_by: Mapped[str]
    offered_at: Mapped[datetime]
    checked_by: Mapped[str] = mapped_column(default="")
    checked_at: Mapped[datetime | None]
    approved_by: Mapped[str] = mapped_column(default="")
    approved_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")

    @property
    def subject(self) -> str:
        """The name other tables use for it."""
        return f"renewal:{self.id}"


async def lock_renewal(session: AsyncSession, renewal_id: int) -> PolicyRenewal:
    """The offer behind a button. Raises UserError."""
    found = await session.get(PolicyRenewal, renewal_id, with_for_update=True)
    if found is None:
        raise UserError("没有找到这份续保申请，发送“续保”看待办的续保。")
    return found


async def open_renewals(session: AsyncSession) -> list[PolicyRenewal]:
    """Offers somebody still has in hand, oldest first."""
    rows = await session.scalars(
        select(PolicyRenewal).where(PolicyRenewal.state.in_(OPEN)).order_by(PolicyRenewal.id)
    )
    return list(rows)


async def open_renewal_of(session: AsyncSession, policy_id: int) -> PolicyRenewal | None:
    """The offer in hand for one policy."""
    return next((each for each in await open_renewals(session) if each.policy_id == policy_id), None)


async def offer(
    session: AsyncSession,
    policy: Policy,
    premium_fen: int,
    end_on: date,
    note: str,
    *,
    by: str,
    now: datetime,
) -> PolicyRenewal:
    """A new offer. Raises UserError while another is in hand, or when it does not go beyond the policy."""
    running = await open_renewal_of(session, policy.id)
    if running is not None:
        raise UserError(f"{policy.label} 已有续保申请（{running.state.label}），不用重复提交。")
    if end_on <= policy.end_on:
        raise UserError(f"新的止保日 {end_on} 应晚于现在的 {policy.end_on}，请核对。")
    made = PolicyRenewal(
        policy_id=policy.id, state=RenewalState.OFFERED, premium_fen=premium_fen, end_on=end_on, note=note,
        offered_by=by, offered_at=now,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    return made


def check(renewal: PolicyRenewal, *, by: str, now: datetime) -> None:
    """行政人事部 has checked the contract."""
    _must_be(renewal, RenewalState.OFFERED)
    renewal.state, renewal.checked_by, renewal.checked_at = RenewalState.CHECKED, by, now


def approve(renewal: PolicyRenewal, *, by: str, now: datetime) -> None:
    """总办 agrees; never the one who offered it."""
    _must_be(renewal, RenewalState.CHECKED)
    if by == renewal.offered_by:
        raise UserError("提交人不能批准自己的续保申请，请另一位有批准权限的同事处理。")
    renewal.state, renewal.approved_by, renewal.approved_at = RenewalState.APPROVED, by, now


def send_back(renewal: PolicyRenewal, reason: str) -> None:
    """To the one who offered it, with a reason."""
    if renewal.state not in (RenewalState.OFFERED, RenewalState.CHECKED):
        _must_be(renewal, RenewalState.OFFERED)
    if not reason.strip():
        raise UserError("请写明退回的原因，例如：保费高于上年，请重新询价。")
    renewal.state, renewal.reason = RenewalState.RETURNED, reason.strip()[:200]


def _must_be(renewal: PolicyRenewal, state: RenewalState) -> None:
    if renewal.state is not state:
        raise UserError(f"这份续保申请现在是“{renewal.state.label}”，不能再做这一步。")


async def take_up(
    session: AsyncSession, policy: Policy, renewal: PolicyRenewal | None, number: str
) -> Policy:
    """The new policy as signed: as the old one, with its own number and period.

    Raises UserError without an approved offer, or for a number that is taken.
    """
    if renewal is None or renewal.state is not RenewalState.APPROVED:
        state = renewal.state.label if renewal else "还没有提交"
        raise UserError(f"{policy.label} 的续保{state}，批准后才能登记新保单。发送“续保”查看。")
    if await session.scalar(select(Policy.id).where(Policy.number == number)):
        raise UserError(f"保单号 {number} 已经登记过，请核对。")
    kept = (
        "name", "insurer", "hotline", "contact_name", "contact_phone", "holder", "insured", "sum_fen", "deductible_fen",
        "deductible_note", "report_hours", "riders", "losses", "exclusions",
    )  # fmt: skip
    fresh = Policy(
        number=number, start_on=policy.end_on + timedelta(days=1), end_on=renewal.end_on,
        **{name: getattr(policy, name) for name in kept},
    )  # fmt: skip
    session.add(fresh)
    renewal.state = RenewalState.DONE
    await session.flush()
    return fresh
