"""To members of staff: the form of every message, and what each answer means for it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Again, Dead, NextChannel, Outcome, Request, Sent
from bot.channels.wecom_app import WecomApp, task_id
from bot.channels.wecom_kf import WecomKf, message_id
from bot.wecom.client import WecomClient
from models.clock import VirtualClock
from models.messages.content import Button, Content
from tests.wire.fake_platform import FakePlatform, text
from tests.wire.outcomes import without_reason

BUTTONS = (Button("take:R07", "接单"), Button("pass:R07", "改派"))


@pytest.fixture
def app(client: WecomClient) -> WecomApp:
    return WecomApp(client, 1000002)


@pytest.fixture
def kf(client: WecomClient, clock: VirtualClock) -> WecomKf:
    return WecomKf(client, "wk1", clock)


def test_plain_text_to_a_member(app: WecomApp) -> None:
    request = app.render(Content("您好", url="https://a/n/1"), "liming", "case:1:new")
    mark = request.body["text"]["content"].removeprefix("您好\nhttps://a/n/1")
    assert request == Request(
        "message/send",
        {
            "touser": "liming",
            "agentid": 1000002,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 14400,
            "msgtype": "text",
            "text": {"content": "您好\nhttps://a/n/1" + mark},
        },
    )


def shown(request: Request) -> str:
    """What the member reads: the invisible ending is not seen."""
    content: str = request.body["text"]["content"]
    return content.rstrip("\u200b\u200c\u200d\ufeff")


def test_the_same_answer_asked_for_twice_is_two_messages_and_a_repetition_is_one(app: WecomApp) -> None:
    answer = Content("当值:王强")
    first, second = app.render(answer, "liming", "in1:reply:1"), app.render(answer, "liming", "in2:reply:1")
    assert shown(first) == shown(second) == "当值:王强"
    assert first != second
    assert app.render(answer, "liming", "in1:reply:1") == first


def test_thousands_of_answers_alike_are_as_many_messages(app: WecomApp) -> None:
    """The platform drops what it takes for a repetition without a word, and nobody would ever know."""
    answer = Content("已记为远景。还缺：近景。")
    rendered = [app.render(answer, "liming", f"in{number}:reply:1") for number in range(5000)]
    assert len({request.body["text"]["content"] for request in rendered}) == 5000


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
    content = shown(app.render(Content('公司 <a href="http://evil">点我</a> 3<5'), "u", "k"))
    assert content == '公司 ＜a href="http://evil">点我＜/a> 3<5'


def test_signs_that_deceive_the_eye_are_left_out(app: WecomApp, kf: WecomKf) -> None:
    said = "转账\u202e至\u200b甲\0公司\n👨\u200d👩"
    clean = "转账至甲公司\n👨\u200d👩"
    assert shown(app.render(Content(said), "u", "k")) == clean
    assert kf.render(Content(said, buttons=BUTTONS), "u", "k").body["msgmenu"]["head_content"] == clean
    card = app.render(Content(said, title="t", buttons=BUTTONS), "u", "k").body["template_card"]
    assert card["sub_title_text"] == clean


@pytest.mark.parametrize(
    ("content", "start", "end"),
    [
        (Content("字" * 666, title="题"), "字", "字"),
        (Content("字" * 666, url="https://a"), "字", "…\nhttps://a"),
        (Content("<a" * 1_000), "＜a", "…"),
    ],
    ids=["title goes", "address stays", "growing"],
)
def test_full_text_with_more_beside_it_still_fits(
    app: WecomApp, content: Content, start: str, end: str
) -> None:
    said = shown(app.render(content, "u", "k"))
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
    "too often": ({"errcode": 45009}, Again(60, "", pause=True)),
    "too many at once": ({"errcode": 45033}, Again(5, "")),
    "all invalid": ({"errcode": 81013}, NextChannel("", stale=True)),
    "not trusted": ({"errcode": 60020}, Again(600, "", alarm=True, pause=True)),
    "bad content": ({"errcode": 40058}, Dead("", alarm=True, plainer=True)),
    "blocked": ({"errcode": 40201}, Dead("", alarm=True)),
    "media gone": ({"errcode": 40007}, Again(0, "", anew=True)),
    "card sent before": ({"errcode": 42014}, Sent("")),
    "card too old": ({"errcode": 60140}, NextChannel("")),
    "never heard of": ({"errcode": 99999}, Dead("", alarm=True)),
    "html": (text("<html>"), Again(2, "", maybe_sent=True)),
    "5xx": (text("x", 503), Again(2, "", maybe_sent=True)),
    "not taken": (text("x", 404), Again(2, "")),
}


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
