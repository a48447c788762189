"""What arrives at the callback becomes a message or an event, every kind of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wecom.crypto import WecomCrypto
from bot.wecom.envelope import KfNotice, open_echo
from models.errors import BadCallback
from models.messages.inbound import Inbound, Kind
from tests.wire.callbacks import CRYPTO, NOW, SECONDS, event, inner, message, open_plain


def test_text_of_a_member() -> None:
    got = message("text", "<Content><![CDATA[派单 R07 <王工>]]></Content>")
    assert got == Inbound(
        channel="wecom",
        key="4561255354251345929",
        sender="liming",
        kind=Kind.TEXT,
        sent_at=datetime.fromtimestamp(SECONDS, UTC),
        text="派单 R07 <王工>",
        data={"msg_type": "text", "agent_id": "1000002"},
    )


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("image", "<PicUrl>u</PicUrl><MediaId>m</MediaId>", {"kind": Kind.IMAGE, "media_id": "m"}),
        ("voice", "<MediaId>m</MediaId><Format>amr</Format>", {"kind": Kind.VOICE, "media_id": "m"}),
        ("video", "<MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId>", {"kind": Kind.VIDEO}),
        ("link", "<Title>标题</Title><Url>https://a</Url>", {"kind": Kind.LINK, "text": "标题"}),
        ("hologram", "<Content>?</Content>", {"kind": Kind.OTHER, "text": "?"}),
    ],
)
def test_every_type_of_message(kind: str, fields: str, expected: dict[str, Any]) -> None:
    got = message(kind, fields)
    assert {name: getattr(got, name) for name in expected} == expected


def test_location_has_its_address_and_coordinates() -> None:
    got = message(
        "location", "<Location_X>22.5</Location_X><Location_Y>113.9</Location_Y><Label>科技园</Label>"
    )
    assert got.kind is Kind.LOCATION
    assert (got.text, got.data["latitude"], got.data["longitude"]) == ("科技园", "22.5", "113.9")


@pytest.mark.parametrize("name", ["enter_agent", "subscribe", "LOCATION", "change_contact", "brand_new"])
def test_event_keeps_its_name(name: str) -> None:
    got = event(name, "<Latitude>22.5</Latitude>")
    assert (got.kind, got.action, got.data["latitude"]) == (Kind.EVENT, name, "22.5")


def test_menu_click_is_a_press() -> None:
    got = event("click", "<EventKey>todo</EventKey>")
    assert (got.kind, got.action) == (Kind.PRESS, "todo")


def test_card_event_is_a_press_with_its_task_and_codes() -> None:
    got = event(
        "template_card_event",
        "<EventKey>take:R07</EventKey><TaskId>t-1</TaskId><CardType>button_interaction</CardType>"
        "<ResponseCode>code</ResponseCode><SelectedItems><SelectedItem><QuestionKey>q</QuestionKey>"
        "<OptionIds><OptionId>1</OptionId></OptionIds></SelectedItem></SelectedItems>",
    )
    assert (got.kind, got.action) == (Kind.PRESS, "take:R07")
    assert (got.data["task_id"], got.data["response_code"]) == ("t-1", "code")
    assert got.data["selected_items"] == {
        "selected_item": [{"question_key": "q", "option_ids": {"option_id": ["1"]}}]
    }


def test_system_event_has_no_sender() -> None:
    got = event("kf_account_auth_change", "<AuthAddOpenKfId>a</AuthAddOpenKfId>", sender="sys")
    assert (got.sender, got.data["auth_add_open_kf_id"]) == ("", ["a"])


def test_kf_notice_names_its_account() -> None:
    opened = open_plain(
        f"<xml><ToUserName>ww-park</ToUserName><CreateTime>{SECONDS}</CreateTime><MsgType>event</MsgType>"
        "<Event>kf_msg_or_event</Event><Token>tok</Token><OpenKfId>wk1</OpenKfId></xml>"
    )
    assert opened == KfNotice("wk1", "tok")


def test_event_delivered_again_has_the_same_key_even_laid_out_anew() -> None:
    plain = inner("event", "<Event>click</Event><EventKey>a</EventKey>")
    first, again = open_plain(plain), open_plain(plain.replace("><", ">\n<"), nonce="other")
    assert isinstance(first, Inbound)
    assert isinstance(again, Inbound)
    assert first.key == again.key


def test_events_of_one_second_differ_by_any_field() -> None:
    fields = ["<TaskId>1</TaskId>", "<TaskId>2</TaskId>", "<TaskId>1</TaskId><ResponseCode>c</ResponseCode>"]
    keys = {event("template_card_event", f"<EventKey>ok</EventKey>{each}").key for each in fields}
    assert len(keys) == 3


def test_message_from_the_future_is_taken_as_now() -> None:
    opened = open_plain(inner("text", "<MsgId>1</MsgId>").replace(str(SECONDS), "99999999999"))
    assert isinstance(opened, Inbound)
    assert opened.sent_at == NOW


def test_message_without_usable_msgid_gets_a_fingerprint() -> None:
    opened = open_plain(inner("text", f"<MsgId>{'9' * 65}</MsgId>"))
    assert isinstance(opened, Inbound)
    assert len(opened.key) == 64


@pytest.mark.parametrize("escape", [str, lambda raw: raw.replace("%2B", "+")], ids=["escaped", "literal +"])
def test_published_echo_is_answered_bare(escape: Callable[[str], str]) -> None:
    vectors = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))
    vector = next(each for each in vectors["accept"] if each["id"] == "official-echo-1")
    crypto = WecomCrypto(vector["token"], vector["encoding_aes_key"], vector["expected"]["receive_id"])
    assert open_echo(crypto, escape(vector["raw_query"])) == b"1616140317555161061"


def test_echo_without_signature_is_refused() -> None:
    with pytest.raises(BadCallback):
        open_echo(CRYPTO, "echostr=abc&&x")


@given(st.text(st.characters(exclude_categories=["C"], exclude_characters="]")).map(str.strip))
def test_any_text_arrives_as_it_was_written(text: str) -> None:
    assert message("text", f"<Content><![CDATA[{text}]]></Content>").text == text
