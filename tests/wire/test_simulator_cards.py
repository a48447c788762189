"""Cards: pressed, updated once per code, and dead afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.wire.simulator_stage import AGENT, Stage, card, notice, open_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with open_stage() as stage:
        yield stage


async def update(stage: Stage, code: str, **changed: Any) -> int:
    body = {
        "userids": ["QIAN"],
        "agentid": AGENT,
        "response_code": code,
        "button": {"replace_name": "已接单"},
    }
    body = {name: value for name, value in (body | changed).items() if value is not None}
    return int((await stage.call("message/update_template_card", body))["errcode"])


async def press(stage: Stage, key: str = "accept", n: int = 1) -> int:
    return (await stage.post("/sim/people/qian/press", {"message": n, "key": key}))[0]


async def test_a_press_tells_the_service_with_a_new_code_each_time(stage: Stage) -> None:
    sent = await stage.send(card("task-1"))
    assert await press(stage) == await press(stage, "pass") == 200
    first, second = stage.service.heard
    assert {name: first[name] for name in ("Event", "EventKey", "TaskId", "CardType", "FromUserName")} == {
        "Event": "template_card_event",
        "EventKey": "accept",
        "TaskId": "task-1",
        "CardType": "button_interaction",
        "FromUserName": "qian",
    }
    assert second["EventKey"] == "pass"
    assert len({first["ResponseCode"], second["ResponseCode"], sent["response_code"]}) == 3


async def test_an_updated_card_keeps_its_place_and_cannot_be_pressed(stage: Stage) -> None:
    sent = await stage.send(card())
    assert await update(stage, sent["response_code"]) == 0
    (entry,) = await stage.phone("qian")
    assert (entry["n"], entry["buttons"], entry["state"], entry["rev"]) == (1, [], "已接单", 1)
    assert await press(stage) == 409


async def test_a_code_works_once_and_for_72_hours(stage: Stage) -> None:
    code = (await stage.send(card()))["response_code"]
    assert [await update(stage, code), await update(stage, code)] == [0, 60140]
    late = (await stage.send(card("task-2")))["response_code"]
    stage.wait(hours=72, seconds=1)
    await stage.renew_token()
    assert await update(stage, late) == 60140


async def test_a_card_can_become_another_card(stage: Stage) -> None:
    code = (await stage.send(card()))["response_code"]
    after = card(button_list=[{"text": "到场", "key": "arrive"}])["template_card"]
    assert await update(stage, code, button=None, template_card=after) == 0
    (entry,) = await stage.phone("qian")
    assert [button["key"] for button in entry["buttons"]] == ["arrive"]
    assert await press(stage) == 409
    assert await press(stage, "arrive") == 200
    assert stage.service.heard[-1]["TaskId"] == "task-1"


async def test_a_bad_update_is_refused_and_does_not_use_up_the_code(stage: Stage) -> None:
    code = (await stage.send(card()))["response_code"]
    plain = await stage.send(notice(action_menu={"action_list": [{"key": "a", "text": "好"}]}, task_id="n"))
    assert await update(stage, code, button=None) == 40058
    assert await update(stage, code, template_card=notice()["template_card"]) == 40058
    assert await update(stage, code, userids=None) == 40058
    assert await update(stage, code, userids=[7]) == 40058
    assert await update(stage, code, agentid=7) == 42015
    assert await update(stage, code, button={"name": "x"}) == 40058
    assert await update(stage, code, button=None, template_card=card("n")["template_card"]) == 42014
    assert await update(stage, "unknown") == 60140
    assert await update(stage, plain["response_code"]) == 40058
    assert await update(stage, code) == 0


async def test_only_cards_that_call_back_bring_a_code(stage: Stage) -> None:
    assert "response_code" not in await stage.send(notice())


async def test_a_task_id_is_used_once(stage: Stage) -> None:
    await stage.send(card("task-1"))
    assert (await stage.send(card("task-1")))["errcode"] == 42014


async def test_everybody_s_card_is_updated_and_unknown_members_are_named(stage: Stage) -> None:
    sent = await stage.send(card(), to="qian|ZhaoMin")
    body = {"userids": ["ghost", "qian"], "agentid": AGENT, "button": {"replace_name": "完成"}}
    reply = await stage.call("message/update_template_card", body | {"response_code": sent["response_code"]})
    assert (reply["errcode"], reply["invaliduser"]) == (0, ["ghost"])
    assert (await stage.phone("ZhaoMin"))[0]["buttons"] != []
    await press(stage, "accept", 1)
    await stage.post("/sim/people/ZhaoMin/press", {"message": 1, "key": "accept"})
    assert await update(stage, stage.service.heard[-1]["ResponseCode"], userids=None, atall=1) == 0
    assert (await stage.phone("ZhaoMin"))[0]["state"] == "已接单"


PRESSES = {
    "no such message": ({"message": 9, "key": "accept"}, 404),
    "no such button": ({"message": 1, "key": "other"}, 400),
    "no number": ({"message": "1", "key": "accept"}, 400),
    "no key": ({"message": 1}, 400),
}


@pytest.mark.parametrize("case", PRESSES)
async def test_a_press_that_makes_no_sense_is_refused(stage: Stage, case: str) -> None:
    await stage.send(card())
    body, status = PRESSES[case]
    answer = await stage.post("/sim/people/qian/press", body)
    assert answer[0] == status and answer[1]["error"]
    assert stage.service.heard == []
