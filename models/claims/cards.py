"""What cards and lines about a claim say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from models.cases.case import Case
from models.cases.repair_cards import clock_text
from models.claims.claim import Claim
from models.claims.duty import DUTY_LABELS, DUTY_WORDS, ClaimDuty, DutyKind
from models.claims.terms import Terms
from models.clock import local, local_date
from models.messages.content import Button, Content
from models.people.staff import Staff
from models.policies.words import cautions
from models.rules import Rules

ALARM_BUTTONS = ("到场", "报险", "接手")
"""What can be tapped on the first card; everything else is offered as it becomes due."""


def precise(at: datetime, now: datetime) -> str:
    """ "14:30:05" today, else "11-24 14:30:05": the first clock counts seconds."""
    return local(at).strftime("%H:%M:%S" if local_date(at) == local_date(now) else "%m-%d %H:%M:%S")


def due_clock(duty: ClaimDuty, now: datetime) -> str:
    """The due time as people read it."""
    return precise(duty.due_at, now) if duty.kind is DutyKind.ARRIVE else clock_text(duty.due_at, now)


def loss_text(claim: Claim, now: datetime) -> str:
    """When it happened, or that nobody knows."""
    if claim.occurred_at is not None:
        return f"{clock_text(claim.occurred_at, now)} 出险"
    return f"{clock_text(claim.discovered_at, now)} 发现，出险时间不明"


def name_of(case: Case) -> str:
    """ "L01 水浸 B座地下室"."""
    return f"{case.number} {case.category} {case.place}".strip()


def with_hotline(content: Content, terms: Terms) -> Content:
    """The same with the number to ring, on every card of a claim [manual 4.2.1]."""
    if not terms.hotlines or terms.hotlines in content.text:
        return content
    return replace(content, text=f"{content.text}\n报案电话：{terms.hotlines}。")


def tap(case: Case, word: str) -> Button:
    """The word as a button: as if it were typed."""
    return Button(f"say:{word} {case.number}", word)


def alarm_card(
    case: Case,
    claim: Claim,
    duties: Sequence[ClaimDuty],
    holder: Staff | None,
    terms: Terms,
    now: datetime,
    rules: Rules,
) -> Content:
    """The first card: what to do now, by when, and whom to ring."""
    lines = [
        f"{case.description[:40]}（{loss_text(claim, now)}）",
        f"现在做：{rules.claims.kinds[claim.kind].first}",
        "拍照：远景、近景、带比例尺各一张，原图直接发来。未经保险公司同意，不清理、不维修、不对外承诺。",
        "时限：" + "；".join(_due_words(duty, now) for duty in duties if duty.met_at is None),
        f"主责：{claim.department}　负责人：{holder.name if holder else '待定'}",
    ]
    if terms.hotlines:
        lines.append(f"报案电话：{terms.hotlines}")
    lines += cautions(terms.policies, claim.kind)[:2]
    buttons = tuple(tap(case, word) for word in ALARM_BUTTONS)
    return Content(title=f"【出险】{name_of(case)}", text="\n".join(lines), buttons=buttons)


def _due_words(duty: ClaimDuty, now: datetime) -> str:
    late = "（已过，请立即补办）" if duty.due_at <= now else ""
    return f"{DUTY_WORDS[duty.kind]} {due_clock(duty, now)} 前{late}"


def moved_card(case: Case, claim: Claim, before: str, holder: Staff | None) -> Content:
    """Another department is in charge: what is hurt is not what it seemed."""
    text = (
        f"受损标的更正为{claim.object}，主责部门由{before}改为{claim.department}，"
        f"负责人：{holder.name if holder else '待定'}。时限不变，发“进度 {case.number}”看还有什么没办。"
    )
    return Content(
        title=f"【主责变更】{name_of(case)}", text=text, buttons=(tap(case, "进度"), tap(case, "接手"))
    )


def reminder(case: Case, duty: ClaimDuty, now: datetime) -> Content:
    """Before a duty is due."""
    left = int((duty.due_at - now).total_seconds())
    text = (
        f"{due_clock(duty, now)} 前须{DUTY_LABELS[duty.kind]}（{duty.basis}），还剩 {left_text(left)}。"
        f"办好请发“{DUTY_WORDS[duty.kind]} {case.number}”。"
    )
    return Content(
        title=f"【时限提醒】{name_of(case)}", text=text, buttons=(tap(case, DUTY_WORDS[duty.kind]),)
    )


def at_once(case: Case, terms: Terms) -> Content:
    """Half an hour has gone, and the insurer has not been told."""
    phone = f"报案电话：{terms.hotlines}。" if terms.hotlines else ""
    text = f"手册要求情况控制后立即报险。{phone}点“报险”可看到电话里要说的话。"
    return Content(title=f"【请立即报险】{name_of(case)}", text=text, buttons=(tap(case, "报险"),))


def missed(case: Case, duty: ClaimDuty, now: datetime, rules: Rules) -> Content:
    """A duty was missed: do it now, and say why."""
    word = DUTY_WORDS[duty.kind]
    text = (
        f"应在 {due_clock(duty, now)} 前{DUTY_LABELS[duty.kind]}（{duty.basis}），已错过。"
        f"请马上补办（发“{word} {case.number}”），并点选原因；没有说明的不能结案。"
    )
    return Content(title=f"【错过时限】{name_of(case)}", text=text, buttons=reason_buttons(duty, rules))


def reason_buttons(duty: ClaimDuty, rules: Rules) -> tuple[Button, ...]:
    """The reasons a manager has set, one tap each."""
    return tuple(
        Button(f"why:{duty.id}:{place}", reason) for place, reason in enumerate(rules.claims.miss_reasons[:6])
    )


def escalated(case: Case, duty: ClaimDuty, holder: Staff | None, now: datetime) -> Content:
    """For those above: missed, and still open."""
    late = left_text(int((now - duty.due_at).total_seconds()))
    who = f"负责人 {holder.name}" if holder else "尚无负责人"
    text = f"{DUTY_LABELS[duty.kind]}已超时 {late}，仍未办（{who}，{duty.department}）。"
    return Content(text=f"【超时升级】{name_of(case)}\n{text}请督办；发“进度 {case.number}”看全部经过。")


def left_text(seconds: int) -> str:
    """ "45 秒", "12 分钟", "5 小时 30 分钟", "2 天 3 小时"."""
    if seconds < 60:
        return f"{max(0, seconds)} 秒"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if hours < 1:
        return f"{minutes} 分钟"
    if days < 1:
        rest = minutes - 60 * hours
        return f"{hours} 小时" + (f" {rest} 分钟" if rest else "")
    rest = hours - 24 * days
    return f"{days} 天" + (f" {rest} 小时" if rest else "")
