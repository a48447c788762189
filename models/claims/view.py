"""How a claim stands, in words: the whole of it, and one line of somebody's list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.advance import workflow_of
from models.cases.case import Case, CaseEvent, timeline
from models.cases.repair_cards import clock_text
from models.claims.cards import due_clock, left_text, loss_text, name_of, precise
from models.claims.claim import Claim, ClaimRepair, Scope, claim_of
from models.claims.crew import LEAD, WORK
from models.claims.duty import DUTY_LABELS, DUTY_WORDS, ClaimDuty, DutyKind, duties_of
from models.claims.evidence import SHOT_LABELS, items_of, missing_shots, photos_of
from models.claims.gates import lacks
from models.claims.insurer_clocks import running_lines
from models.clock import local_date
from models.fees.money import yuan
from models.people.staff import Staff
from models.rules import Rules

MOST = 10
_LAST_EVENTS = 20


async def claim_text(session: AsyncSession, case: Case, now: datetime) -> str:
    """Facts, clocks with their proof, evidence, locks, and everything that happened, oldest first."""
    claim = await claim_of(session, case.id)
    holder = await session.get(Staff, case.worker_id) if case.worker_id else None
    state = workflow_of(case).state(case.state).label
    head = f"{name_of(case)}｜{state}｜主责 {claim.department}｜负责人 {holder.name if holder else '待定'}"
    facts = [
        f"描述：{case.description}",
        f"时间：{loss_text(claim, now)}，{clock_text(claim.reported_at, now)} 报告",
    ]
    known = (("标的", claim.object), ("保单", claim.policy_number), ("原因", claim.cause), ("损失", claim.extent),
             ("措施", claim.measures), ("报案号", claim.insurer_case_number), ("第三方", claim.third_party))  # fmt: skip
    facts += [f"{name}：{value}" for name, value in known if value]
    duties = [duty_line(duty, now) for duty in await duties_of(session, claim.id)]
    duties += [f"· {line}" for line in await running_lines(session, claim.id, local_date(now))]
    evidence, locks = await _evidence(session, claim), await _locks(session, case, claim)
    events = _event_lines((await timeline(session, case.id)), now)
    return "\n".join([head, *facts, "【时限】", *duties, "【证据】", *evidence, *locks, "【经过】", *events])


def duty_line(duty: ClaimDuty, now: datetime) -> str:
    """One clock: met when and by what, missed and why, or how long there is."""
    label, due = DUTY_LABELS[duty.kind], due_clock(duty, now)
    why = f"，原因：{duty.reason}{' ' + duty.reason_note if duty.reason_note else ''}" if duty.reason else ""
    if duty.met_at is not None:
        at = precise(duty.met_at, now) if duty.kind is DutyKind.ARRIVE else clock_text(duty.met_at, now)
        late = f"，应在 {due} 前，超时{why or '，请说明原因'}" if duty.missed_at else ""
        return f"✓ {label} {at}（{duty.met_by}，{duty.evidence}{late}）"
    if not duty.is_open:
        return f"— {label}{why}"
    if duty.due_at <= now:
        late = left_text(int((now - duty.due_at).total_seconds()))
        return f"✗ {label} 应在 {due} 前，已超时 {late}{why or '，请补办并说明原因'}"
    return f"○ {label} {due} 前，还剩 {left_text(int((duty.due_at - now).total_seconds()))}{why}"


async def _evidence(session: AsyncSession, claim: Claim) -> list[str]:
    photos = await photos_of(session, claim.id)
    missing = [SHOT_LABELS[shot] for shot in await missing_shots(session, claim.id)]
    unnamed = sum(photo.kind is None for photo, _ in photos)
    line = f"照片 {len(photos)} 张" + (f"，还缺 {'、'.join(missing)}" if missing else "，三样齐全")
    lines = [line + (f"，{unnamed} 张没有点选内容" if unnamed else "")]
    if items := await items_of(session, claim.id):
        lines.append(
            f"受损清单 {len(items)} 项，估损合计 {yuan(sum(item.estimate_fen or 0 for item in items))} 元"
        )
    if claim.estimate_fen is not None:
        told = f"已告知{claim.estimate_told_to}" if claim.estimate_told_at else "还没有告诉保险公司"
        lines.append(f"估价 {yuan(claim.estimate_fen)} 元，{told}")
    return lines


async def _locks(session: AsyncSession, case: Case, claim: Claim) -> list[str]:
    """What is locked and what opens it."""
    found = []
    for scope, word in ((Scope.CLEAR, "清理"), (Scope.REPAIR, "维修")):
        missing = await lacks(session, claim, case, scope)
        if scope is Scope.REPAIR and claim.urgent_at is not None:
            found.append(f"抢修：已开始（{claim.urgent_reason}），残件{claim.kept_parts or '已拍照'}")
        elif missing:
            found.append(f"{word}：锁着，还缺 {'；'.join(missing)}")
        else:
            found.append(f"{word}：可以进行")
    found += [
        f"关联报修：{repair.number} {workflow_of(repair).state(repair.state).label}"
        for repair in await repairs_of(session, claim.id)
    ]
    return ["【锁】", *found]


async def repairs_of_case(session: AsyncSession, case_id: int) -> list[Case]:
    """The repair orders under the gates of the claim behind a case."""
    return await repairs_of(session, (await claim_of(session, case_id)).id)


async def repairs_of(session: AsyncSession, claim_id: int) -> list[Case]:
    """The repair orders under the claim's gates."""
    rows = await session.scalars(
        select(Case).join(ClaimRepair, ClaimRepair.case_id == Case.id).where(ClaimRepair.claim_id == claim_id)
    )
    return sorted(rows, key=lambda case: case.id)


