"""The only writer of a case's state. Every change leaves an event, moves the deadlines and tells those concerned."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from models.audit.entry import record
from models.cases import WORKFLOWS
from models.cases.case import Case, CaseEvent
from models.cases.timing import keep_time
from models.cases.workflow import Act, Move, Need, Right, Story, Workflow
from models.errors import UserError
from models.messages.media import Media
from models.messages.tell import close_cards
from models.people.identity import TenantActor
from models.people.staff import Staff

_ASKED = {
    Need.NOTE: "请写明情况",
    Need.WORKER: "请写明派给谁",
    Need.RATING: "请给 1 到 5 分",
    Need.AMOUNT: "请写明金额",
}


def workflow_of(case: Case) -> Workflow:
    """The definition the case follows."""
    return next(workflow for workflow in WORKFLOWS if workflow.name == case.workflow)


async def open_case(session: AsyncSession, case: Case, act: Act, media: Sequence[Media] = ()) -> None:
    """Enters a new case into its workflow, with what was sent about it; everything but `state` must be set."""
    workflow = workflow_of(case)
    case.state = workflow.start.name
    session.add(case)
    await session.flush()
    for each in media:
        each.subject = case.subject
    event = await _settle(session, workflow, case, act, workflow.opening, "")
    await _tell(session, Story(workflow, case, event, act), workflow.start.notices)


async def advance(session: AsyncSession, case: Case, word: str, act: Act) -> Move:
    """Makes the move; the case must be locked for change. Raises UserError with what is possible instead."""
    workflow = workflow_of(case)
    move = workflow.move(word)
    if move is None or move not in workflow.offered(case, act.actor, act.rules):
        raise UserError(impossible(workflow, case, act, move))
    _check_needs(workflow, move, case, act)
    for gate in move.gates:
        if reason := await gate(session, case, act.now, act.rules):
            raise UserError(reason)
    for effect in move.effects:
        await effect(session, case, act)
    source, former_id = case.state, case.worker_id
    if move.target:
        case.state = move.target
        _take_over(workflow, move, case, act)
    event = await _settle(session, workflow, case, act, move.word, source)
    story = Story(workflow, case, event, act, former_id)
    if move.target:
        await close_cards(session, case.subject, f"{act.actor_name}已{move.word}", act.now)
        await _tell(session, story, workflow.state(case.state).notices)
        await _take_along(session, story)
    await _tell(session, story, move.notices)
    return move


async def _take_along(session: AsyncSession, story: Story) -> None:
    """Cases that are worked on together stand where the one worked on stands."""
    if story.workflow.along is None:
        return
    for other, word, act in await story.workflow.along(session, story):
        await advance(session, other, word, act)


def impossible(workflow: Workflow, case: Case, act: Act, move: Move | None) -> str:
    """Why the move can not be made, and which can, by this person."""
    where = f"{case.number} 现在是“{workflow.state(case.state).label}”"
    others = move is not None and case.state in move.sources
    if others and move is not None and Right.WORKER in move.by and case.worker_id is not None:
        where += "，这一步由负责的师傅或派单员操作"
    offered = workflow.offered(case, act.actor, act.rules)
    said = [each for each in offered if not each.unsaid]
    possible = [each for each in said if each.target] or said  # what can be noted at any time is no help here
    if possible:
        return f"{where}，您可以：{'、'.join(f'{each.word} {case.number}' for each in possible)}。"
    look = f"进度 {case.number}" if isinstance(act.actor, TenantActor) else "待办"
    return f"{where}，目前没有需要您操作的步骤。发送“{look}”查看详情。"


def _check_needs(workflow: Workflow, move: Move, case: Case, act: Act) -> None:
    given = {
        Need.NOTE: act.note,
        Need.WORKER: act.worker,
        Need.RATING: act.rating,
        Need.AMOUNT: act.amount_fen,
    }
    for need in move.needs:
        if given[need] in (None, ""):
            raise UserError(f"{_ASKED[need]}，例如：{move.usage(case.number)}")
    if act.worker is not None and not act.worker.may(workflow.crew, act.rules):
        raise UserError(f"{act.worker.name}没有处理{workflow.label}的权限，请换一位同事。")
    if act.rating is not None and not 1 <= act.rating <= 5:
        raise UserError(f"{_ASKED[Need.RATING]}，例如：{move.usage(case.number)}")


def _take_over(workflow: Workflow, move: Move, case: Case, act: Act) -> None:
    """What else of the case follows from the move."""
    worker = act.worker if Need.WORKER in move.needs else None
    if move.claims and isinstance(act.actor, Staff):
        worker = act.actor
    if worker is not None:
        case.worker_id = worker.id
        case.helpers = [each for each in case.helpers if each != worker.id]
    if case.state == workflow.start.name:
        case.worker_id, case.rating = None, None
    if Need.RATING in move.needs and act.rating is not None:
        case.rating = min(act.rating, case.rating or act.rating)  # said twice, the worse one counts
    if workflow.state(case.state).final:
        case.closed_at = case.closed_at or act.now
    else:
        case.closed_at = None


async def _settle(
    session: AsyncSession, workflow: Workflow, case: Case, act: Act, word: str, source: str
) -> CaseEvent:
    event = CaseEvent(
        case_id=case.id,
        at=act.now,
        actor=act.actor_key,
        actor_name=act.actor_name,
        move=word,
        from_state=source,
        to_state=case.state,
        note=act.note,
        data=act.data,
        message_key=act.message_key,
    )
    session.add(event)
    await keep_time(session, workflow, case, act.now, act.rules)
    await record(
        session,
        actor=act.actor_key,
        action=f"case.{word}",
        subject=case.subject,
        now=act.now,
        detail={"number": case.number, "from": source, "to": case.state, "note": act.note, **act.data},
        message_key=act.message_key,
    )
    return event


async def _tell(session: AsyncSession, story: Story, names: Sequence[str]) -> None:
    for name in names:
        await story.workflow.notices[name](session, story)
