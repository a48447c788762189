"""Callbacks as the platform makes them: inner XML, sealed, signed, in its envelope."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.wecom.crypto import WecomCrypto
from bot.wecom.envelope import KfNotice, open_callback
from models.messages.inbound import Inbound

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
