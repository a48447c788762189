"""Everything hostile that reaches the callback is answered 4xx, and nothing of it is parsed unsigned."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wecom import envelope
from bot.wecom.crypto import WecomCrypto
from bot.wecom.envelope import MAX_BODY, open_callback, open_echo
from models.errors import BadCallback
from tests.wire.callbacks import CRYPTO, NOW, SECONDS, inner, open_plain, outer, signed

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


@given(st.text(max_size=300))
def test_any_echo_query_raises_only_bad_callback(raw_query: str) -> None:
    with pytest.raises(BadCallback):
        open_echo(CRYPTO, raw_query)
