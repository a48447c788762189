"""The SMS gateway: what it takes, what it refuses, and the reports it sends later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.wire.simulator_stage import LINA, QIAN, SMS_KEY, START, Stage, open_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with open_stage() as stage:
        yield stage


async def status(stage: Stage, out_id: str = "outbox-1", key: str = SMS_KEY) -> str:
    answer = await stage.get_json(f"/sms/query?key={key}&out_id={out_id}")
    return str(answer.get("status", answer["code"]))


async def test_a_message_is_in_the_inbox_and_reported_a_little_later(stage: Stage) -> None:
    reply = await stage.sms()
    assert reply["code"] == "OK" and reply["id"]
    (entry,) = await stage.phone("lina")
    assert (entry["channel"], entry["text"]) == ("sms", "【园区物业】11月账单1280.50元,请留意。")
    assert (await status(stage), stage.simulator.pending) == ("sent", 0)
    due = stage.simulator.next_due()
    assert due is not None and due > START
    stage.clock.set(due)
    assert stage.simulator.pending == 1
    await stage.simulator.settled()
    (report,) = stage.service.reports
    assert (report["out_id"], report["mobile"], report["success"]) == ("outbox-1", LINA.mobile, True)
    assert (await status(stage), stage.simulator.next_due()) == ("delivered", None)


async def test_a_wrong_number_is_accepted_and_fails_later(stage: Stage) -> None:
    await stage.sms(mobile="19900012345")
    stage.wait(seconds=5)
    await stage.simulator.run_due()
    assert [report["success"] for report in stage.service.reports] == [False]
    assert await status(stage) == "failed"
    assert await stage.phone("sms:19900012345") == []


async def test_a_report_is_repeated_until_taken(stage: Stage) -> None:
    stage.service.answers = [503]
    await stage.sms()
    for _ in range(2):
        due = stage.simulator.next_due()
        assert due is not None
        stage.clock.set(due)
        await stage.simulator.run_due()
    assert len(stage.service.reports) == 1 and stage.simulator.next_due() is None


async def test_a_report_nobody_takes_is_given_up(stage: Stage) -> None:
    stage.service.answers = [503] * 5
    await stage.sms()
    while due := stage.simulator.next_due():
        stage.clock.set(due)
        await stage.simulator.run_due()
    assert stage.service.reports == [] and stage.service.answers == []
    assert (await stage.get_json("/sim/ledger"))[-1]["api"] == "sms/report"


async def test_a_report_can_be_withheld(stage: Stage) -> None:
    await stage.post("/sim/faults", [{"api": "sms/report", "drop": True}])
    await stage.sms()
    stage.wait(seconds=5)
    await stage.simulator.settled()
    assert stage.service.reports == [] and await status(stage) == "delivered"


async def test_numbers_of_staff_and_of_nobody_have_an_inbox(stage: Stage) -> None:
    await stage.sms(mobile=QIAN.mobile)
    await stage.sms(mobile="13700000000")
    assert len(await stage.phone("qian")) == len(await stage.phone("sms:13700000000")) == 1


REFUSED = {
    "wrong key": ({"key": "x"}, "InvalidAccessKeyId.NotFound"),
    "other signature": ({"sign": "别家"}, "isv.SMS_SIGNATURE_ILLEGAL"),
    "unknown template": ({"template": "free_text"}, "isv.SMS_TEMPLATE_ILLEGAL"),
    "short number": ({"mobile": "1380000"}, "isv.MOBILE_NUMBER_ILLEGAL"),
    "foreign number": ({"mobile": "+8613800000001"}, "isv.MOBILE_NUMBER_ILLEGAL"),
    "variable missing": ({"params": {"month": "11月"}}, "isv.TEMPLATE_MISSING_PARAMETERS"),
    "variable unknown": (
        {"params": {"month": "11月", "amount": "1", "url": "a"}},
        "isv.TEMPLATE_PARAMS_ILLEGAL",
    ),
    "variable too long": ({"params": {"month": "月" * 21, "amount": "1"}}, "isv.PARAM_LENGTH_LIMIT"),
    "bracket": ({"params": {"month": "【11月】", "amount": "1"}}, "isv.BLACK_KEY_CONTROL_LIMIT"),
    "money sign": ({"params": {"month": "11月", "amount": "¥1"}}, "isv.BLACK_KEY_CONTROL_LIMIT"),
    "variable is a number": ({"params": {"month": "11月", "amount": 1}}, "isv.INVALID_PARAMETERS"),
    "variable is empty": ({"params": {"month": "", "amount": "1"}}, "isv.INVALID_PARAMETERS"),
    "no id": ({"out_id": ""}, "isv.INVALID_PARAMETERS"),
    "number is a number": ({"mobile": 13800000001}, "isv.INVALID_PARAMETERS"),
    "unknown field": ({"urgent": True}, "isv.INVALID_PARAMETERS"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_a_bad_message_is_refused_and_not_shown(stage: Stage, case: str) -> None:
    changed, code = REFUSED[case]
    reply = await stage.sms(**changed)
    assert (reply["code"], bool(reply["message"])) == (code, True)
    assert await stage.phone("lina") == []
    assert await status(stage) == "unknown"


async def test_not_json_is_refused(stage: Stage) -> None:
    async with stage.http.post(f"{stage.base}/sms/send", data=b"{") as response:
        assert (await response.json())["code"] == "isv.INVALID_PARAMETERS"


async def test_asking_needs_the_key(stage: Stage) -> None:
    assert await status(stage, key="x") == "InvalidAccessKeyId.NotFound"


async def test_ordered_codes(stage: Stage) -> None:
    await stage.post("/sim/faults", [{"api": "sms/send", "errcode": "isv.AMOUNT_NOT_ENOUGH"}])
    assert (await stage.sms())["code"] == "isv.AMOUNT_NOT_ENOUGH"


CODE: dict[str, Any] = {"template": "code_bind", "params": {"code": "8412"}}


async def test_codes_are_rationed_per_minute_hour_and_day(stage: Stage) -> None:
    async def send() -> str:
        return str((await stage.sms(**CODE))["code"])

    assert [await send(), await send()] == ["OK", "isv.BUSINESS_LIMIT_CONTROL"]
    for _ in range(4):
        stage.wait(minutes=1)
        assert await send() == "OK"
    stage.wait(minutes=1)
    assert await send() == "isv.BUSINESS_LIMIT_CONTROL"
    stage.wait(hours=1)
    for _ in range(5):
        assert await send() == "OK"
        stage.wait(minutes=1)
    stage.wait(hours=1)
    assert await send() == "isv.BUSINESS_LIMIT_CONTROL"


async def test_fifty_notices_a_day_reach_one_number(stage: Stage) -> None:
    codes = [(await stage.sms(out_id=str(n)))["code"] for n in range(51)]
    assert codes == ["OK"] * 50 + ["isv.BUSINESS_LIMIT_CONTROL"]
    assert (await stage.sms(mobile=QIAN.mobile))["code"] == "OK"
    stage.wait(days=1)
    assert (await stage.sms())["code"] == "OK"
