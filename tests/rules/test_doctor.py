"""What `python -m bot check` says of a suspension: whether it is on, what the law says to it, who is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import load
from bot.doctor import examine
from tests.fakes.debt import CONFIG, MANUAL


@pytest.mark.parametrize(
    ("environment", "good", "says"),
    [
        ({}, True, "暂停服务未启用，催款的末次函件是《欠费法律告知函》"),
        (
            MANUAL,
            True,
            "可暂停：加班空调、会议室预订、商务服务、车位续租、空调、供电，依据：物业服务合同第8条",
        ),
        (MANUAL, True, "民法典第944条"),
    ],
)
async def test_it_says_what_may_be_suspended(
    environment: dict[str, str], good: bool, says: str, tmp_path: Path
) -> None:
    config = load(
        CONFIG, {"GUANJIA_DATABASE__URL": f"sqlite+aiosqlite:///{tmp_path / 'no.sqlite'}"} | environment
    )
    (finding,) = [each for each in await examine(config) if "暂停服务" in each.text]
    assert (finding.good, says in finding.text) == (good, True), finding.text


async def test_it_names_the_rights_that_nobody_has(tmp_path: Path) -> None:
    config = load(CONFIG, MANUAL | {"GUANJIA_DATABASE__URL": f"sqlite+aiosqlite:///{tmp_path / 'no.sqlite'}"})
    roles = {name: rights - {"suspension.approve_office"} for name, rights in config.roles.items()}
    found = await examine(config.model_copy(update={"roles": roles}))
    assert any(
        "没有角色有这些权限：suspension.approve_office" in each.text and not each.good for each in found
    )
