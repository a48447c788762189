"""`make chaos`: months of the park in minutes, while the service is killed with SIGKILL and started again.

python -m tests.chaos [--kills N] [--seconds S] [--seed X] [--database sqlite|postgresql] [--processes N]
    [--total N --into FILE] [--repairs-only] [--answer-first]

--total: run after run, each with another seed, until the runs in FILE come to so many kills; begun again, it goes on.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.databases import postgresql_server, sqlite
from tests.chaos.outcome import Outcome, keep, kept, sum_of, table
from tests.chaos.play import run


def _arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=40, help="how often the service is killed in a run")
    parser.add_argument("--seconds", type=int, default=3600, help="give up a run after so long")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and choices")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--processes", type=int, default=1, help="how many serve one database (PostgreSQL)")
    parser.add_argument("--total", type=int, default=0, help="kills over all runs in the file of --into")
    parser.add_argument("--into", type=Path, default=None, help="file that a line is added to for each run")
    parser.add_argument("--repairs-only", action="store_true", help="the first day only")
    parser.add_argument("--answer-first", action="store_true", help="a service broken on purpose: must fail")
    wanted = parser.parse_args(given)
    if wanted.processes > 1 and wanted.database == "sqlite":
        parser.error("several processes need --database postgresql")
    if wanted.total and not wanted.into:
        parser.error("--total needs --into FILE")
    return wanted


def _once(wanted: argparse.Namespace) -> Outcome:
    """One run in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="guanjia-chaos-") as name:
        folder, begun = Path(name), time.monotonic()
        if wanted.database == "postgresql":
            with postgresql_server(folder) as server:
                outcome = asyncio.run(run(folder, server.url, wanted, server))
        else:
            outcome = asyncio.run(run(folder, sqlite(folder, "chaos"), wanted, None))
        outcome.seconds = time.monotonic() - begun
        if not outcome.verdict.sound:
            log = Path(tempfile.gettempdir()) / f"guanjia-chaos-{wanted.database}-{wanted.seed}.log"
            log.write_bytes((folder / "service.log").read_bytes())
            print(f"the service's log: {log}")
    print(outcome.table(), flush=True)
    print(json.dumps(outcome.facts(), ensure_ascii=False), flush=True)
    if wanted.into:
        keep(wanted.into, outcome)
    return outcome


def _many(wanted: argparse.Namespace) -> bool:
    """Run after run until it is enough; whether all of them were sound."""
    while True:
        runs = kept(wanted.into, wanted.database, wanted.processes)
        left = wanted.total - sum(each["kills"] for each in runs)
        if left <= 0:
            break
        seed = max([wanted.seed - 1, *(each["seed"] for each in runs)]) + 1
        each = argparse.Namespace(**vars(wanted) | {"seed": seed, "kills": min(wanted.kills, left)})
        _once(each)
    whole = sum_of(runs)
    print("\nall runs\n" + table(whole))
    return not any(whole[name] for name in ("lost", "doubled", "unbalanced", "other"))


def main(given: list[str]) -> int:
    """Runs and tells; 1 where anything was lost, doubled or unbalanced."""
    wanted = _arguments(given)
    sound = _many(wanted) if wanted.total else _once(wanted).verdict.sound
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
