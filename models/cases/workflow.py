"""What a workflow is: states, the moves between them, and clocks. Data only; models.cases.advance makes it move.

Invariants, checked when a workflow is defined: every state can be reached, every state that is not final can be
left, no word means two moves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case, CaseEvent, Deadline
from models.cases.soundness import faults_of
from models.cases.timer import Timer
from models.people.identity import TenantActor
from models.people.staff import Staff
from models.rules import Rules


class Right(StrEnum):
    """Who may make a move; the value is the permission of config.yaml where there is one."""

    REPORTER = "reporter"  # any bound contact of the tenant the case belongs to
    WORKER = "worker"  # the member the case was given to
    HELPER = "helper"  # a member who works on it beside that one
    CREW = "case.work"
    DISPATCHER = "case.dispatch"
    CLOSER = "case.close"
    CLAIM_OPEN = "claim.open"
    COMPLAINT = "complaint.handle"
    ANSWER = "desk.answer"
    CLAIM = "claim.work"
    CLAIM_LEAD = "claim.lead"
    SYSTEM = "system"  # the calendar


class Need(StrEnum):
    """What a move asks for besides the case."""

    NOTE = "note"
    WORKER = "worker"
    RATING = "rating"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class System:
    """The calendar as an actor."""

    name: str = "系统"


Mover = Staff | TenantActor | System


@dataclass(frozen=True, slots=True)
class Act:
    """Who moves a case, when, and what the move was given.

    sent_at: when the person sent it, where that counts more than when it was worked off (the service was down).
    facts: what only this workflow's effects understand; kept with the event, so JSON-able.
    """

    actor: Mover
    now: datetime
    rules: Rules
    message_key: str = ""
    note: str = ""
    worker: Staff | None = None
    rating: int | None = None
    amount_fen: int | None = None
    sent_at: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def happened_at(self) -> datetime:
        """The time the move counts from; never later than now."""
        return min(self.sent_at, self.now) if self.sent_at else self.now

    @property
    def actor_key(self) -> str:
        """How records name the actor."""
        match self.actor:
            case Staff(userid=userid):
                return f"staff:{userid}"
            case TenantActor(contact=contact):
                return f"contact:{contact.id}"
        return "system"

    @property
    def actor_name(self) -> str:
        """How timelines name the actor."""
        return self.actor.contact.name if isinstance(self.actor, TenantActor) else self.actor.name

    @property
    def data(self) -> dict[str, Any]:
        """What was given besides the note, for the event."""
        given = {
            "worker": self.worker and self.worker.userid,
            "worker_name": self.worker and self.worker.name,
            "rating": self.rating,
            "amount_fen": self.amount_fen,
        }
        return {name: value for name, value in given.items() if value is not None} | dict(self.facts)


Gate = Callable[[AsyncSession, Case, datetime, Rules], Awaitable[str]]
"""Whether facts forbid a move now: "" or the Chinese reason."""

Effect = Callable[[AsyncSession, Case, Act], Awaitable[None]]
"""What else is written with a move, once its gates are open. Raises UserError when what it needs was not given."""

OnDue = Callable[[AsyncSession, Sequence[tuple[Case, Deadline]], datetime, Rules], Awaitable[None]]
"""What happens when clocks of such cases run out: all those of one unit of work, in order."""


@dataclass(frozen=True, slots=True)
class Move:
    """A word that takes a case from one of `sources` to `target`; with `target` "" the case stays where it is.

    example: what follows the number when it is typed. tap: what the card's button says, "" for no button.
    claims: whoever makes the move becomes the worker. notices: names of functions called besides those of the state.
    unsaid: nobody says the word; saying another one comes to this.
    """

    word: str
    sources: tuple[str, ...]
    target: str
    by: tuple[Right, ...]
    about: str
    aliases: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    example: str = ""
    tap: str = ""
    gates: tuple[Gate, ...] = ()
    claims: bool = False
    effects: tuple[Effect, ...] = ()
    notices: tuple[str, ...] = ()
    unsaid: bool = False

    @property
    def for_tenants(self) -> bool:
        """Whether it is a tenant's word."""
        return Right.REPORTER in self.by

    @property
    def for_staff(self) -> bool:
        """Whether it is a word of the service centre."""
        return bool(set(self.by) - {Right.REPORTER, Right.SYSTEM})

    def usage(self, number: str = "R07") -> str:
        """As it is typed."""
        return f"{self.word} {number} {self.example}".rstrip()


@dataclass(frozen=True, slots=True)
class Story:
    """What notices are told about: a case that has just moved. `former_id`: who had it before."""

    workflow: Workflow
    case: Case
    event: CaseEvent
    act: Act
    former_id: int | None = None

    @property
    def key(self) -> str:
        """Unique for this event: a base for dedupe keys."""
        return f"case:{self.case.id}:event:{self.event.id}"


Notice = Callable[[AsyncSession, Story], Awaitable[None]]

Along = Callable[[AsyncSession, Story], Awaitable[list[tuple[Case, str, Act]]]]
"""What moves with a case that has just moved: other cases, locked, each with the word and the act."""


@dataclass(frozen=True, slots=True)
class State:
    """Where a case stands. `notices`: names of functions called on entry, from the workflow's table."""

    name: str
    label: str
    final: bool = False
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workflow:
    """One kind of case. `letter` begins its numbers; `states[0]` is where it starts, by the word `opening`.

    crew: whom a case may be given to. on_due: what a clock that runs out does, where it is not what the timers of
    repairs do. along: other cases that follow this one's moves.
    """

    name: str
    label: str
    letter: str
    opening: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    timers: tuple[Timer, ...]
    notices: dict[str, Notice] = field(default_factory=dict)
    crew: Right = Right.CREW
    on_due: OnDue | None = None
    along: Along | None = None

    def __post_init__(self) -> None:
        if faults := faults_of(self):
            raise ValueError(f"workflow {self.name}: {'; '.join(faults)}")

    @property
    def start(self) -> State:
        """Where a new case stands."""
        return self.states[0]

    def state(self, name: str) -> State:
        """The state of that name."""
        return next(state for state in self.states if state.name == name)

    def move(self, word: str) -> Move | None:
        """The move a word stands for."""
        return next((move for move in self.moves if word in (move.word, *move.aliases)), None)

    def timer(self, kind: str) -> Timer:
        """The timer of that kind."""
        return next(timer for timer in self.timers if timer.kind == kind)

    def may(self, move: Move, case: Case, actor: Mover, rules: Rules) -> bool:
        """Whether the actor has the right to this move of this case, whatever state it is in."""
        return any(self._has(right, case, actor, rules) for right in move.by)

    def _has(self, right: Right, case: Case, actor: Mover, rules: Rules) -> bool:
        match actor:
            case System():
                return right is Right.SYSTEM
            case TenantActor(tenant=tenant):
                return right is Right.REPORTER and tenant.id == case.tenant_id
        if right is Right.WORKER:
            return actor.id == case.worker_id and actor.may(self.crew, rules)
        if right is Right.HELPER:
            return actor.id in (case.helpers or ()) and actor.may(self.crew, rules)
        return right not in (Right.REPORTER, Right.SYSTEM) and actor.may(right, rules)

    def offered(self, case: Case, actor: Mover, rules: Rules) -> list[Move]:
        """The moves the actor may make now; gates may still hold one back."""
        return [
            move for move in self.moves if case.state in move.sources and self.may(move, case, actor, rules)
        ]
