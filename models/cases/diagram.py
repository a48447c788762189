"""Diagrams of workflows for the documentation, made from the definitions themselves."""

from __future__ import annotations

from models.cases.workflow import Workflow


def mermaid(workflow: Workflow) -> str:
    """A Mermaid state diagram: one arrow per pair of states, named by the words that lead there.

    Words that leave a case where it is stand in a note.
    """
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{state.label}" as {state.name}' for state in workflow.states]
    lines.append(f"    [*] --> {workflow.start.name}: {workflow.opening}")
    arrows: dict[tuple[str, str], list[str]] = {}
    for move in workflow.moves:
        for source in move.sources if move.target else ():
            arrows.setdefault((source, move.target), []).append(move.word)
    lines += [f"    {source} --> {target}: {'、'.join(words)}" for (source, target), words in arrows.items()]
    lines += [f"    {state.name} --> [*]" for state in workflow.states if state.final]
    if staying := [move.word for move in workflow.moves if not move.target]:
        lines += [
            f"    note right of {workflow.start.name}",
            f"        随时可记：{'、'.join(staying)}",
            "    end note",
        ]
    return "\n".join(lines) + "\n"
