"""A suspension's states and moves as a mermaid diagram, for the docs."""

from __future__ import annotations

from models.suspension.machine import RULES, State


def mermaid() -> str:
    """A state diagram; each move stands once for each state it starts from."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{state.value}" as {state.name.lower()}' for state in State]
    lines.append(f"    [*] --> {State.GATHERING.name.lower()}: 申请")
    for rule in RULES:
        lines += [
            f"    {source.name.lower()} --> {rule.target.name.lower()}: {rule.move}"
            for source in rule.sources
        ]
    left = {source for rule in RULES for source in rule.sources}
    lines += [f"    {state.name.lower()} --> [*]" for state in State if state not in left]
    return "\n".join(lines) + "\n"
