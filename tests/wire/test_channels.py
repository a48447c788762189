"""What goes out: the form of every message, and what each answer means for it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

import bot.channels
from bot.channels.base import Again, Dead, NextChannel, Outcome, Request, Sent, Unknown
from bot.channels.sms import SmsChannel, template_value
from bot.channels.sms_http import HttpSmsProvider
from bot.channels.texts import visible
from bot.channels.wecom_app import WecomApp, task_id
from bot.channels.wecom_kf import WecomKf, message_id
from bot.wecom.client import WecomClient
from models.clock import SystemClock, VirtualClock
from models.errors import Refused
from models.messages.content import Button, Content, Sms
from tests.wire.fake_platform import FakePlatform, text

BUTTONS = (Button("take:R07", "接单"), Button("pass:R07", "改派"))


@pytest.fixture
def app(client: WecomClient) -> WecomApp:
    return WecomApp(client, 1000002)


@pytest.fixture
def kf(client: WecomClient, clock: VirtualClock) -> WecomKf:
    return WecomKf(client, "wk1", clock)


@pytest.fixture
def sms(platform: FakePlatform, session: aiohttp.ClientSession) -> SmsChannel:
    return SmsChannel(HttpSmsProvider(session, platform.base_url, "canary-key", "科技园"))


def test_every_channel_of_the_folder_is_in_its_table() -> None:
    folder = Path(bot.channels.__file__).parent
    with_send = {
        path.stem
        for path in folder.glob("*.py")
        if "def ask(" in path.read_text("utf-8") and path.stem != "base"
    }
    assert {channel.__module__.rpartition(".")[2] for channel in bot.channels.CHANNELS} == with_send


# --- the application -------------------------------------------------------------------------------------------


def test_plain_text_to_a_member(app: WecomApp) -> None:
    request = app.render(Content("您好", url="https://a/n/1"), "liming", "case:1:new")
    assert request == Request(
        "message/send",
        {
            "touser": "liming",
            "agentid": 1000002,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 14400,
            "msgtype": "text",
            "text": {"content": "您好\nhttps://a/n/1"},
        },
    )


def test_buttons_become_a_card(app: WecomApp) -> None:
    request = app.render(Content("漏水\n3 楼", title="R07 报修", buttons=BUTTONS), "liming", "case:7:new")
    assert request.body["template_card"] == {
        "card_type": "button_interaction",
        "main_title": {"title": "R07 报修"},
        "sub_title_text": "漏水\n3 楼",
        "button_list": [
            {"text": "接单", "style": 1, "key": "take:R07"},
            {"text": "改派", "style": 2, "key": "pass:R07"},
        ],
        "task_id": task_id("case:7:new"),
    }


def test_titled_link_becomes_a_notice_card(app: WecomApp) -> None:
    request = app.render(Content("请查收", title="11 月账单", url="https://a/n/1"), "liming", "k")
    assert request.body["template_card"] == {
        "card_type": "text_notice",
        "main_title": {"title": "11 月账单"},
        "sub_title_text": "请查收",
        "card_action": {"type": 1, "url": "https://a/n/1"},
    }


def test_card_without_title_takes_its_first_line(app: WecomApp) -> None:
    card = app.render(Content("第一行\n第二行", buttons=BUTTONS), "u", "k").body["template_card"]
    assert (card["main_title"]["title"], card["sub_title_text"]) == ("第一行", "第二行")
    card = app.render(Content("长" * 40, buttons=BUTTONS), "u", "k").body["template_card"]
    assert (len(card["main_title"]["title"]), card["sub_title_text"]) == (26, "长" * 40)


def test_very_long_card_text_is_cut_visibly(app: WecomApp) -> None:
    card = app.render(Content("长" * 4_000, title="t", buttons=BUTTONS), "u", "k").body["template_card"]
    assert card["sub_title_text"].endswith("长…")


@pytest.mark.parametrize(("name", "kind"), [("a.pdf", "file"), ("a.JPG", "image"), ("", "file")])
def test_media_is_sent_alone(app: WecomApp, kf: WecomKf, name: str, kind: str) -> None:
    content = Content("t", file="notice:1", file_name=name)
    for channel in (app, kf):
        body = channel.render(content, "u", "k", "MEDIA").body
        assert (body["msgtype"], body[kind]) == (kind, {"media_id": "MEDIA"})


@pytest.mark.parametrize("address", ["@all", "@ALL", "a|b", "", "李明", "a b", "x" * 65])
def test_free_text_never_becomes_a_recipient(app: WecomApp, address: str) -> None:
    with pytest.raises(ValueError, match="userid"):
        app.render(Content("t"), address, "k")


def test_other_peoples_words_stay_words(app: WecomApp) -> None:
    content = app.render(Content('公司 <a href="http://evil">点我</a> 3<5'), "u", "k").body["text"]["content"]
    assert content == '公司 ＜a href="http://evil">点我＜/a> 3<5'


def test_signs_that_deceive_the_eye_are_left_out(app: WecomApp, kf: WecomKf) -> None:
    said = "转账\u202e至\u200b甲\0公司\n👨\u200d👩"
    clean = "转账至甲公司\n👨\u200d👩"
    assert app.render(Content(said), "u", "k").body["text"]["content"] == clean
    assert kf.render(Content(said, buttons=BUTTONS), "u", "k").body["msgmenu"]["head_content"] == clean
    card = app.render(Content(said, title="t", buttons=BUTTONS), "u", "k").body["template_card"]
    assert card["sub_title_text"] == clean


@pytest.mark.parametrize(
    ("content", "start", "end"),
    [
        (Content("字" * 682, title="题"), "字", "字"),
        (Content("字" * 682, url="https://a"), "字", "…\nhttps://a"),
        (Content("<a" * 1_024), "＜a", "…"),
    ],
    ids=["title goes", "address stays", "growing"],
)
def test_full_text_with_more_beside_it_still_fits(
    app: WecomApp, content: Content, start: str, end: str
) -> None:
    said = app.render(content, "u", "k").body["text"]["content"]
    assert said.startswith(start)
    assert said.endswith(end)
    assert len(said.encode()) <= 2048


@pytest.mark.parametrize(
    "content",
    [
        Content("字" * 683),
        Content(),
        Content("\u200b \n", title="\0"),
        Content(buttons=BUTTONS),
        Content("t", buttons=BUTTONS * 4),
    ],
    ids=["not split", "nothing", "nothing visible", "empty card", "eight buttons"],
)
def test_what_can_not_be_carried_is_refused_before_it_is_stored(app: WecomApp, content: Content) -> None:
    with pytest.raises(ValueError, match=r"text|say|button|title"):
        app.render(content, "u", "k")


@given(st.text())
def test_ids_are_safe_stable_and_distinct(key: str) -> None:
    key = key.encode("utf-8", "replace").decode()
    assert re.fullmatch(r"[0-9A-Za-z_\-@]{1,128}", task_id(key))
    assert re.fullmatch(r"[0-9a-zA-Z_-]{1,32}", message_id(key))
    assert (task_id(key), message_id(key)) == (task_id(key), message_id(key))
    assert message_id(key) != message_id(key + "x")


APP_ANSWERS: dict[str, tuple[Any, Outcome]] = {
    "sent": ({"errcode": 0, "msgid": "M", "response_code": "C"}, Sent("M", "C")),
    "unknown member": ({"errcode": 0, "invaliduser": "LIMING"}, NextChannel("", stale=True)),
    "no licence": ({"errcode": 0, "unlicenseduser": "liming"}, NextChannel("")),
    "another is invalid": (
        {"errcode": 0, "msgid": "M", "invaliduser": "bob|al"},
        Sent("M", "", ("bob", "al")),
    ),
    "busy": ({"errcode": -1}, Again(2, "")),
    "too often": ({"errcode": 45009}, Again(60, "")),
    "too many at once": ({"errcode": 45033}, Again(5, "")),
    "all invalid": ({"errcode": 81013}, NextChannel("", stale=True)),
    "not trusted": ({"errcode": 60020}, Again(600, "", alarm=True)),
    "bad content": ({"errcode": 40058}, Dead("", alarm=True)),
    "blocked": ({"errcode": 40201}, Dead("", alarm=True)),
    "media gone": ({"errcode": 40007}, Again(0, "", anew=True)),
    "card sent before": ({"errcode": 42014}, Sent("")),
    "card too old": ({"errcode": 60140}, NextChannel("")),
    "never heard of": ({"errcode": 99999}, Dead("", alarm=True)),
    "html": (text("<html>"), Again(2, "", maybe_sent=True)),
    "5xx": (text("x", 503), Again(2, "", maybe_sent=True)),
    "not taken": (text("x", 404), Again(2, "")),
}


def without_reason(outcome: Outcome) -> dict[str, Any]:
    fields = {name: getattr(outcome, name) for name in type(outcome).__slots__ if name != "reason"}
    return {"outcome": type(outcome).__name__, **fields}


@pytest.mark.parametrize(("answer", "expected"), APP_ANSWERS.values(), ids=APP_ANSWERS)
async def test_answer_to_the_application(
    app: WecomApp, platform: FakePlatform, answer: Any, expected: Outcome
) -> None:
    platform.reply("message/send", answer)
    outcome = await app.send(app.render(Content("t"), "liming", "k"))
    assert without_reason(outcome) == without_reason(expected)
    assert "canary" not in repr(outcome)


async def test_retry_after_silence_sends_the_same_bytes(app: WecomApp, platform: FakePlatform) -> None:
    request = app.render(Content("漏水", buttons=BUTTONS), "liming", "k")
    platform.reply("message/send", text("<html>"), {"errcode": 0, "msgid": "M"})
    stored = Request(request.api, json.loads(json.dumps(request.body)))
    assert isinstance(await app.send(request), Again)
    assert await app.send(stored) == Sent("M")
    first, second = platform.calls("message/send")
    assert first.body == second.body


async def test_card_is_updated_by_its_code(app: WecomApp, platform: FakePlatform) -> None:
    platform.reply("message/update_template_card", {"errcode": 0, "invaliduser": []})
    assert await app.send(app.card_update(["liming"], "CODE", "已接单")) == Sent("")
    (seen,) = platform.calls("message/update_template_card")
    assert seen.json == {
        "userids": ["liming"],
        "agentid": 1000002,
        "response_code": "CODE",
        "button": {"replace_name": "已接单"},
    }


async def test_platform_channels_can_not_be_asked(app: WecomApp, kf: WecomKf) -> None:
    request = Request("message/send", {})
    assert (await app.ask(request), await kf.ask(request)) == (None, None)


async def test_files_are_uploaded_by_the_channel(app: WecomApp, kf: WecomKf, platform: FakePlatform) -> None:
    platform.reply("media/upload", {"errcode": 0, "media_id": "M"})
    assert await app.upload("image", "a.png", b"\x89PNG..") == "M"
    assert await kf.upload("file", "a.pdf", b"%PDF-1") == "M"


# --- 微信客服 --------------------------------------------------------------------------------------------------


def test_text_to_a_tenant(kf: WecomKf) -> None:
    request = kf.render(Content("您好"), "wmTenant", "reply-1")
    assert request.api == "kf/send_msg"
    assert request.body == {
        "touser": "wmTenant",
        "open_kfid": "wk1",
        "msgid": "reply-1",
        "msgtype": "text",
        "text": {"content": "您好"},
    }


def test_buttons_become_a_menu(kf: WecomKf) -> None:
    content = Content("请评价", title="R07", buttons=BUTTONS, url="https://a")
    assert kf.render(content, "wm", "k").body["msgmenu"] == {
        "head_content": "R07\n请评价",
        "list": [
            {"type": "click", "click": {"id": "take:R07", "content": "接单"}},
            {"type": "click", "click": {"id": "pass:R07", "content": "改派"}},
            {"type": "view", "view": {"url": "https://a", "content": "查看详情"}},
        ],
    }


@given(st.text(min_size=1, max_size=1_500), st.text(max_size=100))
def test_any_menu_keeps_the_byte_limits(said: str, label: str) -> None:
    said = said.encode("utf-8", "replace").decode()
    label = label.encode("utf-8", "replace").decode()
    without_network = WecomKf(None, "wk1", SystemClock())  # rendering is pure
    menu = without_network.render(Content(said, buttons=(Button("k", label),)), "wm", "k").body["msgmenu"]
    assert len(menu["head_content"].encode()) <= 1024
    assert len(menu.get("tail_content", "").encode()) <= 1024
    assert len(menu["list"][0]["click"]["content"].encode()) <= 128
    assert (menu["head_content"] + menu.get("tail_content", ""))[:500] == visible(said)[:500]


def test_link_with_a_picture(kf: WecomKf) -> None:
    body = kf.render(Content("说明", title="账单", url="https://a"), "wm", "k", "THUMB").body
    assert body["link"] == {"title": "账单", "desc": "说明", "url": "https://a", "thumb_media_id": "THUMB"}


@pytest.mark.parametrize(
    ("content", "address"),
    [
        (Content("t"), "no such/id"),
        (Content("t", buttons=BUTTONS * 6), "wm"),
        (Content("t", buttons=(Button("k" * 65, "b"),)), "wm"),
    ],
    ids=["address", "eleven entries", "long key"],
)
def test_menu_that_can_not_be_carried_is_refused(kf: WecomKf, content: Content, address: str) -> None:
    with pytest.raises(ValueError, match=r"external_userid|menu"):
        kf.render(content, address, "k")


KF_ANSWERS: dict[str, tuple[Any, Outcome]] = {
    "sent": ({"errcode": 0, "msgid": "k"}, Sent("k")),
    "sent before": ({"errcode": 95033}, Sent("")),
    "five already": ({"errcode": 95001}, NextChannel("")),
    "48 hours over": ({"errcode": 95002}, NextChannel("")),
    "no consultation": ({"errcode": 95031}, NextChannel("")),
    "account closed to us": ({"errcode": 48007}, Again(600, "", alarm=True)),
    "silence": (text("x", 502), Again(2, "", maybe_sent=True)),
}


@pytest.mark.parametrize(("answer", "expected"), KF_ANSWERS.values(), ids=KF_ANSWERS)
async def test_answer_to_kf(kf: WecomKf, platform: FakePlatform, answer: Any, expected: Outcome) -> None:
    platform.reply("kf/send_msg", answer)
    outcome = await kf.send(kf.render(Content("t"), "wm", "k"))
    assert without_reason(outcome) == without_reason(expected)


@pytest.mark.parametrize("code", [95016, 95018])
@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (0, Again(0, "conversation was in state 0")),
        (1, Again(5, "conversation was in state 1")),
        (2, NextChannel("等待人工接待")),
        (3, NextChannel("人工会话中")),
        (4, NextChannel("会话已结束")),
    ],
)
async def test_refused_state_is_looked_at(
    kf: WecomKf, platform: FakePlatform, code: int, state: int, expected: Outcome
) -> None:
    platform.reply("kf/send_msg", {"errcode": code})
    platform.reply("kf/service_state/get", {"errcode": 0, "service_state": state})
    assert await kf.send(kf.render(Content("t"), "wm", "k")) == expected
    taken = [seen.json for seen in platform.calls("kf/service_state/trans")]
    ours = {"open_kfid": "wk1", "external_userid": "wm", "service_state": 1}
    assert taken == ([ours] if state == 0 else [])


@pytest.mark.parametrize(
    ("answer", "expected"),
    [({"errcode": 95016}, NextChannel("")), (text("x", 502), Again(2, "", maybe_sent=True))],
)
async def test_state_that_can_not_be_learned(
    kf: WecomKf, platform: FakePlatform, answer: Any, expected: Outcome
) -> None:
    platform.reply("kf/send_msg", {"errcode": 95018})
    platform.reply("kf/service_state/get", answer)
    outcome = await kf.send(kf.render(Content("t"), "wm", "k"))
    assert without_reason(outcome) == without_reason(expected)


async def test_conversation_is_handed_to_a_human(kf: WecomKf, platform: FakePlatform) -> None:
    await kf.transfer("wm", 3, "liming")
    (seen,) = platform.calls("kf/service_state/trans")
    assert (seen.json["service_state"], seen.json["servicer_userid"]) == (3, "liming")


async def test_welcome_uses_its_code(kf: WecomKf, platform: FakePlatform) -> None:
    assert isinstance(await kf.welcome("CODE", Content("欢迎", buttons=BUTTONS)), Sent)
    (seen,) = platform.calls("kf/send_msg_on_event")
    assert (seen.json["code"], seen.json["msgtype"]) == ("CODE", "msgmenu")
    assert "touser" not in seen.json
    platform.reply("kf/send_msg_on_event", {"errcode": 41051})
    assert without_reason(await kf.welcome("CODE", Content("欢迎"))) == without_reason(Dead("", alarm=False))


# --- SMS -------------------------------------------------------------------------------------------------------

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


@given(st.text())
def test_any_value_becomes_acceptable(value: str) -> None:
    if "://" in value or "www." in value.lower() or "http" in value.lower():
        return
    accepted = template_value(value)
    assert 1 <= len(accepted) <= 20
    assert not set(accepted) & set("【】¥￥\n\0")


@pytest.mark.parametrize("value", ["https://a/n/1", "见 www.a.cn", "HTTP://A"])
def test_link_in_a_value_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="link"):
        template_value(value)


@pytest.mark.parametrize(
    ("content", "mobile"), [(Content("t"), "13800138000"), (BILL, "075512345678"), (BILL, "+8613800138000")]
)
def test_content_or_number_without_sms_is_refused(sms: SmsChannel, content: Content, mobile: str) -> None:
    with pytest.raises(ValueError, match=r"SMS|mobile"):
        sms.render(content, mobile, "k")


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
    "system": ({"code": "isp.SYSTEM_ERROR"}, Again(3600, "")),
    "no money": ({"code": "isv.AMOUNT_NOT_ENOUGH"}, Again(3600, "", alarm=True)),
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
