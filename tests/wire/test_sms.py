"""SMS: short values, and never twice after an unknown outcome."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.channels.base import Again, Dead, NextChannel, Outcome, Sent, Unknown
from bot.channels.sms import SmsChannel
from bot.channels.sms_http import HttpSmsProvider
from models.errors import Refused
from models.messages.content import Content, Sms
from models.messages.sms_lint import RegisteredTemplate
from tests.wire.fake_platform import FakePlatform, text
from tests.wire.outcomes import without_reason


@pytest.fixture
def sms(platform: FakePlatform, session: aiohttp.ClientSession) -> SmsChannel:
    return SmsChannel(HttpSmsProvider(session, platform.base_url, "canary-key", "科技园"))


BILL = Content(
    "账单",
    sms=Sms("SMS_BILL", (("company", "示例（深圳）科技发展有限公司南山第一分公司"), ("sum", "¥1,200.00"))),
)


def test_sms_is_a_template_with_short_values(sms: SmsChannel) -> None:
    assert sms.render(BILL, "13800138000", "notice-1").body == {
        "template": "SMS_BILL",
        "mobile": "13800138000",
        "params": {"company": "示例（深圳）科技发展有限公司南山第一分…", "sum": "1,200.00"},
        "out_id": "notice-1",
    }


@pytest.mark.parametrize("value", ["https://a/n/1", "见 www.a.cn", "HTTP://A", "今晚停水"])
def test_a_value_that_gateways_refuse_is_no_sms(sms: SmsChannel, value: str) -> None:
    with pytest.raises(ValueError, match="变量 what 含有"):
        sms.render(Content("t", sms=Sms("any", (("what", value),))), "13800138000", "k")


@pytest.mark.parametrize("value", ["R" * 21, "R¥1", "", "R1\n"])
def test_a_number_goes_as_it_is_or_not_at_all(sms: SmsChannel, value: str) -> None:
    with pytest.raises(ValueError, match="变量 no "):
        sms.render(Content("t", sms=Sms("any", (("no", value),))), "13800138000", "k")


def test_values_are_those_that_the_registered_text_asks_for() -> None:
    known = {"case_new": RegisteredTemplate("SMS_3", "单号${no}已登记")}
    channel = SmsChannel(None, known)
    with pytest.raises(ValueError, match="缺少变量 no；模板里没有变量 code"):
        channel.render(Content("t", sms=Sms("case_new", (("code", "1"),))), "13800138000", "k")


@pytest.mark.parametrize(
    ("content", "mobile"), [(Content("t"), "13800138000"), (BILL, "075512345678"), (BILL, "+8613800138000")]
)
def test_content_or_number_without_sms_is_refused(sms: SmsChannel, content: Content, mobile: str) -> None:
    with pytest.raises(ValueError, match=r"SMS|mobile"):
        sms.render(content, mobile, "k")


def test_templates_have_names_of_ours_and_codes_of_the_gateway() -> None:
    channel = SmsChannel(None, {"SMS_BILL": RegisteredTemplate("SMS_4711")})  # rendering is pure
    assert channel.render(BILL, "13800138000", "k").body["template"] == "SMS_4711"
    with pytest.raises(ValueError, match="no SMS template"):
        channel.render(Content("t", sms=Sms("case_done")), "13800138000", "k")


async def test_sms_carries_no_files(sms: SmsChannel) -> None:
    with pytest.raises(Refused):
        await sms.upload("file", "a.pdf", b"%PDF")


async def test_sms_is_submitted_with_key_and_signature(sms: SmsChannel, platform: FakePlatform) -> None:
    platform.reply("send", {"code": "OK", "id": "B1"})
    request = sms.render(BILL, "13800138000", "k1")
    assert "canary" not in json.dumps(request.body)
    assert await sms.send(request) == Sent("B1")
    (seen,) = platform.calls("send")
    assert seen.json == {"key": "canary-key", "sign": "科技园", **request.body}


SMS_ANSWERS: dict[str, tuple[Any, Outcome]] = {
    "number limit": ({"code": "isv.BUSINESS_LIMIT_CONTROL"}, Again(86400, "")),
    "system": ({"code": "isp.SYSTEM_ERROR"}, Again(300, "", pause=True)),
    "no money": ({"code": "isv.AMOUNT_NOT_ENOUGH"}, Again(3600, "", alarm=True, pause=True)),
    "bad number": ({"code": "isv.MOBILE_NUMBER_ILLEGAL"}, NextChannel("", stale=True)),
    "bad template": ({"code": "isv.SMS_TEMPLATE_ILLEGAL"}, Dead("", alarm=True)),
    "unknown code": ({"code": "isv.NEW", "message": "key=canary-key"}, Unknown("")),
    "no code": ({}, Unknown("")),
    "html": (text("<html>"), Unknown("")),
    "5xx": (text("x", 500), Unknown("")),
    "not taken": (text("x", 404), Again(5, "")),
    "list": (text("[]", 200, "application/json"), Unknown("")),
    "reset": (lambda: web.Response(body=b"{", content_type="application/json"), Unknown("")),
}


@pytest.mark.parametrize(("answer", "expected"), SMS_ANSWERS.values(), ids=SMS_ANSWERS)
async def test_answer_of_the_gateway(
    sms: SmsChannel, platform: FakePlatform, answer: Any, expected: Outcome
) -> None:
    platform.reply("send", answer)
    outcome = await sms.send(sms.render(BILL, "13800138000", "k"))
    assert without_reason(outcome) == without_reason(expected)
    assert "canary" not in repr(outcome)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"status": "delivered"}, Sent("")),
        ({"status": "sent"}, Sent("")),
        ({"status": "failed"}, NextChannel("")),
        ({"status": "unknown"}, None),
        ({"status": "new word"}, Unknown("")),
        (text("x", 500), Unknown("")),
    ],
)
async def test_gateway_is_asked_by_out_id(
    sms: SmsChannel, platform: FakePlatform, answer: Any, expected: Outcome | None
) -> None:
    platform.reply("query", answer)
    outcome = await sms.ask(sms.render(BILL, "13800138000", "k1"))
    assert (outcome and without_reason(outcome)) == (expected and without_reason(expected))
    (seen,) = platform.calls("query")
    assert seen.query == {"key": "canary-key", "out_id": "k1"}
    assert "canary" not in repr(outcome)
