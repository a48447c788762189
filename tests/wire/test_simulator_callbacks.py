"""What the service is told about staff, how often, and which faults can be ordered."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.wire.simulator_stage import AGENT, CORP, PNG, SMS_KEY, Stage, open_stage, text


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with open_stage() as stage:
        yield stage


def b64(body: bytes) -> str:
    return base64.b64encode(body).decode()


async def test_a_text_of_staff_arrives_signed_and_encrypted(stage: Stage) -> None:
    words = "待办 <b>&amp; ]]> \U0001f600\x0b"
    assert await stage.say("ZhaoMin", words) == 1
    (told,) = stage.service.heard
    assert told["Content"] == "待办 <b>&amp; ]]> \U0001f600"
    assert (told["ToUserName"], told["FromUserName"], told["AgentID"]) == (CORP, "ZhaoMin", str(AGENT))
    assert int(told["MsgId"]) > 2**53 and told["CreateTime"] == "1795654800"


async def test_pictures_voices_and_places_arrive_but_files_do_not(stage: Stage) -> None:
    await stage.say("qian", {"image": b64(PNG)})
    await stage.say("qian", {"voice": b64(b"#!AMR\n1234")})
    await stage.say("qian", {"location": {"latitude": 31.2, "longitude": 121.4, "label": "泵房"}})
    await stage.say("qian", {"file": b64(b"%PDF-1.7"), "name": "a.pdf"})
    told = stage.service.heard
    assert [message["MsgType"] for message in told] == ["image", "voice", "location"]
    assert told[0]["MediaId"] and told[1]["Format"] == "amr"
    assert (told[2]["Location_X"], told[2]["Location_Y"], told[2]["Label"]) == ("31.2", "121.4", "泵房")
    assert len(await stage.phone("qian")) == 4
    assert (await stage.get_json("/sim/ledger"))[-1]["delivered"] is False


async def test_opening_the_application_is_an_event(stage: Stage) -> None:
    await stage.post("/sim/people/qian/open", {})
    assert (stage.service.heard[0]["Event"], stage.service.heard[0]["EventKey"]) == ("enter_agent", "")


async def test_a_callback_is_repeated_until_answered_and_then_given_up(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.simulator.limits.CALLBACK_GAPS_S", (0, 0, 0))
    stage.service.answers = [500, 503]
    await stage.say("qian", "待办")
    assert len(stage.service.heard) == 3
    assert len({told["MsgId"] for told in stage.service.heard}) == 1
    stage.service.answers = [500] * 4
    assert await stage.say("qian", "帮助") == 2
    assert len(stage.service.heard) == 7 and stage.simulator.pending == 0
    assert (await stage.get_json("/sim/ledger"))[-1]["why"] == "not answered with 200"


async def test_the_address_is_verified_as_wecom_does(stage: Stage) -> None:
    assert await stage.simulator.verify_callback_url()


async def order(stage: Stage, *faults: dict[str, Any]) -> None:
    assert (await stage.post("/sim/faults", list(faults)))[0] == 200


async def test_callbacks_can_come_three_times_and_not_at_all(stage: Stage) -> None:
    await order(stage, {"api": "callback", "repeat": 3})
    await stage.say("qian", "a")
    await stage.say("qian", "b")
    assert [told["Content"] for told in stage.service.heard] == ["a", "a", "a", "b", "b", "b"]
    await stage.post("/sim/reset-faults", {})
    await order(stage, {"api": "callback", "drop": True})
    await stage.say("qian", "lost")
    await stage.say("qian", "c")
    assert [told["Content"] for told in stage.service.heard[6:]] == ["c"]


async def test_a_callback_can_come_late_and_out_of_order(stage: Stage) -> None:
    await order(stage, {"api": "callback", "after_s": 3600})
    await stage.say("qian", "first")
    await stage.say("qian", "second")
    due = stage.simulator.next_due()
    assert due is not None and stage.simulator.pending == 0
    stage.clock.set(due)
    assert stage.simulator.pending == 1
    await stage.simulator.settled()
    assert [told["Content"] for told in stage.service.heard] == ["second", "first"]
    assert (int(stage.service.heard[1]["CreateTime"]), stage.simulator.next_due()) == (1795654800, None)


async def test_two_messages_can_hide_behind_one_notification(stage: Stage) -> None:
    await stage.post("/sim/people/lina/open", {})
    await order(stage, {"api": "callback", "drop": True})
    await stage.say("lina", "1")
    await stage.say("lina", "2")
    assert len((await stage.sync())["msg_list"]) == 3


async def test_an_empty_page_may_have_more_behind_it(stage: Stage) -> None:
    await stage.say("lina", "1")
    await order(stage, {"api": "kf/sync_msg", "empty_page": True})
    empty = await stage.sync()
    assert (empty["msg_list"], empty["has_more"]) == ([], 1)
    full = await stage.sync(cursor=empty["next_cursor"])
    assert full["next_cursor"] != empty["next_cursor"] and len(full["msg_list"]) == 2


async def test_ordered_errcodes_are_used_up(stage: Stage) -> None:
    await order(
        stage, {"api": "message/send", "errcode": -1, "times": 2}, {"api": "message/send", "errcode": 45009}
    )
    codes = [(await stage.send(text(str(n))))["errcode"] for n in range(4)]
    assert codes == [-1, -1, 45009, 0]
    assert [entry["text"] for entry in await stage.phone("qian")] == ["3"]


async def test_http_errors_pages_and_broken_connections(stage: Stage) -> None:
    url = f"{stage.base}/cgi-bin/message/send?access_token={stage.token}"
    body = {"touser": "qian", "agentid": AGENT, **text("a")}
    await order(stage, {"api": "message/send", "http": 502})
    async with stage.http.post(url, json=body) as response:
        assert response.status == 502
    await order(stage, {"api": "message/send", "html": True})
    async with stage.http.post(url, json=body) as response:
        assert (response.status, response.content_type) == (200, "text/html")
    for fault, shown in (("drop", 0), ("deliver_then_drop", 1)):
        await order(stage, {"api": "message/send", fault: True})
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await stage.http.post(url, json=body)
        assert len(await stage.phone("qian")) == shown


async def test_orders_can_be_read_and_forgotten(stage: Stage) -> None:
    await order(
        stage, {"api": "sms/send", "errcode": "isv.BUSINESS_LIMIT_CONTROL"}, {"api": "callback", "repeat": 2}
    )
    assert await stage.get_json("/sim/faults") == [
        {"api": "sms/send", "errcode": "isv.BUSINESS_LIMIT_CONTROL", "times": 1},
        {"api": "callback", "repeat": 2, "times": None},
    ]
    await stage.post("/sim/reset-faults", {})
    assert await stage.get_json("/sim/faults") == []


BAD_ORDERS = {
    "no list": {"api": "message/send"},
    "no api": [{"errcode": -1}],
    "unknown field": [{"api": "message/send", "explode": True}],
    "zero times": [{"api": "message/send", "times": 0}],
    "repeat a thousand": [{"api": "callback", "repeat": 1000}],
    "a day of delay": [{"api": "message/send", "delay_s": 86400}],
    "a year late": [{"api": "callback", "after_s": 31536000}],
    "text for a number": [{"api": "message/send", "http": "502"}],
    "true for a number": [{"api": "message/send", "times": True}],
}


@pytest.mark.parametrize("case", BAD_ORDERS)
async def test_an_order_that_makes_no_sense_is_refused_as_a_whole(stage: Stage, case: str) -> None:
    status, answer = await stage.post("/sim/faults", BAD_ORDERS[case])
    assert status == 400 and answer["error"].endswith("。")
    assert await stage.get_json("/sim/faults") == []


async def test_a_slow_answer_and_a_lost_sms_answer(stage: Stage) -> None:
    await order(
        stage, {"api": "message/send", "delay_s": 0.01}, {"api": "sms/send", "deliver_then_drop": True}
    )
    assert (await stage.send(text("a")))["errcode"] == 0
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await stage.sms()
    assert (await stage.phone("lina"))[0]["channel"] == "sms"
    assert (await stage.get_json(f"/sms/query?key={SMS_KEY}&out_id=outbox-1"))["status"] == "sent"


async def test_over_a_thousand_an_hour_is_swallowed_too(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.simulator.limits.MEMBER_PER_HOUR", 2)
    for n in range(3):
        stage.wait(minutes=1)
        assert (await stage.send(text(str(n))))["errcode"] == 0
    assert [line["delivered"] for line in await stage.get_json("/sim/ledger")] == [True, True, False]


async def test_a_service_that_is_gone_does_not_break_the_phone() -> None:
    async with open_stage(callback_url="http://127.0.0.1:9/wecom/callback") as stage:
        assert await stage.say("qian", "待办") == 1
        assert await stage.simulator.verify_callback_url() is False
        assert stage.simulator.pending == 0
