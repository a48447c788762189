"""理赔看板: every open claim with its clocks as lights, for a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.advance import workflow_of
from models.cases.case import Case
from models.cases.repair_cards import clock_text
from models.claims.amounts import AmountKind, amounts_of, totals
from models.claims.checklist import checklist
from models.claims.claim import Claim
from models.claims.documents import BoardClaim, BoardClock, ClaimBoard, Light
from models.claims.duty import DUTY_WORDS, ClaimDuty, duties_of
from models.claims.insurer_clocks import SORTS, ClockKind, InsurerClock, clocks_of
from models.clock import local_date
from models.fees.money import yuan
from models.notices.documents import Issuer
from models.people.staff import Staff
from models.policies.policy import Policy
from models.rules import Rules

MOST = 12
"""More claims than this no picture on a phone can show; the list names the others."""
_SHORT = {
    ClockKind.DECISION: "保险核定",
    ClockKind.UNDISPUTED: "先行赔付",
    ClockKind.PAYMENT: "支付赔款",
    ClockKind.REFUSAL: "拒赔理由",
    ClockKind.LIMITATION: "索赔时效",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One open claim with everything the board shows."""

    case: Case
    claim: Claim
    row: BoardClaim

    @property
    def rank(self) -> tuple[int, int]:
        """The worst first."""
        lights = {clock.light for clock in self.row.clocks}
        worst = 0 if Light.RED in lights else 1 if Light.AMBER in lights else 2
        return worst, self.case.id


async def standings(session: AsyncSession, now: datetime, rules: Rules) -> list[Standing]:
    """Every open claim, the worst first."""
    rows = await session.execute(
        select(Case, Claim)
        .join(Claim, Claim.case_id == Case.id)
        .where(Case.closed_at.is_(None))
        .order_by(Case.id)
    )
    found = [
        Standing(case, claim, await _row(session, case, claim, now, rules)) for case, claim in rows.all()
    ]
    return sorted(found, key=lambda each: each.rank)


def board_of(found: Sequence[Standing], now: datetime, rules: Rules) -> ClaimBoard:
    """The picture's facts."""
    return ClaimBoard(
        issuer=Issuer.of(rules.park),
        made_at=now,
        claims=tuple(each.row for each in found[:MOST]),
        more=max(0, len(found) - MOST),
    )


async def _row(session: AsyncSession, case: Case, claim: Claim, now: datetime, rules: Rules) -> BoardClaim:
    holder = await session.get(Staff, case.worker_id) if case.worker_id else None
    policy = await session.get(Policy, claim.policy_id) if claim.policy_id else None
    ours = [duty_clock(duty, now, rules) for duty in await duties_of(session, claim.id, lock=False)]
    theirs = [
        clock
        for each in await clocks_of(session, claim.id, lock=False)
        if (clock := insurer_clock(each, now, rules))
    ]
    missing = [line.label for line in await checklist(session, claim) if line.missing]
    return BoardClaim(
        number=case.number,
        title=f"{claim.kind} {case.place}".strip(),
        state=workflow_of(case).state(case.state).label,
        holder=holder.name if holder else "待定",
        department=claim.department,
        hotline=f"{policy.insurer} {policy.hotline}" if policy else "",
        clocks=tuple(ours + theirs),
        papers=f"缺 {'、'.join(missing)}" if missing else "已齐",
        money=await _money(session, claim),
    )


async def _money(session: AsyncSession, claim: Claim) -> str:
    noted = totals(await amounts_of(session, claim.id))
    shown = [("估损", claim.estimate_fen)] + [
        (word, noted.get(kind))
        for word, kind in (
            ("索赔", AmountKind.CLAIMED),
            ("核定", AmountKind.DECIDED),
            ("到账", AmountKind.PAID),
        )
    ]
    return "，".join(f"{word} {yuan(fen)}" for word, fen in shown if fen is not None)


def duty_clock(duty: ClaimDuty, now: datetime, rules: Rules) -> BoardClock:
    """One of our own clocks."""
    word, due = DUTY_WORDS[duty.kind], clock_text(duty.due_at, now)
    if duty.met_at is not None:
        if duty.missed_at is not None:
            return BoardClock(word, f"{clock_text(duty.met_at, now)} 已办，超时", Light.LATE)
        return BoardClock(word, f"{clock_text(duty.met_at, now)} 已办", Light.DONE)
    if not duty.is_open:
        return BoardClock(word, duty.reason, Light.DONE)
    left, span = duty.due_at - now, duty.due_at - duty.starts_at
    if left <= timedelta(0):
        return BoardClock(word, f"应在 {due} 前，已超 {short_span(-left)}", Light.RED)
    soon = left * 100 <= span * rules.insurance.amber_percent
    return BoardClock(word, f"{due} 前，剩 {short_span(left)}", Light.AMBER if soon else Light.GREEN)


def insurer_clock(clock: InsurerClock, now: datetime, rules: Rules) -> BoardClock | None:
    """One of the insurer's; None once it is over. The limitation shows only when it comes near."""
    if not clock.runs:
        return None
    today, word = local_date(now), _SHORT[clock.kind]
    left, span = (clock.due_on - today).days, (clock.due_on - clock.starts_on).days
    if clock.kind is ClockKind.LIMITATION and left > max(rules.insurance.limitation_warn_days, default=0):
        return None
    if clock.paused_on:
        return BoardClock(word, f"等我方补料，{clock.paused_on} 起停计", Light.AMBER)
    if left < 0:
        return BoardClock(word, f"{clock.due_on} 已过 {-left} 天，{SORTS[clock.kind].law}", Light.RED)
    soon = left * 100 <= span * rules.insurance.amber_percent
    return BoardClock(word, f"{clock.due_on} 前，剩 {left} 天", Light.AMBER if soon else Light.GREEN)


def short_span(span: timedelta) -> str:
    """ "40 秒", "35 分", "5 小时", "2 天"."""
    minutes = int(span.total_seconds()) // 60
    if minutes < 1:
        return f"{int(span.total_seconds())} 秒"
    if minutes < 60:
        return f"{minutes} 分"
    return f"{minutes // 60} 小时" if minutes < 48 * 60 else f"{minutes // 1440} 天"


def board_text(found: Sequence[Standing], now: datetime) -> str:
    """The same as a list, for those who can not see the picture."""
    if not found:
        return "目前没有在办的理赔。新出险请发“出险 地点 情况”。"
    lines = [f"【理赔】在办 {len(found)} 件（{clock_text(now, now)}）"]
    for each in found:
        pressing = [clock for clock in each.row.clocks if clock.light in (Light.RED, Light.AMBER)]
        said = "；".join(
            f"{'【超时】' if c.light is Light.RED else ''}{c.word} {c.text}" for c in pressing[:3]
        )
        head = f"{each.row.number} {each.row.title}｜{each.row.state}｜{each.row.holder}"
        lines.append(f"{head}\n　{said or '时限正常'}｜材料{each.row.papers}")
    lines.append(
        f"看一件：进度 {found[0].row.number}；材料 {found[0].row.number}；卷宗 {found[0].row.number}。"
    )
    return "\n".join(lines)
