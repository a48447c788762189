"""`make chaos`: months of the park in minutes, while the service is killed with SIGKILL and started again.

python -m tests.chaos [--kills N] [--seconds S] [--seed X] [--database sqlite|postgresql] [--answer-first] [--quiet]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from tests.bench.databases import postgresql, sqlite
from tests.chaos.play import Outcome, run


def _arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=40, help="how often the service is killed")
    parser.add_argument("--seconds", type=int, default=3600, help="give up after so long")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and choices")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--repairs-only", action="store_true", help="the first day only")
    parser.add_argument("--answer-first", action="store_true", help="a service broken on purpose: must fail")
    return parser.parse_args(given)


def shown(outcome: Outcome) -> str:
    """The outcome as a table."""
    verdict = outcome.verdict
    lines = [
        ("seed, database", f"{outcome.seed}, {outcome.database}"),
        ("kills", f"{outcome.kills} in {outcome.seconds:.0f} s, months {outcome.months}"),
        ("said and tapped, answers seen", f"{outcome.said}, {outcome.waited}"),
        ("done", "、".join(f"{name} {n}" for name, n in sorted(outcome.done.items()))),
        ("shown on phones", str(verdict.shown)),
        ("start to ready, s", f"median {outcome.start_s:.1f}"),
        ("gentle stop, s", f"{outcome.stop_s:.1f}"),
        ("lost", str(len(verdict.lost))),
        ("doubled", str(len(verdict.doubled))),
        ("unbalanced", str(len(verdict.unbalanced))),
        ("other faults", str(len(verdict.other))),
    ]
    faults = [*verdict.lost, *verdict.doubled, *verdict.unbalanced, *verdict.other]
    return "\n".join([*(f"{name:32}{value}" for name, value in lines), *(f"  ! {each}" for each in faults)])


def main(given: list[str]) -> int:
    """Runs and tells; 1 where anything was lost, doubled or unbalanced."""
    wanted = _arguments(given)
    with tempfile.TemporaryDirectory(prefix="guanjia-chaos-") as name:
        folder = Path(name)
        server = (
            postgresql(folder) if wanted.database == "postgresql" else nullcontext(sqlite(folder, "chaos"))
        )
        with server as url:
            begun = time.monotonic()
            outcome = asyncio.run(run(folder, url, wanted))
            outcome.seconds = time.monotonic() - begun
        if not outcome.verdict.sound:
            kept = Path(tempfile.gettempdir()) / f"guanjia-chaos-{wanted.database}-{wanted.seed}.log"
            kept.write_bytes((folder / "service.log").read_bytes())
            print(f"the service's log: {kept}")
    print(shown(outcome))
    print(json.dumps(outcome.facts(), ensure_ascii=False))
    return 0 if outcome.verdict.sound else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
