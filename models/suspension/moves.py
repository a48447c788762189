"""The only writer of a suspension's state. Every move is judged, leaves an event and an audit entry, and tells people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from models.audit.entry import record
from models.clock import local_date
from models.errors import UserError
from models.fees.account import lock_accounts
from models.notices.notice import Notice
from models.people.staff import Staff
from models.rules import Rules
from models.suspension.facts import ENDS, UNDOES, Against, Obstacle, gather, obstacles
from models.suspension.machine import (
    BEFORE,
    SIDE_RIGHTS,
    Approval,
    Attempt,
    Move,
    Side,
    State,
    judge,
)
from models.suspension.news import tell
from models.suspension.suspension import Suspension, SuspensionApproval, SuspensionEvent, approvals_of

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Act:
    """Who moves a suspension, when, and with what. member: None for the calendar. photos: SHA-256."""

    now: datetime
    rules: Rules
    member: Staff | None = None
    note: str = ""
    photos: tuple[str, ...] = ()
    message_key: str = ""

    @property
    def actor(self) -> str:
        """How records name the actor."""
        return f"staff:{self.member.userid}" if self.member else SYSTEM


async def against(session: AsyncSession, suspension: Suspension, act: Act) -> tuple[Obstacle, ...]:
    """What the facts say against it now. Payments of the tenant wait meanwhile."""
    await lock_accounts(session, [suspension.tenant_id])
    notice = await session.get_one(Notice, suspension.notice_id)
    facts = await gather(
        session,
        notice,
        suspension.unit_ids,
        suspension.services,
        suspension.papers,
        local_date(act.now),
        act.rules.suspension,
    )
    return obstacles(facts)


async def make(session: AsyncSession, suspension: Suspension, move: Move, act: Act) -> None:
    """Makes the move; the suspension is locked for change. Raises UserError with what stands in the way."""
    approvals = await approvals_of(session, suspension.id)
    side = _side(act, approvals)
    attempt = Attempt(
        move,
        userid=act.member.userid if act.member else "",
        side=side,
        obstacles=tuple(each.text for each in await against(session, suspension, act)),
        requested_by=suspension.requested_by,
        expired=suspension.expires_at is not None and act.now >= suspension.expires_at,
        photo=bool(act.photos),
    )
    standing = [Approval(Side(each.side), each.userid) for each in approvals]
    verdict = judge(suspension.state, standing, attempt)
    if verdict.state is None:
        raise UserError(f"{suspension.number}：{verdict.refusal}")
    if move is Move.APPROVE and side is not None:
        session.add(
            SuspensionApproval(suspension_id=suspension.id, side=side, userid=attempt.userid, at=act.now)
        )
    await _enter(session, suspension, verdict.state, move, act)


async def review(session: AsyncSession, suspension: Suspension, act: Act) -> bool:
    """What the facts alone bring about: cancelling, lapsing, restoring. Whether something moved."""
    state, found = suspension.state, await against(session, suspension, act)
    ends = _texts(found, ENDS)
    if state in BEFORE and ends:
        await _enter(session, suspension, State.CANCELLED, Move.CANCEL, _because(act, ends))
        return True
    if state is State.APPROVED and suspension.expires_at and act.now >= suspension.expires_at:
        why = f"批准后 {act.rules.suspension.decision_valid_h} 小时内未执行"
        await _enter(session, suspension, State.EXPIRED, Move.EXPIRE, _because(act, why))
        return True
    undone = _texts(found, UNDOES)
    if state is State.EXECUTED and undone:
        await _enter(session, suspension, State.RESTORING, Move.RESTORE, _because(act, undone))
        return True
    return False


def _side(act: Act, approvals: list[SuspensionApproval]) -> Side | None:
    """For which side the member speaks: one that is still open, where there is such a right."""
    if act.member is None:
        return None
    mine = [side for side, right in SIDE_RIGHTS.items() if act.member.may(right, act.rules)]
    taken = {approval.side for approval in approvals}
    return next((side for side in mine if side not in taken), mine[0] if mine else None)


def _texts(found: tuple[Obstacle, ...], kinds: frozenset[Against]) -> str:
    return "；".join(each.text for each in found if each.kind in kinds)


def _because(act: Act, why: str) -> Act:
    return Act(act.now, act.rules, None, why, (), act.message_key)


async def _enter(session: AsyncSession, suspension: Suspension, state: State, move: Move, act: Act) -> None:
    before, suspension.state = suspension.state, state
    _set_times(suspension, act)
    if act.note:
        suspension.reason = act.note
    if act.photos:
        suspension.papers = {**suspension.papers, str(move): {"photos": list(act.photos)}}
    event = SuspensionEvent(
        suspension_id=suspension.id, at=act.now, actor=act.actor, move=move,
        from_state=before, to_state=state, note=act.note,
    )  # fmt: skip
    session.add(event)
    await session.flush()
    await record(
        session,
        actor=act.actor,
        action=f"suspension.{move}",
        subject=suspension.subject,
        now=act.now,
        detail={"number": suspension.number, "from": before, "to": state, "note": act.note},
        message_key=act.message_key,
    )
    await tell(session, suspension, before, act.now, act.rules)


def _set_times(suspension: Suspension, act: Act) -> None:
    rules = act.rules.suspension
    suspension.next_at = None
    match suspension.state:
        case State.APPROVED:
            suspension.approved_at = act.now
            suspension.expires_at = act.now + timedelta(hours=rules.decision_valid_h)
            suspension.next_at = suspension.expires_at
        case State.EXECUTED:
            suspension.executed_at = act.now
        case State.RESTORING:
            suspension.restore_due_at = act.now + timedelta(hours=rules.restore_h)
            suspension.next_at = suspension.restore_due_at
        case State.RESTORED | State.REJECTED | State.CANCELLED | State.EXPIRED:
            suspension.closed_at = act.now
