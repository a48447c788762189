"""Random histories of what comes in, time, faults, deaths and what goes out: never over a limit, doubled or lost.

    python -m tests.wire.histories --count 1000 [--seed 1] [--workers 2]

Each history is told by its seed alone; one that breaks a rule is named with it.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import multiprocessing
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from bot.engine import spare_the_collector
from tests.wire.history import History
from tests.wire.history_stage import open_stage

_LOT = 250
"""So many a worker plays before it tells how far it is."""


_PATIENCE_S = 120
"""What takes so long hangs: a history takes a few hundredths of a second."""


@dataclass
class Tally:
    """What came of some histories. wrong: what was broken, by seed."""

    histories: int = 0
    said: int = 0
    deaths: int = 0
    wrong: tuple[str, ...] = ()

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.histories + other.histories, self.said + other.said, self.deaths + other.deaths,
            self.wrong + other.wrong,
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.histories} histories, {self.said} messages, {self.deaths} deaths, {len(self.wrong)} faults"


async def run(folder: Path, seeds: Iterable[int]) -> Tally:
    """Plays these histories one after the other; after one that can not be played to its end the stage is built anew."""
    stage, tally = await open_stage(folder), Tally()
    for seed in seeds:
        history = History(stage, seed)
        try:
            async with asyncio.timeout(_PATIENCE_S):
                wrong = await history.play()
        except Exception as error:
            wrong = [f"broke off: {error!r}"[:300]]
            await stage.close()
            stage = await open_stage(Path(tempfile.mkdtemp(dir=folder)))
        tally += Tally(1, history.count, history.deaths, tuple(f"seed {seed}: {fault}" for fault in wrong))
    await stage.close()
    return tally


def work(seeds: Sequence[int]) -> Tally:
    """One lot, in a process of its own or this one."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    spare_the_collector()  # as the service does when it starts
    with tempfile.TemporaryDirectory(prefix="histories-") as folder:
        return asyncio.run(run(Path(folder), seeds))


def main() -> int:
    """1 when a history broke a rule."""
    parser = argparse.ArgumentParser(prog="python -m tests.wire.histories", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1, help="of the first history")
    parser.add_argument("--workers", type=int, default=1, help="processes, each with seeds of its own")
    chosen = parser.parse_args()
    end = chosen.seed + chosen.count
    lots = [range(first, min(end, first + _LOT)) for first in range(chosen.seed, end, _LOT)]
    began, tally = time.perf_counter(), Tally()
    tell = partial(print, flush=True)
    with multiprocessing.get_context("spawn").Pool(chosen.workers) as pool:
        for lot in pool.imap_unordered(work, lots):
            tally += lot
            for fault in lot.wrong[:20]:
                tell(fault)
            tell(f"{tally}, {time.perf_counter() - began:.0f} s")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
