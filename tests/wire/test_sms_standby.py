"""A second gateway for SMS takes what the first surely has not, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.app import service, sms_channel, sms_keys
from bot.channels.base import Again, Dead, NextChannel, Outcome, Sent, Unknown
from bot.channels.sms import SmsChannel
from bot.channels.sms_aliyun import AliyunKey, AliyunSms
from bot.channels.sms_gateway import SmsStatus
from bot.channels.sms_standby import Standby
from bot.config import Config, load
from bot.demo import demo_config
from bot.doctor_sms import sms_findings
from bot.sms_hooks import SmsKeys
from models.clock import VirtualClock
from models.errors import ConfigError, Refused, Unreachable
from models.messages.content import Content, Sms
from tests.conftest import ROOT
from tests.stories.conftest import free_port


class Gateway:
    """Fails as ordered. known: what it says of any message."""

    def __init__(self, failure: Exception | None = None, known: SmsStatus | None = SmsStatus.UNKNOWN) -> None:
        self.failure, self.known = failure, known
        self.taken: list[tuple[str, str]] = []

    async def send(self, template: str, mobile: str, params: dict[str, str], out_id: str) -> str:
        del mobile, params
        if self.failure:
            raise self.failure
        self.taken.append((template, out_id))
        return "id"

    async def status(self, out_id: str, mobile: str) -> SmsStatus:
        del out_id, mobile
        if self.known is None:
            raise silence(maybe_done=False)
        return self.known


def silence(*, maybe_done: bool) -> Unreachable:
    return Unreachable("silence", api="sms/send", maybe_done=maybe_done)


def refused(code: str) -> Refused:
    return Refused(code, "ordered", api="sms/send")


def channel_over(first: Gateway, second: Gateway) -> SmsChannel:
    return SmsChannel(first, standby=Standby(second, {"notice": "N2"}))


async def send(channel: SmsChannel, template: str = "notice") -> Outcome:
    return await channel.send(channel.render(Content("t", sms=Sms(template)), "13800138000", "k"))


@pytest.mark.parametrize(
    "failure",
    [silence(maybe_done=False), refused("isv.AMOUNT_NOT_ENOUGH"), refused("isp.SYSTEM_ERROR"), refused("Throttling")],
    ids=str,
)  # fmt: skip
async def test_what_the_first_has_surely_not_taken_goes_over_the_second(failure: Exception) -> None:
    second = Gateway()
    outcome = await send(channel_over(Gateway(failure), second))
    assert isinstance(outcome, Sent) and "暂由备用网关发送" in outcome.alarm
    assert second.taken == [("N2", "k")]


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (silence(maybe_done=True), Unknown),
        (refused("never heard of"), Unknown),
        (refused("isv.BUSINESS_LIMIT_CONTROL"), Again),
        (refused("isv.MOBILE_NUMBER_ILLEGAL"), NextChannel),
        (refused("isv.SMS_CONTENT_ILLEGAL"), Dead),
    ],
    ids=str,
)
async def test_what_it_may_have_taken_and_what_no_gateway_would_take_does_not(
    failure: Exception, expected: type[Outcome]
) -> None:
    second = Gateway()
    assert isinstance(await send(channel_over(Gateway(failure), second)), expected)
    assert second.taken == []


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (silence(maybe_done=False), Again),
        (refused("isv.SMS_TEMPLATE_ILLEGAL"), Again),
        (silence(maybe_done=True), Unknown),
        (refused("isv.MOBILE_NUMBER_ILLEGAL"), NextChannel),
    ],
    ids=str,
)
async def test_where_the_second_fails_as_well_it_is_as_if_there_were_none_unless_it_may_have_taken_it(
    failure: Exception, expected: type[Outcome]
) -> None:
    outcome = await send(channel_over(Gateway(refused("isv.OUT_OF_SERVICE")), Gateway(failure)))
    assert isinstance(outcome, expected)
    if isinstance(outcome, Again):
        assert (outcome.pause, outcome.alarm) == (True, True) and "OUT_OF_SERVICE" in outcome.reason


async def test_a_template_that_the_second_does_not_have_waits_for_the_first() -> None:
    second = Gateway()
    assert isinstance(await send(channel_over(Gateway(silence(maybe_done=False)), second), "code"), Again)
    assert second.taken == []


_SENT, _NEVER, _SILENT = SmsStatus.SENT, SmsStatus.UNKNOWN, None


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (_SENT, _SILENT, Sent), (_NEVER, _SENT, Sent), (_SILENT, _SENT, Sent), (_NEVER, _NEVER, type(None)),
        (_SILENT, _NEVER, Unknown), (_NEVER, _SILENT, Unknown),
    ],
)  # fmt: skip
async def test_both_are_asked_before_anything_is_sent_again(
    first: SmsStatus | None, second: SmsStatus | None, expected: type
) -> None:
    channel = channel_over(Gateway(known=first), Gateway(known=second))
    request = channel.render(Content("t", sms=Sms("notice")), "13800138000", "k")
    assert isinstance(await channel.ask(request), expected)


async def test_aliyun_that_can_not_be_reached_has_surely_taken_nothing(clock: VirtualClock) -> None:
    gateway = AliyunSms(AliyunKey("k", "s", "sign"), clock, f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Unreachable) as failure:
        await gateway.send("t", "13800138000", {}, "k")
    assert not failure.value.maybe_done


def changed(config: Config, **values: Any) -> Config:
    standby = config.sms_standby.model_copy(update=values)
    return config.model_copy(update={"sms_standby": standby})


async def test_the_second_is_a_setting_and_is_heard_too(clock: VirtualClock) -> None:
    environment = {
        "GUANJIA_SMS__KEY": "one", "GUANJIA_SMS_STANDBY__PROVIDER": "aliyun", "GUANJIA_SMS_STANDBY__KEY": "two",
        "GUANJIA_SMS_STANDBY__ACCESS_KEY_ID": "id", "GUANJIA_SMS_STANDBY__REPORT_KEY": "push",
    }  # fmt: skip
    nothing: Any = None
    config = load(ROOT / "config.yaml", environment)
    standby = sms_channel(config, nothing, clock)._standby
    assert standby and isinstance(standby._provider, AliyunSms)
    assert sms_keys(config) == SmsKeys(http="one", aliyun="push")
    alone = load(ROOT / "config.yaml", {"GUANJIA_SMS__KEY": "one"})
    assert sms_channel(alone, nothing, clock)._standby is None
    assert sms_keys(alone) == SmsKeys(http="one")


async def test_two_of_one_kind_do_not_start(config: Config, clock: VirtualClock, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="同一种"):
        async with service(
            changed(demo_config(config, tmp_path, 1, keep_database=False), provider="http"), clock
        ):
            pass


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"provider": "aliyun"}, "没有可用的模板"),
        ({"provider": "aliyun", "codes": {"else": "1"}}, "不认识的模板：else"),
        ({"provider": "aliyun", "codes": {"notice": "1"}}, "GUANJIA_SMS_STANDBY__KEY"),
    ],
    ids=str,
)
async def test_check_says_what_it_lacks(config: Config, values: dict[str, Any], says: str) -> None:
    assert says in (await sms_findings(changed(config, **values)))[-1].text
