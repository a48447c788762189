"""What a definition of a workflow must fulfil: every state can be reached and left, no word means two moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.cases.workflow import Workflow


def faults_of(workflow: Workflow) -> list[str]:
    """What is wrong with the definition; nothing when it holds together."""
    names = [state.name for state in workflow.states]
    words = [word for move in workflow.moves for word in (move.word, *move.aliases)]
    used = {name for move in workflow.moves for name in (*move.sources, move.target) if name}
    used |= {
        name for timer in workflow.timers for name in timer.starts | timer.runs | timer.met | timer.pauses
    }
    found = [f"{name} twice" for name in sorted({n for n in names if names.count(n) > 1})]
    found += [f"{word} means two moves" for word in sorted({w for w in words if words.count(w) > 1})]
    found += [f"{name} is no state" for name in sorted(used - set(names))]
    found += [f"{name} can not be reached" for name in names if name not in _reachable(workflow)]
    left = {source for move in workflow.moves for source in move.sources if move.target not in ("", source)}
    found += [f"{s.name} can not be left" for s in workflow.states if not s.final and s.name not in left]
    told = {notice for state in workflow.states for notice in state.notices}
    told |= {notice for move in workflow.moves for notice in move.notices}
    return found + [f"no notice {name}" for name in sorted(told - set(workflow.notices))]


def _reachable(workflow: Workflow) -> set[str]:
    """Every state some sequence of moves leads to."""
    seen, fresh = set[str](), {workflow.start.name}
    while fresh:
        seen |= fresh
        fresh = {move.target for move in workflow.moves if move.target and seen & set(move.sources)} - seen
    return seen
