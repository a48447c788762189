"""The callback encryption against the published vectors and against an independent implementation."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.enterprise.crypto import WeChatCrypto

from bot.wecom.crypto import WecomCrypto
from models.errors import BadCallback, ConfigError

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))
TOKEN, KEY, CORP = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"
OURS = WecomCrypto(TOKEN, KEY, CORP)
THEIRS = WeChatCrypto(TOKEN, KEY, CORP)


def by_id(vector: dict[str, Any]) -> str:
    return str(vector["id"])


def crypto_for(vector: dict[str, Any]) -> WecomCrypto:
    receive_id = vector.get("expected", {}).get("receive_id", "unknown")
    return WecomCrypto(vector["token"], vector["encoding_aes_key"], receive_id)


def sealed(plain: bytes) -> str:
    """What somebody who knows the key can make of any bytes."""
    key = base64.b64decode(KEY + "=")
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


@pytest.mark.parametrize("vector", VECTORS["accept"], ids=by_id)
def test_published_vector_is_accepted(vector: dict[str, Any]) -> None:
    crypto = crypto_for(vector)
    crypto.verify(vector["msg_signature"], vector["timestamp"], vector["nonce"], vector["encrypt"])
    assert crypto.decrypt(vector["encrypt"]).decode() == vector["expected"]["msg"]


@pytest.mark.parametrize("vector", VECTORS["accept"], ids=by_id)
def test_published_vector_is_made_again_byte_for_byte(vector: dict[str, Any]) -> None:
    random16 = bytes.fromhex(vector["expected"]["random16_hex"])
    again = crypto_for(vector).encrypt(vector["expected"]["msg"].encode(), random16=random16)
    assert again == vector["encrypt"]


@pytest.mark.parametrize("vector", VECTORS["refuse"], ids=by_id)
def test_published_forgery_is_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(BadCallback) as refusal:
        crypto_for(vector).verify(
            vector["msg_signature"], vector["timestamp"], vector["nonce"], vector["encrypt"]
        )
    assert refusal.value.status == 403


@pytest.mark.parametrize(
    "key", ["", "short", KEY[:-1], KEY + "A", KEY[:-1] + "=", KEY[:-1] + "钥", KEY + "\n"]
)
def test_bad_key_stops_the_start(key: str) -> None:
    with pytest.raises(ConfigError):
        WecomCrypto(TOKEN, key, CORP)


@pytest.mark.parametrize(("token", "corp"), [("", CORP), (TOKEN, "")])
def test_empty_setting_stops_the_start(token: str, corp: str) -> None:
    with pytest.raises(ConfigError):
        WecomCrypto(token, KEY, corp)


@given(st.text())
def test_what_we_seal_the_other_implementation_opens(message: str) -> None:
    encrypted = OURS.encrypt(message.encode())
    signature = OURS.signature("1", "2", encrypted)
    opened = THEIRS.decrypt_message(_xml(encrypted), signature, "1", "2")
    assert (opened if isinstance(opened, bytes) else opened.encode()) == message.encode()


@given(st.text())
def test_what_the_other_implementation_seals_we_open(message: str) -> None:
    from_them = THEIRS.encrypt_message(message, "2", "1")
    encrypted = from_them.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    signature = from_them.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]
    OURS.verify(signature, "1", "2", encrypted)
    assert OURS.decrypt(encrypted) == message.encode()


def _xml(encrypted: str) -> str:
    return f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"


@pytest.mark.parametrize("extra", range(32))
def test_every_padding_length_round_trips(extra: int) -> None:
    assert OURS.decrypt(OURS.encrypt(b"x" * extra)) == b"x" * extra


HEAD = b"r" * 16
BROKEN = {
    "empty": ("", 400),
    "not base64": ("!!!!", 400),
    "not ascii": ("密文", 400),
    "15 bytes": (base64.b64encode(b"x" * 15).decode(), 400),
    "padding 0": (sealed(b"\0" * 32), 400),
    "padding 255": (sealed(b"\xff" * 32), 400),
    "padding 33": (sealed(b"\x21" * 64), 400),
    "padding not uniform": (sealed(HEAD + b"\0" * 14 + b"\x01\x02"), 400),
    "nothing but padding": (sealed(b"\x20" * 32), 400),
    "padding over the whole": (sealed(b"\x20" * 16), 400),
    "length of 2 GiB": (sealed(HEAD + b"\x80\0\0\0" + b"\x0c" * 12), 400),
    "length one too many": (sealed(HEAD + b"\0\0\0\x01" + b"\x0c" * 12), 400),
    "no receive id": (sealed(HEAD + b"\0\0\0\0" + b"\x0c" * 12), 403),
    "other corp": (WecomCrypto(TOKEN, KEY, "ww-other").encrypt(b"hi"), 403),
    "receive id longer": (WecomCrypto(TOKEN, KEY, CORP + "x").encrypt(b"hi"), 403),
}


@pytest.mark.parametrize(("encrypted", "status"), BROKEN.values(), ids=BROKEN)
def test_broken_cipher_is_refused_cleanly(encrypted: str, status: int) -> None:
    with pytest.raises(BadCallback) as refusal:
        OURS.decrypt(encrypted)
    assert refusal.value.status == status


@given(st.binary(max_size=200).map(lambda raw: base64.b64encode(raw).decode()) | st.text())
def test_random_blocks_raise_only_the_one_error(encrypted: str) -> None:
    with pytest.raises(BadCallback):
        OURS.decrypt(encrypted)


@pytest.mark.parametrize("signature", ["", "签名", "\ud800", "0" * 40, "x" * 100_000])
def test_odd_signature_is_refused(signature: str) -> None:
    with pytest.raises(BadCallback) as refusal:
        OURS.verify(signature, "1", "2", "abc")
    assert refusal.value.status == 403


def test_digits_moved_between_timestamp_and_nonce_keep_the_signature() -> None:
    """Why neither may ever serve as a replay key."""
    assert OURS.signature("12", "345", "abc") == OURS.signature("123", "45", "abc")


def test_prefix_must_have_sixteen_bytes() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        OURS.encrypt(b"", random16=b"short")
