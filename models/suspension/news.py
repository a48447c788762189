"""Who is told what as a suspension moves. The law's warning stands first on everything staff get about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.quiet import next_allowed
from models.clock import local
from models.fees.money import yuan
from models.messages.content import Button, Content
from models.messages.outbox import Purpose
from models.messages.spill import spill
from models.messages.tell import close_cards, tell_contact, tell_staff
from models.notices.notice import Notice
from models.notices.recipients import recipients_of
from models.notices.sending import with_pointer
from models.people.staff import Staff, staff_who_may
from models.people.tenant import Tenant
from models.people.unit import Unit
from models.rules import Rules
from models.suspension.facts import owed_of_letter
from models.suspension.machine import SIDE_RIGHTS, Side, State
from models.suspension.papers import papers_text
from models.suspension.suspension import Suspension, approvals_of

EXECUTE = "suspension.execute"
WARNING = (
    "【法律提示】民法典第944条：不得以停水、停电、停热、停燃气等方式催交物业费，"
    "部分城市另有罚款（如杭州 1 万至 5 万元）。拿不准请先问法务。"
)
_CLOSED = {
    State.ENDORSED: "已批准",
    State.APPROVED: "已批准",
    State.REJECTED: "未批准",
    State.CANCELLED: "已取消",
    State.EXPIRED: "已过期",
    State.EXECUTED: "已执行",
    State.RESTORED: "已恢复",
}


async def tell(
    session: AsyncSession, suspension: Suspension, before: State, now: datetime, rules: Rules
) -> None:
    """What the state just entered means for each of them."""
    await _close_old(session, suspension, now)
    match suspension.state:
        case State.SUBMITTED:
            for side in Side:
                await _ask_side(session, suspension, side, now, rules)
        case State.ENDORSED:
            await _tell_involved(session, suspension, "已一人批准，等待另一位批准。", now, rules)
        case State.APPROVED:
            await _order(session, suspension, now, rules)
        case State.RESTORING:
            await _order_restoring(session, suspension, now, rules)
        case State.EXECUTED | State.RESTORED:
            await _tell_tenant(session, suspension, now, rules)
            await _tell_involved(session, suspension, f"{suspension.state}，已告知租户。", now, rules)
        case State.CANCELLED if before is State.GATHERING:
            # Nobody else has heard of it yet.
            text = f"已取消：{suspension.reason}。"
            await _tell(session, suspension, await _asker(session, suspension), text, now)
        case State.REJECTED | State.CANCELLED | State.EXPIRED:
            workers = await staff_who_may(session, EXECUTE, rules) if before is State.APPROVED else []
            stop = "请勿执行。" if workers else ""
            text = f"{suspension.state}：{suspension.reason}。{stop}"
            await _tell_involved(session, suspension, text, now, rules, workers)


async def tell_late(session: AsyncSession, suspension: Suspension, now: datetime, rules: Rules) -> None:
    """The services are not restored in time: those who approved hear of it, once."""
    text = (
        f"恢复已超过 {rules.suspension.restore_h} 小时未完成（{suspension.reason}），请立即督促工程部恢复。"
    )
    await _tell_involved(session, suspension, text, now, rules, key="late")


async def describe(session: AsyncSession, suspension: Suspension) -> str:
    """The application in a few lines."""
    tenant = await session.get_one(Tenant, suspension.tenant_id)
    notice = await session.get_one(Notice, suspension.notice_id)
    codes = await session.scalars(
        select(Unit.code).where(Unit.id.in_(suspension.unit_ids)).order_by(Unit.code)
    )
    owed_fen = await owed_of_letter(session, notice)
    return (
        f"{suspension.number} {tenant.name}（{'、'.join(codes)}）\n"
        f"暂停：{'、'.join(suspension.services)}；通知书 {notice.number}，未付 {yuan(owed_fen)} 元"
    )


async def _close_old(session: AsyncSession, suspension: Suspension, now: datetime) -> None:
    """Cards of a step that is over lose their buttons; the other side's card stays open until it has answered."""
    word = _CLOSED.get(suspension.state)
    if word is None:
        return
    sides = list(Side)
    if suspension.state is State.ENDORSED:
        sides = [Side(each.side) for each in await approvals_of(session, suspension.id)]
    for side in sides:
        await close_cards(session, f"{suspension.subject}:{side.name}", word, now)
    await close_cards(session, f"{suspension.subject}:work", word, now)


async def _ask_side(
    session: AsyncSession, suspension: Suspension, side: Side, now: datetime, rules: Rules
) -> None:
    text = f"{await describe(session, suspension)}\n{papers_text(suspension.papers)}\n{_basis(rules)}"
    buttons = (
        Button(f"suspend_ok:{suspension.id}", "同意暂停"),
        Button(f"suspend_no:{suspension.id}", "不同意"),
    )
    members = await staff_who_may(session, SIDE_RIGHTS[side], rules)
    await _card(session, suspension, members, side.name, f"暂停服务待{side}批准", text, buttons, now, rules)


