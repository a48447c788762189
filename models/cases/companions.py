"""Cases that report one fault: one is worked on, the others stand beside it and follow its moves [domain §10].

Each reporter keeps the own number, the own pictures and the own word: whoever cancels or says that it is another
fault leaves alone.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case
from models.cases.workflow import Act, Story, System
from models.people.identity import TenantActor
from models.people.staff import Staff

MERGED = "merged"
"""The state of a case that is worked on under another number."""


async def companions_of(session: AsyncSession, case_id: int) -> list[Case]:
    """Cases that wait for this one, oldest first, locked for change."""
    rows = await session.scalars(
        select(Case)
        .where(Case.merged_into_id == case_id, Case.state == MERGED)
        .order_by(Case.id)
        .with_for_update()
    )
    return list(rows)


async def once_merged_into(session: AsyncSession, case_id: int) -> list[Case]:
    """Cases whose fault was mended under this number, in whatever state by now, oldest first."""
    rows = await session.scalars(select(Case).where(Case.merged_into_id == case_id).order_by(Case.id))
    return list(rows)


async def worked_on(session: AsyncSession, case: Case) -> Case:
    """The case a worker has in hand: the case itself, or the one it was merged into."""
    if case.state != MERGED or case.merged_into_id is None:
        return case
    return await session.get_one(Case, case.merged_into_id)


async def companions_follow(session: AsyncSession, story: Story) -> list[tuple[Case, str, Act]]:
    """Mended is mended for all, and so is called off by the desk; a reporter who cancels leaves the others in place."""
    case, act = story.case, story.act
    if case.state == "new":
        case.merged_into_id = None  # taken apart, or taken up again: from now on an order of its own
        return []
    if case.state not in ("done", "cancelled"):
        return []
    others = await companions_of(session, case.id)
    given = Act(System(act.actor_name), act.now, act.rules, message_key=act.message_key, note=act.note)
    if case.state == "done":
        for other in others:
            other.worker_id = case.worker_id
        return [(other, "随单完工", given) for other in others]
    if not isinstance(act.actor, TenantActor):
        return [(other, "随单撤销", given) for other in others]
    return await _go_on_without(session, case, others, replace(given, note=""))


async def _go_on_without(
    session: AsyncSession, case: Case, others: list[Case], given: Act
) -> list[tuple[Case, str, Act]]:
    """The next reporter's case takes the place of the one that was cancelled, with its worker."""
    if not others:
        return []
    heir, *rest = others
    for other in rest:
        other.merged_into_id = heir.id
    moves = [(heir, "接续", replace(given, note=f"{case.number} 的报修人已取消"))]
    worker = await session.get(Staff, case.worker_id) if case.worker_id else None
    if worker is not None and worker.may("case.work", given.rules):
        moves.append((heir, "续派", replace(given, worker=worker)))
    return moves
