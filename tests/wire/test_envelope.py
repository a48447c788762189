"""What arrives at the callback: real messages become values, everything hostile is answered 4xx."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wecom import envelope
from bot.wecom.crypto import WecomCrypto
from bot.wecom.envelope import MAX_BODY, KfNotice, open_callback, open_echo
from models.errors import BadCallback
from models.messages.inbound import Inbound, Kind

CRYPTO = WecomCrypto("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "ww-park")
NOW = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp()) - 5


def outer(encrypted: str) -> bytes:
    return f"<xml><ToUserName>ww-park</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()


def signed(encrypted: str, nonce: str = "n") -> dict[str, str]:
    return {
        "msg_signature": CRYPTO.signature("1", nonce, encrypted),
        "timestamp": "1",
        "nonce": nonce,
    }


def open_plain(plain: str | bytes, crypto: WecomCrypto = CRYPTO, nonce: str = "n") -> Inbound | KfNotice:
    encrypted = crypto.encrypt(plain.encode() if isinstance(plain, str) else plain)
    return open_callback(CRYPTO, signed(encrypted, nonce), outer(encrypted), NOW)


def inner(kind: str, fields: str, sender: str = "LiMing") -> str:
    return (
        f"<xml><ToUserName>ww-park</ToUserName><FromUserName><![CDATA[{sender}]]></FromUserName>"
        f"<CreateTime>{SECONDS}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{fields}"
        "<AgentID>1000002</AgentID></xml>"
    )


def message(kind: str, fields: str) -> Inbound:
    opened = open_plain(inner(kind, fields + "<MsgId>4561255354251345929</MsgId>"))
    assert isinstance(opened, Inbound)
    return opened


def event(name: str, fields: str = "", sender: str = "LiMing") -> Inbound:
    opened = open_plain(inner("event", f"<Event>{name}</Event>{fields}", sender))
    assert isinstance(opened, Inbound)
    return opened


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


BOMB = '<!DOCTYPE xml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
GOOD = CRYPTO.encrypt(inner("text", "<MsgId>1</MsgId>").encode())
OUTSIDE: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 400),
    "not xml": (b"hello", 400),
    "not utf-8": (b"<xml><Encrypt>\xff\xfe</Encrypt></xml>", 400),
    "utf-16": (outer(GOOD).decode().encode("utf-16"), 400),
    "nul byte": (outer(GOOD).replace(b"ww-park", b"ww\0park"), 400),
    "10 MB": (b"<xml>" + b"x" * 10_000_000, 413),
    "one byte too long": (outer("A" * MAX_BODY), 413),
    "entity bomb": (BOMB.encode() + outer(GOOD), 400),
    "external entity": (
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + outer(GOOD),
        400,
    ),
    "external dtd": (b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">' + outer(GOOD), 400),
    "nested 1,000": (b"<xml>" + b"<a>" * 1_000 + b"</a>" * 1_000 + b"</xml>", 400),
    "nested 200,000": (b"<a>" * 200_000, 413),
    "attributes": (b"<xml " + b"".join(b'a%d="" ' % n for n in range(5_000)) + outer(GOOD)[4:], 400),
    "100,000 attributes": (b"<xml " + b'a="" ' * 100_000 + b"/>", 413),
    "blanks": (b"<xml>" + b" " * 60_000 + b"<a>", 400),
    "many fields": (b"<xml>" + b"<a></a>" * 9_000, 400),
    "no Encrypt": (b"<xml><ToUserName>ww-park</ToUserName></xml>", 400),
    "two Encrypt": (outer(GOOD).replace(b"</xml>", b"<Encrypt>QUJD</Encrypt></xml>"), 400),
    "nested Encrypt": (b"<xml><a><Encrypt>QUJD</Encrypt></a></xml>", 400),
    "Encrypt in CDATA": (b"<xml><a><![CDATA[<Encrypt>QUJD</Encrypt>]]></a></xml>", 400),
    "empty Encrypt": (b"<xml><Encrypt></Encrypt></xml>", 400),
    "Encrypt not base64": (outer("!!!!"), 400),
    "cut off": (outer(GOOD)[:-40], 400),
    "signature of another body": (outer(CRYPTO.encrypt(b"other")), 403),
}


@pytest.mark.parametrize(("body", "status"), OUTSIDE.values(), ids=OUTSIDE)
def test_hostile_body_is_refused(body: bytes, status: int) -> None:
    with pytest.raises(BadCallback) as refusal:
        open_callback(CRYPTO, signed(GOOD), body, NOW)
    assert refusal.value.status == status


@pytest.mark.parametrize("query", [{}, {"msg_signature": ""}, {"msg_signature": "签名", "nonce": "\ud800"}])
def test_body_without_its_signature_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(BadCallback) as refusal:
        open_callback(CRYPTO, query, outer(GOOD), NOW)
    assert refusal.value.status == 403


def with_field(old: str, new: str) -> bytes:
    plain = inner("text", "<MsgId>1</MsgId>")
    assert old in plain
    return plain.replace(old, new).encode()


MSG_TYPE = "<MsgType><![CDATA[text]]></MsgType>"
INSIDE: dict[str, bytes] = {
    "empty": b"",
    "not xml": b"hello",
    "not utf-8": b"<xml><MsgType>\xff</MsgType></xml>",
    "utf-16": inner("text", "").encode("utf-16"),
    "utf-16 without mark": inner("text", "").encode("utf-16-le"),
    "declared as utf-16": b'<?xml version="1.0" encoding="utf-16"?><xml></xml>',
    "nul byte": with_field("LiMing", "Li\0Ming"),
    "cut off": inner("text", "").encode()[:-20],
    "two roots": b"<xml></xml><xml></xml>",
    "other root": b"<soap></soap>",
    "entity bomb": BOMB.encode() + with_field("1000002", "&b;"),
    "external entity": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    + with_field("1000002", "&e;"),
    "parameter entity": b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/p">%p;]><xml></xml>',
    "external dtd": b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">' + inner("text", "").encode(),
    "processing instruction": b'<?xml-stylesheet href="x"?>' + inner("text", "").encode(),
    "undefined entity": with_field("1000002", "&nothing;"),
    "nested 1,000": b"<xml>" + b"<a>" * 1_000 + b"</a>" * 1_000 + b"</xml>",
    "attributes": b"<xml " + b"".join(b'a%d="" ' % n for n in range(3_000)) + b"></xml>",
    "many elements": b"<xml>" + b"<a/>" * 9_000 + b"</xml>",
    "no MsgType": with_field(MSG_TYPE, ""),
    "empty MsgType": with_field(MSG_TYPE, "<MsgType/>"),
    "two MsgType": with_field(MSG_TYPE, MSG_TYPE * 2),
    "two senders": with_field("<AgentID>", "<FromUserName>boss</FromUserName><AgentID>"),
    "no sender": with_field("<FromUserName><![CDATA[LiMing]]></FromUserName>", ""),
    "no CreateTime": with_field(f"<CreateTime>{SECONDS}</CreateTime>", ""),
    "CreateTime in words": with_field(str(SECONDS), "yesterday"),
    "CreateTime in other digits": with_field(str(SECONDS), "١٢٣"),
    "CreateTime beyond all years": with_field(str(SECONDS), "9" * 12),
    "event without Event": inner("event", "").encode(),
    "kf notice without account": inner("event", "<Event>kf_msg_or_event</Event>").encode(),
}


@pytest.mark.parametrize("plain", INSIDE.values(), ids=INSIDE)
def test_hostile_content_under_a_good_signature_is_refused(plain: bytes) -> None:
    with pytest.raises(BadCallback) as refusal:
        open_plain(plain)
    assert refusal.value.status == 400


def test_other_corps_message_is_refused() -> None:
    other = WecomCrypto("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "ww-other")
    with pytest.raises(BadCallback) as refusal:
        open_plain(inner("text", ""), other)
    assert refusal.value.status == 403


def test_unsigned_xml_is_never_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What keeps a stranger from stalling the loop: the parser is behind the signature."""
    parsed: list[bytes] = []
    monkeypatch.setattr(envelope.xml, "parse", parsed.append)
    for body, _ in OUTSIDE.values():
        with pytest.raises(BadCallback):
            open_callback(CRYPTO, signed(GOOD), body, NOW)
    assert parsed == []


@given(st.binary(max_size=2_000))
def test_any_bytes_raise_only_bad_callback(body: bytes) -> None:
    with pytest.raises(BadCallback):
        open_callback(CRYPTO, signed(GOOD), body, NOW)


@given(st.binary(max_size=2_000) | st.text(max_size=500).map(lambda text: text.encode()))
def test_any_signed_bytes_raise_only_bad_callback(plain: bytes) -> None:
    with pytest.raises(BadCallback):
        open_plain(plain)


@given(st.text(st.characters(exclude_categories=["C"], exclude_characters="]")).map(str.strip))
def test_any_text_arrives_as_it_was_written(text: str) -> None:
    assert message("text", f"<Content><![CDATA[{text}]]></Content>").text == text


@given(st.text(max_size=300))
def test_any_echo_query_raises_only_bad_callback(raw_query: str) -> None:
    with pytest.raises(BadCallback):
        open_echo(CRYPTO, raw_query)