async def _order(session: AsyncSession, suspension: Suspension, now: datetime, rules: Rules) -> None:
    """Engineering gets the task only now, and may still say that it can not be done."""
    until = f"{local(suspension.expires_at):%-m月%-d日 %H:%M}" if suspension.expires_at else ""
    text = (
        f"{await describe(session, suspension)}\n{_basis(rules)}\n"
        f"两位已批准，{until} 前有效。执行前看一遍现场：有服务器、冷藏物品或人员的，不要执行，点“现场不宜”。"
    )
    buttons = (
        Button(f"suspend_done:{suspension.id}", "已执行"),
        Button(f"suspend_unfit:{suspension.id}", "现场不宜"),
    )
    workers = await staff_who_may(session, EXECUTE, rules)
    await _card(session, suspension, workers, "work", "暂停服务待执行", text, buttons, now, rules)
    await _tell_involved(session, suspension, f"两位已批准，已转工程部，{until} 前有效。", now, rules)


async def _order_restoring(
    session: AsyncSession, suspension: Suspension, now: datetime, rules: Rules
) -> None:
    """At any hour: a service is not withheld a moment longer than its reason lasts."""
    due = f"{local(suspension.restore_due_at):%-m月%-d日 %H:%M}" if suspension.restore_due_at else ""
    text = f"{await describe(session, suspension)}\n原因：{suspension.reason}。请在 {due} 前恢复。"
    buttons = (Button(f"restore_done:{suspension.id}", "已恢复"),)
    workers = await staff_who_may(session, EXECUTE, rules)
    await _card(session, suspension, workers, "work", "请恢复服务", text, buttons, now, rules, urgent=True)
    await _tell_involved(session, suspension, f"待恢复：{suspension.reason}，已派工程部。", now, rules)


async def _tell_tenant(session: AsyncSession, suspension: Suspension, now: datetime, rules: Rules) -> None:
    services = "、".join(suspension.services)
    text = (
        f"贵司因欠费，以下服务已暂停：{services}（{suspension.number}）。付清后随即恢复；有疑问请发送“异议”，"
        f"有紧急情况请立即致电 {rules.park.phone}。"
        if suspension.state is State.EXECUTED
        else f"贵司已暂停的服务现已恢复：{services}（{suspension.number}）。感谢配合。"
    )
    notice = await session.get_one(Notice, suspension.notice_id)
    content = with_pointer(notice, text, rules)
    due_at = next_allowed(now, rules.calendar.quiet_from, rules.calendar.quiet_until)
    for contact in await recipients_of(session, suspension.tenant_id):
        await tell_contact(
            session, contact, f"{suspension.subject}:tenant:{suspension.state.name}", content,
            now=now, purpose=Purpose.NOTICE, due_at=due_at,
        )  # fmt: skip


async def _tell_involved(
    session: AsyncSession,
    suspension: Suspension,
    text: str,
    now: datetime,
    rules: Rules,
    workers: Sequence[Staff] = (),
    key: str = "",
) -> None:
    """Who asked and who may approve, and with them the workers of a task that is void now.

    At night only what has to be acted upon at once: a task that is void, a service to be restored.
    """
    members = [*workers, *await _asker(session, suspension)]
    for right in SIDE_RIGHTS.values():
        members += await staff_who_may(session, right, rules)
    urgent = bool(workers) or suspension.state is State.RESTORING
    due_at = now if urgent else next_allowed(now, rules.calendar.quiet_from, rules.calendar.quiet_until)
    await _tell(session, suspension, members, text, now, due_at, key)


async def _asker(session: AsyncSession, suspension: Suspension) -> list[Staff]:
    """Who asked for it; nobody where that member has left."""
    rows = await session.scalars(select(Staff).where(Staff.userid == suspension.requested_by, Staff.active))
    return list(rows)


async def _tell(
    session: AsyncSession,
    suspension: Suspension,
    members: Sequence[Staff],
    text: str,
    now: datetime,
    due_at: datetime | None = None,
    key: str = "",
) -> None:
    """Once for each state and member."""
    content = Content(text=f"{WARNING}\n【暂停服务】{await describe(session, suspension)}\n{text}")
    once = {member.userid: member for member in members}
    name = f"{suspension.subject}:told:{key or suspension.state.name}"
    await tell_staff(session, once.values(), name, content, now=now, due_at=due_at)


async def _card(
    session: AsyncSession,
    suspension: Suspension,
    members: Sequence[Staff],
    part: str,
    title: str,
    text: str,
    buttons: tuple[Button, ...],
    now: datetime,
    rules: Rules,
    *,
    urgent: bool = False,
) -> None:
    """A card that is withheld once the suspension has moved on."""
    due_at = now if urgent else next_allowed(now, rules.calendar.quiet_from, rules.calendar.quiet_until)
    content = Content(title=title, text=f"{WARNING}\n{text}", buttons=buttons)
    for i, each in enumerate(spill(content)):
        await tell_staff(
            session, members, f"{suspension.subject}:{part}:{suspension.state.name}:{i}", each,
            now=now, subject=f"{suspension.subject}:{part}",
            guard=f"suspension:{suspension.id}/{suspension.state.name}", due_at=due_at,
        )  # fmt: skip


def _basis(rules: Rules) -> str:
    return f"依据：{rules.suspension.legal_basis or '仅限可选服务，不影响水、电、热、燃气'}"


async def suspension_stands(session: AsyncSession, argument: str) -> str:
    """Guard: a card "<id>/<state>" is withheld when the suspension has moved on; an endorsed one is still waiting."""
    number, _, state = argument.partition("/")
    suspension = await session.get(Suspension, int(number), populate_existing=True)
    if suspension is None:
        return "申请不存在"
    waiting = {State.SUBMITTED.name, State.ENDORSED.name}
    same = suspension.state.name == state or {suspension.state.name, state} <= waiting
    return "" if same else f"该申请{suspension.state}"
