"""The real process is killed with SIGKILL in the middle of a repair; at large, over all flows, by `make chaos`."""

from __future__ import annotations

from pathlib import Path
from random import Random

import aiohttp

from tests.bench.databases import sqlite
from tests.chaos.flows import Park
from tests.chaos.killer import Killer
from tests.chaos.people import People
from tests.chaos.play import START, Play
from tests.chaos.stage import stage
from tests.chaos.verdict import judge


async def test_a_process_killed_in_the_middle_of_a_repair_loses_and_doubles_nothing(tmp_path: Path) -> None:
    random = Random(1)
    async with (
        stage(tmp_path, sqlite(tmp_path, "killed"), START) as ground,
        aiohttp.ClientSession() as session,
    ):
        park = Park(ground, People(session, ground), random)
        killer = Killer(ground, random, park.flows)
        await Play(ground, park, killer, random, None).one_repair(3)
        verdict = await judge(ground, park, session)
    assert killer.toll.kills >= 3 and park.done["repair"] == 1
    assert verdict.sound, verdict
