"""What was understood wrongly, put right: the category, the urgency, the place of a repair."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models.audit.entry import record
from models.cases.advance import workflow_of
from models.cases.case import Case
from models.cases.intake import OTHER, Placed
from models.cases.merge_proposal import propose_merge
from models.cases.repair import LIVE
from models.cases.timing import retarget, targets_of
from models.cases.workflow import Act
from models.errors import UserError
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.people.staff import Staff, on_shift_first, staff_who_may

_MORE_URGENT = {"normal": "urgent", "urgent": "urgent", "emergency": "emergency"}


async def recategorise(session: AsyncSession, case: Case, category: str, act: Act) -> None:
    """Raises: UserError when the category does not exist or the work is done."""
    _must_be_open(case)
    if category not in (*act.rules.repair.categories, OTHER):
        raise UserError("没有这个类别，请点选列出的类别。")
    if category != case.category:
        await _change(session, case, act, f"类别改为{category}", category=category)


async def hurry(session: AsyncSession, case: Case, act: Act) -> None:
    """Normal becomes urgent.

    Raises: UserError when the work is done.
    """
    _must_be_open(case)
    urgency = _MORE_URGENT[case.urgency]
    if urgency != case.urgency:
        await raise_urgency(session, case, urgency, act, "租户说比较急，已改为加急")


async def raise_urgency(session: AsyncSession, case: Case, urgency: str, act: Act, why: str) -> None:
    """The clocks that run are set as if it had been so from the start."""
    await _change(session, case, act, why, urgency=urgency)


async def locate(session: AsyncSession, case: Case, placed: Placed, act: Act) -> None:
    """Where it is, when that became known only after the alarm."""
    place = placed.place
    case.unit_id = placed.unit.id if placed.unit else None
    await _change(session, case, act, f"地点：{place}", place=place)
    await propose_merge(session, case, act)


def _must_be_open(case: Case) -> None:
    if case.state not in LIVE:
        raise UserError(f"{case.number} 已经处理完，不用再改。还有问题请发“重开 {case.number}”。")


async def _change(session: AsyncSession, case: Case, act: Act, text: str, **fields: str) -> None:
    workflow = workflow_of(case)
    before = targets_of(workflow, case, act.rules)
    for name, value in fields.items():
        setattr(case, name, value)
    await retarget(session, case, before, targets_of(workflow, case, act.rules), act.now)
    await record(
        session, actor=act.actor_key, action="case.correct", subject=case.subject, now=act.now,
        detail={"number": case.number, **fields}, message_key=act.message_key,
    )  # fmt: skip
    worker = await session.get(Staff, case.worker_id) if case.worker_id else None
    told = [worker] if worker else await staff_who_may(session, "case.dispatch", act.rules)
    content = Content(text=f"{case.number} {case.category}：{text}。")
    key = f"{case.subject}:fix:{act.message_key}"
    await tell_staff(
        session, on_shift_first(told, act.now, act.rules), key, content, now=act.now, subject=case.subject
    )