def _event_lines(events: Sequence[CaseEvent], now: datetime) -> list[str]:
    """One line per event; pictures of one person in a row are one line."""
    lines: list[str] = []
    for by_photo, run in groupby(
        events[-_LAST_EVENTS:], key=lambda each: each.move == "照片" and each.actor_name
    ):
        group = list(run)
        if by_photo:
            shown = len({event.data.get("photo") for event in group})
            lines.append(f"{clock_text(group[0].at, now)} {by_photo} 照片 {shown} 张")
        else:
            lines += [
                f"{clock_text(e.at, now)} {e.actor_name} {e.move} {_event_note(e)}".rstrip() for e in group
            ]
    return lines


def _event_note(event: CaseEvent) -> str:
    given = event.data
    parts = [
        event.note,
        *(
            str(given[name])
            for name in ("receipt", "insurer_case", "given_by", "told_to", "reason")
            if given.get(name)
        ),
    ]
    if "amount_fen" in given:
        parts.insert(0, f"{yuan(given['amount_fen'])} 元")
    return " ".join(dict.fromkeys(part for part in parts if part))


async def claims_todo(session: AsyncSession, member: Staff, now: datetime, rules: Rules) -> str:
    """The claims this member has to do with, the most pressing first; a lead sees all; "" for none."""
    if not member.may(WORK, rules):
        return ""
    rows = await session.execute(
        select(Case, Claim)
        .join(Claim, Claim.case_id == Case.id)
        .where(Case.closed_at.is_(None))
        .order_by(Case.id)
    )
    mine = [
        (case, claim)
        for case, claim in rows
        if member.may(LEAD, rules) or case.worker_id == member.id
        or member.department in (claim.department, rules.claims.lead_department)
    ]  # fmt: skip
    if not mine:
        return ""
    duties = await _duties_by_claim(session, [claim.id for _, claim in mine])
    holders = {staff.id: staff.name for staff in await session.scalars(select(Staff))}
    lines = [_todo_line(case, duties.get(claim.id, []), holders, now) for case, claim in mine]
    shown = [line for _, line in sorted(lines)[:MOST]]
    more = [f"……另有 {len(lines) - MOST} 单"] if len(lines) > MOST else []
    return "\n".join([f"【出险理赔】{len(lines)} 单", *shown, *more])


async def _duties_by_claim(session: AsyncSession, claim_ids: Sequence[int]) -> dict[int, list[ClaimDuty]]:
    """The duties that still ask for something, by claim, earliest first."""
    found: dict[int, list[ClaimDuty]] = {}
    rows = await session.scalars(
        select(ClaimDuty).where(ClaimDuty.claim_id.in_(claim_ids)).order_by(ClaimDuty.due_at, ClaimDuty.id)
    )
    for duty in rows:
        if duty.unnamed or duty.is_open:
            found.setdefault(duty.claim_id, []).append(duty)
    return found


def _todo_line(
    case: Case, duties: Sequence[ClaimDuty], holders: dict[int, str], now: datetime
) -> tuple[tuple[datetime, int], str]:
    open_ = [duty for duty in duties if duty.is_open]
    late = "【超时】" if any(duty.due_at <= now for duty in open_) else ""
    parts = [f"{late}{name_of(case)}", workflow_of(case).state(case.state).label]
    parts += [f"{DUTY_WORDS[duty.kind]} {due_clock(duty, now)} 前" for duty in open_[:3]]
    if unsaid := [DUTY_WORDS[duty.kind] for duty in duties if duty.unnamed and duty.is_late(now)]:
        parts.append(f"待说明原因：{'、'.join(unsaid)}")
    parts.append(f"负责人 {holders.get(case.worker_id or 0, '待定')}")
    first = open_[0].due_at if open_ else datetime.max.replace(tzinfo=now.tzinfo)
    return (first, case.id), "｜".join(parts)
