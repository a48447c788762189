"""Who is told what while a renewal goes from hand to hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.money import yuan
from models.messages.content import Button, Content
from models.messages.media import attached
from models.messages.tell import close_cards, tell_staff
from models.people.staff import Staff, find_staff, name_of, staff_who_may
from models.policies.policy import Policy
from models.policies.renewal import PolicyRenewal, RenewalState
from models.rules import Rules

OFFER, CHECK, APPROVE = "claim.renew", "claim.check", "claim.approve"
"""Permissions: 客户服务部 offers, 行政人事部 checks, 总办 approves."""
_BUTTONS = {
    RenewalState.OFFERED: (CHECK, ("renew_check", "复核通过"), ("renew_back", "退回")),
    RenewalState.CHECKED: (APPROVE, ("renew_approve", "批准"), ("renew_back", "退回")),
}


def buttons_for(renewal: PolicyRenewal, member: Staff, rules: Rules) -> tuple[Button, ...]:
    """What this member may tap now."""
    permission, *taps = _BUTTONS.get(renewal.state, ("",))
    if not permission or not member.may(permission, rules):
        return ()
    return tuple(Button(f"{prefix}:{renewal.id}", label) for prefix, label in taps)


async def offer_text(session: AsyncSession, policy: Policy, renewal: PolicyRenewal) -> str:
    """The offer beside what runs now."""
    papers = len(await attached(session, renewal.subject))
    lines = [
        f"{policy.label}（{policy.insurer}）",
        f"现保险期间：{policy.start_on} 至 {policy.end_on}，保险金额 {yuan(policy.sum_fen)} 元",
        f"续保至：{renewal.end_on}，保费 {yuan(renewal.premium_fen)} 元",
        f"说明：{renewal.note or '条件不变'}",
        f"提交：{await name_of(session, renewal.offered_by)}，附件 {papers} 份",
    ]
    if renewal.checked_by:
        lines.append(f"合同复核：{await name_of(session, renewal.checked_by)}")
    return "\n".join(lines)


async def ask_next(
    session: AsyncSession, policy: Policy, renewal: PolicyRenewal, key: str, *, now: datetime, rules: Rules
) -> None:
    """A card to those who have the next step, with the papers behind it."""
    await close_cards(session, renewal.subject, renewal.state.label[:10], now)
    permission = _BUTTONS[renewal.state][0]
    members = await staff_who_may(session, permission, rules)
    word = "待复核" if renewal.state is RenewalState.OFFERED else "待批准"
    text = await offer_text(session, policy, renewal)
    papers = [media for media in await attached(session, renewal.subject) if media.kind == "image"]
    for member in members:
        content = Content(title=f"保险续保{word}", text=text, buttons=buttons_for(renewal, member, rules))
        await tell_staff(session, [member], f"{key}:renewal", content, now=now, subject=renewal.subject)
    for media in papers:
        file = Content(file=f"media:{media.id}", file_name=media.name)
        await tell_staff(
            session, members, f"{key}:renewal:{media.id}", file, now=now, subject=renewal.subject
        )


async def tell_offerer(
    session: AsyncSession, policy: Policy, renewal: PolicyRenewal, key: str, *, by: str, now: datetime
) -> None:
    """How it went, and what to do next."""
    await close_cards(session, renewal.subject, renewal.state.label[:10], now)
    if renewal.state is RenewalState.RETURNED:
        text = f"{policy.label} 的续保申请被{by}退回：{renewal.reason}。改好后请重新发送“续保”。"
    else:
        text = (
            f"{policy.label} 的续保已由{by}批准。签单后请登记：新保单 {policy.number} 新保单号。"
            f"现保单 {policy.end_on} 到期。"
        )
    members: Sequence[Staff] = await find_staff(session, renewal.offered_by.removeprefix("staff:"))
    await tell_staff(session, members, f"{key}:renewal:told", Content(text=text), now=now)
