"""Two reports of one fault become one order: worked on under one number, told to every reporter [domain §10]."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.audit.entry import record
from models.cases.advance import advance
from models.cases.case import Case
from models.cases.companions import MERGED, companions_of
from models.cases.correction import raise_urgency
from models.cases.merge_proposal import MergeProposal, decide, undecided_about
from models.cases.repair import OPEN, REPAIR
from models.cases.repair_news import share_photos_of
from models.cases.reporter import tenant_name
from models.cases.workflow import Act, System
from models.errors import UserError
from models.people.staff import Staff

_FAR = {state: rank for rank, state in enumerate(("new", "dispatched", "accepted", *OPEN[3:]))}
_URGENCY = {"normal": 0, "urgent": 1, "emergency": 2}


async def merge(session: AsyncSession, one: Case, other: Case, act: Act) -> tuple[Case, Case]:
    """The case that is worked on, and the one that now follows it; both are locked for change.

    The one further along is worked on, else the earlier. Raises UserError where the two can not be one.
    """
    _check(one, other)
    main, follower = sorted((one, other), key=lambda case: (-_FAR[case.state], case.id))
    for companion in await companions_of(session, follower.id):
        companion.merged_into_id = main.id
    follower.merged_into_id = main.id
    await advance(session, follower, "并单", replace(act, note=main.number))
    tenant = await tenant_name(session, follower)
    taken = replace(act, actor=System(act.actor_name), note=f"{follower.number} {tenant}")
    await advance(session, main, "并入", taken)
    if _URGENCY[follower.urgency] > _URGENCY[main.urgency]:
        why = f"并入的 {follower.number} 更急，已提高等级"
        await raise_urgency(session, main, follower.urgency, act, why)
    worker = await session.get(Staff, main.worker_id) if main.worker_id else None
    if worker is not None:
        await share_photos_of(session, follower, worker, act.now)
    for proposal in await undecided_about(session, (main.id, follower.id)):
        same = {proposal.case_id, proposal.other_id} == {main.id, follower.id}
        if same or follower.id in (proposal.case_id, proposal.other_id):
            await decide(session, proposal, "merged", "已合并", act)
    return main, follower


def _check(one: Case, other: Case) -> None:
    for case in (one, other):
        if case.workflow != REPAIR.name:
            raise UserError(f"{case.number} 不是报修，只有报修可以合并。")
        if case.state == MERGED:
            raise UserError(f"{case.number} 已经合并到别的单。要拆开请发“拆单 {case.number}”。")
        if case.state not in OPEN:
            label = REPAIR.state(case.state).label
            raise UserError(f"{case.number} 现在是“{label}”，不能合并。")
    if one.id == other.id:
        raise UserError("请写两个不同的单号，例如：并单 R08 R06。")


async def proposed(session: AsyncSession, argument: str) -> tuple[MergeProposal, Case, Case]:
    """The proposal behind a button and its two cases, all locked. Raises UserError once it is decided."""
    number = int(argument) if argument.isdecimal() and argument.isascii() and len(argument) < 10 else 0
    proposal = await session.get(MergeProposal, number, with_for_update=True)
    if proposal is None:
        raise UserError("没有找到这条合并建议，可能已经失效。发送“待办”查看您的任务。")
    if proposal.verdict:
        done = "合并" if proposal.verdict == "merged" else "确认不是同一件"
        raise UserError(f"这条建议已经处理过：{done}。发送“待办”查看您的任务。")
    rows = await session.scalars(
        select(Case)
        .where(Case.id.in_((proposal.case_id, proposal.other_id)))
        .order_by(Case.id)
        .with_for_update()
    )
    earlier, later = rows
    return proposal, earlier, later


async def keep_apart(session: AsyncSession, proposal: MergeProposal, act: Act) -> None:
    """Not the same: neither is asked about again."""
    await decide(session, proposal, "apart", "不是同一件", act)
    await record(
        session, actor=act.actor_key, action="case.keep_apart", subject=f"case:{proposal.case_id}", now=act.now,
        detail={"other": proposal.other_id}, message_key=act.message_key,
    )  # fmt: skip
