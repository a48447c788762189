"""SMS templates: what carriers refuse is found before it is registered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import Config
from models.messages.sms_lint import (
    VARIABLES,
    fit_value,
    lint,
    lint_values,
    lint_variables,
    registered_text,
    segments,
    value_faults,
)


def test_every_shipped_template_is_fit_to_be_registered(config: Config) -> None:
    faults = {code: lint(text, config.sms.sign) for code, text in config.sms_texts().items()}
    assert all(found == [] for found in faults.values()), faults
    assert "notice" in faults


def test_the_address_of_the_service_stands_in_the_template_and_only_the_code_varies(config: Config) -> None:
    text = config.sms_texts()["notice"]
    assert f"{config.server.public_url}/n/${{code}}" in text
    assert lint_values(text, {"code": "a" * 16}) == []


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ("【物业】您有一份通知", "【"),
        ("请缴纳¥100", "¥"),
        ("这是催款通知", "催款"),
        ("将通过诉讼解决", "诉讼"),
        ("今晚停电检修", "停电"),
        ("您的装修申请已批准", "装修"),
        ("点击${link}查看", "链接"),
        ("${name}${day}见", "相邻"),
        ("通知" * 110, "条发送"),
    ],
)
def test_what_a_carrier_refuses_is_named(template: str, fault: str) -> None:
    assert any(fault in found for found in lint(template))


def test_a_template_has_the_variable_that_is_filled(config: Config) -> None:
    assert set(config.sms.templates) == set(VARIABLES)
    assert [lint_variables(name, each.text) for name, each in config.sms.templates.items()] == [[]] * len(
        VARIABLES
    )
    assert lint_variables("notice", "通知${what}") == [
        "正文里缺少变量 ${code}，这类短信发不出去",
        "正文里的变量 ${what} 系统不填，这类短信发不出去",
    ]
    assert lint_variables("file_ready", "已备好${no}") == ["正文里的变量 ${no} 系统不填，这类短信发不出去"]
    assert lint_variables("hello", "您好${who}") == []


def test_values_must_fit_the_template() -> None:
    assert lint_values("单号${no}", {"no": "x" * 21, "more": "1"}) == [
        "模板里没有变量 more",
        "变量 no 超过 20 个字符",
    ]
    assert lint_values("单号${no}", {}) == ["缺少变量 no"]
    assert lint_values("看${no}", {"no": "http://a.b"}) == ["变量 no 含有链接"]


def test_values_that_gateways_refuse_are_named() -> None:
    assert lint_values("看${a}", {"a": "¥5【物业】"}) == ["变量 a 含有模板不收的符号"]
    assert lint_values("看${a}", {"a": " "}) == ["变量 a 是空的"]
    assert lint_values("看${a}", {"a": "明天停电"}) == ["变量 a 含有运营商禁用的词“停电”"]
    assert lint_values("字" * 180 + "${a}", {"a": "x" * 20}, "稻香物业") == ["填好后要分 4 条发送，最多 3 条"]


@given(st.text())
def test_free_text_becomes_fit_but_for_links_and_banned_words(value: str) -> None:
    faults = value_faults({"a": fit_value(value)})
    assert all("链接" in fault or "禁用" in fault for fault in faults), faults


def test_a_long_text_is_charged_in_pieces_of_67() -> None:
    assert [segments("字" * n) for n in (70, 71, 134, 135)] == [1, 2, 2, 3]
    assert segments("字" * 68, "物业") == 2
    assert registered_text("{public_url}/n/", "https://x.cn/") == "https://x.cn/n/"
