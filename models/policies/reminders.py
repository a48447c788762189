"""Asking for renewals before a policy ends [manual ¶3.1: 跟进保险合同续保; practice: 60/30/15/7 days]."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.content import Content
from models.messages.tell import tell_staff
from models.people.staff import Staff, staff_who_may
from models.policies.policy import Policy, all_policies, replaced
from models.policies.renewal import PolicyRenewal, RenewalState, open_renewal_of
from models.policies.renewal_cards import APPROVE, CHECK, OFFER
from models.rules import Rules

ENDED = 0
"""The step of a policy that ran out without another behind it."""
_FORGOTTEN_DAYS = 30
"""A policy that ended longer ago was given up on purpose."""


def reminder_step(policy: Policy, today: date, renewal_days: tuple[int, ...]) -> int | None:
    """The step that is due by today: the smallest number of days that has been reached, 0 once it ended.

    A step missed while the machine was off is not made up: the later one says all of it.
    """
    left = (policy.end_on - today).days
    if left < -_FORGOTTEN_DAYS:
        return None
    if left < 0:
        return ENDED
    return min((days for days in renewal_days if left <= days), default=None)


async def remind_renewals(session: AsyncSession, today: date, now: datetime, rules: Rules) -> int:
    """Says each step once; how many policies are due."""
    everything = await all_policies(session)
    due = 0
    for policy in everything:
        step = reminder_step(policy, today, rules.insurance.renewal_days)
        if step is None or replaced(policy, everything):
            continue
        renewal = await open_renewal_of(session, policy.id)
        members = await _concerned(session, renewal, step, rules)
        text = _text(policy, renewal, today)
        await tell_staff(session, members, f"{policy.subject}:renew:{step}", Content(text=text), now=now)
        due += 1
    return due


async def _concerned(
    session: AsyncSession, renewal: PolicyRenewal | None, step: int, rules: Rules
) -> list[Staff]:
    """Those who offer, whoever holds the offer now, and at the last step 总办 as well."""
    wanted = {OFFER}
    if renewal is not None and renewal.state is RenewalState.OFFERED:
        wanted.add(CHECK)
    held = renewal is not None and renewal.state is RenewalState.CHECKED
    if held or step <= min(rules.insurance.renewal_days, default=0):
        wanted.add(APPROVE)
    found = {
        m.id: m for permission in sorted(wanted) for m in await staff_who_may(session, permission, rules)
    }
    return [found[number] for number in sorted(found)]


def _text(policy: Policy, renewal: PolicyRenewal | None, today: date) -> str:
    left = (policy.end_on - today).days
    when = f"还有 {left} 天到期" if left > 0 else "今天到期" if left == 0 else f"已到期 {-left} 天"
    head = f"【续保提醒】{policy.label}（{policy.insurer}）{policy.end_on} 止，{when}。"
    if renewal is not None:
        return f"{head}续保申请{renewal.state.label}，请跟进。"
    last = policy.number
    return f"{head}请询价并提交，先发报价单照片，再发送“续保 {last} 保费 新止保日”。"
