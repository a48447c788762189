"""A few random histories, and that they see what is wrong; many more by `python -m tests.wire.histories --count N`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import bot.settling
from bot.channels import SmsChannel
from models.messages.outbox import Purpose
from tests.wire.histories import run
from tests.wire.history import History
from tests.wire.history_stage import open_stage

ONCE_BROKEN = (48, 1565)
"""Heard to have failed before the answer had come; dead in the middle of hearing."""


async def test_no_history_goes_over_a_limit_doubles_or_loses(tmp_path: Path) -> None:
    tally = await run(tmp_path, [*range(1, 25), *ONCE_BROKEN])
    assert tally.wrong == ()
    assert tally.said > 100
    assert tally.deaths > 3


async def _nothing(*_given: Any, **_more: Any) -> None:
    """What a service does that has forgotten this."""


BROKEN = {
    "SMS are sent again unasked": (SmsChannel, "ask", "lost", "shown 2 times over sms"),
    "nobody is sent to the door": (
        bot.settling,
        "undelivered",
        "isv.SMS_CONTENT_ILLEGAL",
        "nobody was asked",
    ),
}


@pytest.mark.parametrize(("where", "what", "fault", "found"), BROKEN.values(), ids=BROKEN)
async def test_a_broken_service_is_seen_to_be_broken(
    where: Any, what: str, fault: str, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = await open_stage(tmp_path)
    for broken in (False, True):
        if broken:
            monkeypatch.setattr(where, what, _nothing)
        stage.empty()
        history = History(stage, 1)
        history.platform.failing = history.platform.reported = 0.0
        history.platform.faults["sms/send"].append(fault)
        await history.say(stage.people[-1], Purpose.NOTICE)
        await history.settle()
        wrong = await history.end()
        assert any(found in each for each in wrong) == broken, wrong
    await stage.close()
