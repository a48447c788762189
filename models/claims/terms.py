"""What clocks and cards need to know of the policies a loss may be reported under."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from models.claims.claim import Claim
from models.clock import local_date
from models.policies.hints import may_apply
from models.policies.policy import Policy, running_policies


@dataclass(frozen=True, slots=True)
class Terms:
    """policies: the one the claim is under, else all that may be asked. notify_h: their shortest term for telling the
    insurer, None where none says."""

    policies: tuple[Policy, ...] = ()

    @property
    def notify_h(self) -> int | None:
        """While it is not settled which policy it will be, the strictest counts."""
        return min((p.report_hours for p in self.policies if p.report_hours is not None), default=None)

    @property
    def chosen(self) -> Policy | None:
        """The policy, where only one comes into question."""
        return self.policies[0] if len(self.policies) == 1 else None

    @property
    def hotlines(self) -> str:
        """ "示例财险 95500"; several insurers one behind the other."""
        return "、".join(dict.fromkeys(f"{p.insurer} {p.hotline}".strip() for p in self.policies))


async def terms_of(session: AsyncSession, claim: Claim) -> Terms:
    """The terms the claim stands under."""
    if claim.policy_id is not None:
        return Terms((await session.get_one(Policy, claim.policy_id),))
    return Terms(tuple(await candidates(session, claim)))


def terms_among(policies: Sequence[Policy], claim: Claim) -> Terms:
    """The same, from policies that are at hand."""
    if claim.policy_id is not None:
        return Terms(tuple(policy for policy in policies if policy.id == claim.policy_id))
    day = local_date(claim.loss_at)
    running = sorted((policy for policy in policies if policy.runs_on(day)), key=lambda policy: policy.id)
    return Terms(tuple(may_apply(running, claim.kind)))


async def candidates(session: AsyncSession, claim: Claim) -> Sequence[Policy]:
    """The policies that ran on the day of the loss and are asked about losses of this kind."""
    return may_apply(await running_policies(session, local_date(claim.loss_at)), claim.kind)
