"""To tenants over 微信客服: the form of every message, and what each answer means for it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Again, Dead, NextChannel, Outcome, Sent
from bot.channels.texts import visible
from bot.channels.wecom_kf import WecomKf
from bot.wecom.client import WecomClient
from models.clock import SystemClock, VirtualClock
from models.messages.content import Button, Content
from tests.wire.fake_platform import FakePlatform, text
from tests.wire.outcomes import without_reason

BUTTONS = (Button("take:R07", "接单"), Button("pass:R07", "改派"))


@pytest.fixture
def kf(client: WecomClient, clock: VirtualClock) -> WecomKf:
    return WecomKf(client, "wk1", clock)


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
    "five already": ({"errcode": 95001}, NextChannel("", closed=True)),
    "48 hours over": ({"errcode": 95002}, NextChannel("", closed=True)),
    "no consultation": ({"errcode": 95031}, NextChannel("", closed=True)),
    "account closed to us": ({"errcode": 48007}, Again(600, "", alarm=True, pause=True)),
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
        (2, NextChannel("等待人工接待", holder=2)),
        (3, NextChannel("人工会话中", holder=3)),
        (4, NextChannel("会话已结束", holder=4)),
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
    [({"errcode": 95016}, NextChannel("", closed=True)), (text("x", 502), Again(2, "", maybe_sent=True))],
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
