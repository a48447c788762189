"""A suspension's states and moves as data, and the one pure rule of which move may be made.

It is a small machine of its own beside models.cases.workflow: that one moves cases a tenant has reported and asks one
right per move; here a move asks for gates, and one of them for two different people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a suspension stands; the values are what people read."""

    GATHERING = "材料收集中"
    SUBMITTED = "待批准"
    ENDORSED = "已一人批准"
    APPROVED = "已批准待执行"
    EXECUTED = "已暂停"
    RESTORING = "待恢复"
    RESTORED = "已恢复"
    REJECTED = "未批准"
    CANCELLED = "已取消"
    EXPIRED = "已过期"


class Side(StrEnum):
    """The two who have to agree; the value is what people read. Permissions: `SIDE_RIGHTS`."""

    SERVICE = "客服经理"
    OFFICE = "项目经理"


SIDE_RIGHTS = {Side.SERVICE: "suspension.approve_service", Side.OFFICE: "suspension.approve_office"}


class Move(StrEnum):
    """What can be done; the values are the words of the records."""

    SUBMIT = "提交"
    APPROVE = "批准"
    REJECT = "驳回"
    EXECUTE = "已执行"
    DECLINE = "现场不宜"
    RESTORE = "恢复"
    RESTORED = "已恢复"
    CANCEL = "取消"
    EXPIRE = "过期"


class Gate(StrEnum):
    """What a move asks for beside the state."""

    FACTS = "facts"  # nothing stands in the way: see models.suspension.facts
    APPROVER = "approver"  # a person who has not approved before, for the side that has not
    BOTH = "both"  # two different people have approved
    PHOTO = "photo"
    UNEXPIRED = "unexpired"


BEFORE = (State.GATHERING, State.SUBMITTED, State.ENDORSED, State.APPROVED)
"""Nothing has been suspended yet: whatever speaks against it cancels it."""
LIVE = (*BEFORE, State.EXECUTED, State.RESTORING)


@dataclass(frozen=True, slots=True)
class Rule:
    """A move from one of `sources` to `target` once the gates are open."""

    move: Move
    sources: tuple[State, ...]
    target: State
    gates: tuple[Gate, ...] = ()


RULES = (
    Rule(Move.SUBMIT, (State.GATHERING,), State.SUBMITTED, (Gate.FACTS,)),
    Rule(Move.APPROVE, (State.SUBMITTED,), State.ENDORSED, (Gate.FACTS, Gate.APPROVER)),
    Rule(Move.APPROVE, (State.ENDORSED,), State.APPROVED, (Gate.FACTS, Gate.APPROVER)),
    Rule(Move.REJECT, (State.SUBMITTED, State.ENDORSED), State.REJECTED),
    Rule(Move.EXECUTE, (State.APPROVED,), State.EXECUTED, (Gate.FACTS, Gate.BOTH, Gate.UNEXPIRED, Gate.PHOTO)),
    Rule(Move.DECLINE, (State.APPROVED,), State.CANCELLED),
    Rule(Move.RESTORE, (State.EXECUTED,), State.RESTORING),
    Rule(Move.RESTORED, (State.RESTORING,), State.RESTORED),
    Rule(Move.CANCEL, BEFORE, State.CANCELLED),
    Rule(Move.EXPIRE, (State.APPROVED,), State.EXPIRED),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval that stands."""

    side: Side
    userid: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A move somebody wants to make. obstacles: what the facts say against it; photo: one came with it."""

    move: Move
    userid: str = ""
    side: Side | None = None
    obstacles: tuple[str, ...] = ()
    requested_by: str = ""
    expired: bool = False
    photo: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state after the move, or why it may not be made."""

    state: State | None
    refusal: str = ""


def judge(state: State, approvals: Sequence[Approval], attempt: Attempt) -> Verdict:
    """Whether the attempt leads on. The approval that comes with it is not among `approvals` yet."""
    rule = next((each for each in RULES if each.move is attempt.move and state in each.sources), None)
    if rule is None:
        return Verdict(None, f"现在是“{state}”，不能{attempt.move}。")
    for gate in rule.gates:
        if refusal := _closed(gate, approvals, attempt):
            return Verdict(None, refusal)
    return Verdict(rule.target)


def _closed(gate: Gate, approvals: Sequence[Approval], attempt: Attempt) -> str:
    """Why the gate is shut; "" when it is open."""
    match gate:
        case Gate.FACTS:
            return "；".join(attempt.obstacles)
        case Gate.APPROVER:
            return _not_another(approvals, attempt)
        case Gate.BOTH:
            both = {each.side for each in approvals} == set(Side)
            different = len({each.userid for each in approvals}) == len(approvals)
            return "" if both and different else "须由客服经理和项目经理两位不同的人批准。"
        case Gate.UNEXPIRED:
            return "批准已超过有效期，须重新申请。" if attempt.expired else ""
        case Gate.PHOTO:
            return "" if attempt.photo else "请先发一张现场照片，再确认。"


def _not_another(approvals: Sequence[Approval], attempt: Attempt) -> str:
    if attempt.side is None or not attempt.userid:
        return "没有批准的权限。"
    if attempt.userid == attempt.requested_by:
        return "申请人不能批准自己的申请，请由另一位批准。"
    if any(each.userid == attempt.userid for each in approvals):
        return "您已经批准过，另一位须由不同的人批准。"
    if any(each.side is attempt.side for each in approvals):
        return f"{attempt.side}一方已经批准，还须另一方批准。"
    return ""
