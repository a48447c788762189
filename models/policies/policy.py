"""The insurance policies of the park: what insurer, what hotline, until when [manual ¶4.2.1, 4.4.1]."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.errors import UserError


class Policy(Base):
    """One policy for one period; a renewal is another row.

    holder: the company that is insured (被保险人); insured: what is (标的).
    losses: kinds of loss (keys of `claims.kinds`) it is asked about; whether it pays is for the insurer to say.
    report_hours: where the wording wants the report earlier than the manual's 12 h; None: it does not say.
    deductible_note: what an amount can not say, such as "或损失金额的 10%，以高者为准".
    exclusions: what the wording leaves out, in the words of the one who entered the policy.
    """

    __tablename__ = "policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    insurer: Mapped[str]
    hotline: Mapped[str]
    contact_name: Mapped[str] = mapped_column(default="")
    contact_phone: Mapped[str] = mapped_column(default="")
    holder: Mapped[str] = mapped_column(default="")
    insured: Mapped[str] = mapped_column(default="")
    sum_fen: Mapped[int]
    deductible_fen: Mapped[int] = mapped_column(default=0)
    deductible_note: Mapped[str] = mapped_column(default="")
    start_on: Mapped[date]
    end_on: Mapped[date]
    report_hours: Mapped[int | None]
    riders: Mapped[list[str]]
    losses: Mapped[list[str]]
    exclusions: Mapped[str] = mapped_column(default="")

    @property
    def subject(self) -> str:
        """The name other tables use for it."""
        return f"policy:{self.id}"

    @property
    def label(self) -> str:
        """How texts name it."""
        return f"{self.name} {self.number}"

    def runs_on(self, day: date) -> bool:
        """Whether the day lies in its period."""
        return self.start_on <= day <= self.end_on


async def all_policies(session: AsyncSession) -> list[Policy]:
    """Every policy, the one that ends last first."""
    return list(await session.scalars(select(Policy).order_by(Policy.end_on.desc(), Policy.id)))


async def running_policies(session: AsyncSession, on: date) -> list[Policy]:
    """Those whose period the day lies in, as they were entered."""
    rows = await session.scalars(
        select(Policy).where(Policy.start_on <= on, Policy.end_on >= on).order_by(Policy.id)
    )
    return list(rows)


async def find_policy(session: AsyncSession, text: str, today: date) -> Policy:
    """The one policy meant by its number, or by a part of number or name; of several the one that runs.

    Raises UserError when there is none, or several.
    """
    wanted = text.strip()
    everything = await all_policies(session)
    exact = [policy for policy in everything if policy.number.upper() == wanted.upper()]
    hits = exact or [policy for policy in everything if wanted and wanted.upper() in policy.label.upper()]
    running = [policy for policy in hits if policy.runs_on(today)] or hits
    if not running:
        raise UserError(f"没有找到保单“{wanted[:20]}”，发送“保单”看全部保单。")
    if len(running) > 1:
        names = "；".join(policy.label for policy in running[:5])
        raise UserError(f"有几份保单都对得上：{names}。请写保单号。")
    return running[0]


def replaced(policy: Policy, everything: list[Policy]) -> bool:
    """Whether a policy of the same sort goes on where this one ends."""
    return any(
        other.id != policy.id
        and other.name == policy.name
        and other.end_on > policy.end_on
        and (other.start_on - policy.end_on).days <= 1
        for other in everything
    )
