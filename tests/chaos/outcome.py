"""What there is to tell of a run, for people and for machines; several runs add up."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.killer import Toll
from tests.chaos.verdict import Verdict

_ADDED = (
    "kills", "freezes", "rolls", "server_restarts", "months", "said", "waited", "shown", "seconds", "lost", "doubled",
    "unbalanced", "other",
)  # fmt: skip


@dataclass
class Outcome:
    """One run."""

    seed: int
    database: str
    processes: int
    verdict: Verdict
    toll: Toll
    months: int = 0
    said: int = 0
    waited: int = 0
    done: dict[str, int] = field(default_factory=dict)
    start_s: float = 0.0
    stop_s: float = 0.0
    seconds: float = 0.0

    def facts(self) -> dict[str, Any]:
        """For machines."""
        verdict = self.verdict
        found = {
            "lost": len(verdict.lost), "doubled": len(verdict.doubled), "unbalanced": len(verdict.unbalanced),
            "other": len(verdict.other), "shown": verdict.shown,
        }  # fmt: skip
        own = {name: value for name, value in vars(self).items() if name not in ("verdict", "toll")}
        return own | vars(self.toll) | found

    def table(self) -> str:
        """For people."""
        faults = (
            *self.verdict.lost, *self.verdict.doubled, *self.verdict.unbalanced, *self.verdict.other
        )  # fmt: skip
        return "\n".join([table(self.facts()), *(f"  ! {each}" for each in faults)])


def table(facts: dict[str, Any]) -> str:
    """The facts of one run, or of several that were added up."""
    lines = [
        ("database, processes, seeds", f"{facts['database']}, {facts['processes']}, {facts['seed']}"),
        ("kills", f"{facts['kills']} in {facts['seconds']:.0f} s, months {facts['months']}"),
        ("freezes, rolling restarts", f"{facts['freezes']}, {facts['rolls']}"),
        ("restarts of the database", str(facts["server_restarts"])),
        ("kills during", _counts(facts["during"])),
        ("left halfway by the killed", _counts(facts["halfway"])),
        ("done", _counts(facts["done"])),
        ("said and tapped, answers seen", f"{facts['said']}, {facts['waited']}"),
        ("shown on phones", str(facts["shown"])),
        ("start to ready, s", f"median {facts['start_s']:.2f}"),
        ("gentle stop, s", f"longest {facts['stop_s']:.1f}"),
        *((name, str(facts[name])) for name in ("lost", "doubled", "unbalanced", "other")),
    ]
    return "\n".join(f"{name:32}{value}" for name, value in lines)


def _counts(counted: dict[str, int]) -> str:
    ordered = sorted(counted.items(), key=lambda item: -item[1])
    return "、".join(f"{name} {count}" for name, count in ordered) or "—"


def keep(file: Path, outcome: Outcome) -> None:
    """One more line in the file."""
    with file.open("a") as lines:
        lines.write(json.dumps(outcome.facts(), ensure_ascii=False) + "\n")


def kept(file: Path, database: str, processes: int) -> list[dict[str, Any]]:
    """The runs of that kind in the file."""
    if not file.exists():
        return []
    runs: list[dict[str, Any]] = [json.loads(line) for line in file.read_text().splitlines()]
    return [run for run in runs if (run["database"], run["processes"]) == (database, processes)]


def sum_of(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """All of them as one."""
    whole = dict(runs[0])
    whole |= {name: sum(run[name] for run in runs) for name in _ADDED}
    for name in ("during", "halfway", "done"):
        whole[name] = dict(sum((Counter(run[name]) for run in runs), Counter[str]()))
    whole["seed"] = "、".join(str(run["seed"]) for run in runs)
    whole["start_s"], whole["stop_s"] = runs[-1]["start_s"], max(run["stop_s"] for run in runs)
    return whole
