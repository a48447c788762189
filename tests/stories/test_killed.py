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
from tests.chaos.windows import place_of, shown_before


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


def test_an_sms_in_place_of_a_chat_is_held_against_what_the_phone_shows() -> None:
    """A greeting is none of the five; what was written is known only from when it was handled."""
    owners = ["me", "bot", "bot", "bot", "me", "bot", "bot", "sms", "sms", "me", "bot"]
    phone = [
        {"n": n, "from": "me" if who == "me" else "bot", "channel": "sms" if who == "sms" else "kf"}
        for n, who in enumerate(owners, 1)
    ]
    ledger = [{"api": "sms/send", "to": "138", "key": key, "delivered": True} for key in ("a", "b")]
    assert [place_of(key, "138", ledger, phone) for key in ("a", "b", "c")] == [8, 9, 0]
    sent = ["kf/send_msg_on_event", *["kf/send_msg"] * 5]
    assert shown_before(9, phone, sent, [True, False, False]) == 4
    assert shown_before(9, phone, sent, [True, True, False]) == 2
