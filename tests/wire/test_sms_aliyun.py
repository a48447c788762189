"""Aliyun through its official package: signed as it should be, sent once, asked before anything is repeated."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.app import sms_provider
from bot.channels.base import Again, Dead, NextChannel, Outcome, Request, Sent, Unknown
from bot.channels.sms import SmsChannel
from bot.channels.sms_aliyun import AliyunKey, AliyunSms
from bot.channels.sms_http import HttpSmsProvider
from bot.config import Config
from models.clock import VirtualClock
from models.messages.content import Content, Sms
from models.messages.sms_lint import RegisteredTemplate
from tests.wire.fake_aliyun import KEY_ID, SECRET, FakeAliyun, aliyun, params_of
from tests.wire.outcomes import without_reason

MOBILE = "13800138000"


@pytest.fixture
async def gateway(clock: VirtualClock) -> AsyncIterator[tuple[FakeAliyun, SmsChannel]]:
    async with aliyun() as (fake, address):
        provider = AliyunSms(AliyunKey(KEY_ID, SECRET, "稻香物业"), clock, address, timeout_s=5)
        yield fake, SmsChannel(provider, {"notice": RegisteredTemplate("SMS_1")})


def request(channel: SmsChannel, key: str = "n1") -> Request:
    return channel.render(Content("账单", sms=Sms("notice", (("code", "Ab3"),))), MOBILE, key)


async def test_a_message_is_signed_and_carries_our_id(gateway: tuple[FakeAliyun, SmsChannel]) -> None:
    fake, channel = gateway
    assert await channel.send(request(channel)) == Sent("biz1")
    (sent,) = fake.sent
    assert {name: sent[name] for name in ("PhoneNumbers", "SignName", "TemplateCode", "OutId")} == {
        "PhoneNumbers": MOBILE, "SignName": "稻香物业", "TemplateCode": "SMS_1", "OutId": "n1",
    }  # fmt: skip
    assert params_of(sent) == {"code": "Ab3"}


ANSWERS: dict[str, tuple[tuple[int, str, str], Outcome]] = {
    "a minute's limit": ((200, "isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1"), Again(60, "")),
    "an hour's limit": ((200, "isv.BUSINESS_LIMIT_CONTROL", "触发小时级流控Permits:5"), Again(3600, "")),
    "a limit without words": ((200, "isv.BUSINESS_LIMIT_CONTROL", "busy"), Again(86400, "")),
    "busy": ((200, "isp.SYSTEM_ERROR", ""), Again(300, "", pause=True)),
    "the day's limit": ((200, "isv.DAY_LIMIT_CONTROL", ""), Again(3600, "", pause=True)),
    "no such number": ((200, "isv.MOBILE_NUMBER_ILLEGAL", ""), NextChannel("", stale=True)),
    "on a blacklist": ((200, "isv.BLACK_KEY_CONTROL_LIMIT", ""), NextChannel("", stale=True)),
    "template not registered": ((200, "isv.SMS_TEMPLATE_ILLEGAL", ""), Dead("", alarm=True)),
    "no money": ((200, "isv.AMOUNT_NOT_ENOUGH", ""), Again(3600, "", alarm=True, pause=True)),
    "key unknown": ((404, "InvalidAccessKeyId.NotFound", SECRET), Again(3600, "", alarm=True, pause=True)),
    "too many calls": ((400, "Throttling.User", ""), Again(300, "", pause=True)),
    "never heard of": ((200, "isv.NEW", ""), Unknown("")),
    "a server's fault": ((503, "ServiceUnavailable", ""), Unknown("")),
}


@pytest.mark.parametrize(("answer", "expected"), ANSWERS.values(), ids=ANSWERS)
async def test_each_code_has_its_end(
    gateway: tuple[FakeAliyun, SmsChannel], answer: tuple[int, str, str], expected: Outcome
) -> None:
    fake, channel = gateway
    fake.codes = [answer]
    outcome = await channel.send(request(channel))
    assert without_reason(outcome) == without_reason(expected)
    assert "canary" not in repr(outcome)


@pytest.mark.parametrize(
    ("state", "expected"), [(1, Sent("")), (3, Sent("")), (2, NextChannel("")), (None, None)]
)
async def test_a_lost_answer_is_asked_about_and_never_repeated_by_the_package(
    gateway: tuple[FakeAliyun, SmsChannel], state: int | None, expected: Outcome | None
) -> None:
    fake, channel = gateway
    fake.drop = 1
    outcome = await channel.send(request(channel))
    assert isinstance(outcome, Unknown)
    assert len(fake.sent) == 1 and "canary" not in repr(outcome)
    if state is None:
        fake.sent.clear()  # it had never arrived
    else:
        fake.states["n1"] = state
    known = await channel.ask(request(channel))
    assert (known and without_reason(known)) == (expected and without_reason(expected))
    assert fake.asked[0]["SendDate"] == "20261126"


async def test_the_provider_is_a_setting(config: Config, clock: VirtualClock) -> None:
    nothing: Any = None
    assert isinstance(sms_provider(config.sms, "", nothing, clock), HttpSmsProvider)
    changed = config.sms.model_copy(update={"provider": "aliyun", "access_key_id": KEY_ID})
    assert isinstance(sms_provider(changed, "", nothing, clock), AliyunSms)
