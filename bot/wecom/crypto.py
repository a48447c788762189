"""Signature and encryption of the callback: AES-256-CBC with PKCS#7 padding of block 32, signed with SHA-1.

The cipher is wechatpy's; what surrounds it there is not used: it compares signatures in variable time, does not check
the padding (signed rubbish leaves it as ValueError or struct.error), checks the key with `assert`, and draws the prefix
from `random`. The tests hold both implementations against each other, both ways.

Source: the platform's 加解密方案说明; the published vectors are in tests/wire/vectors.json.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import struct

from wechatpy.crypto.cryptography import WeChatCipher

from models.errors import BadCallback, ConfigError

_KEY = re.compile(r"[A-Za-z0-9+/]{43}", re.ASCII)
_PAD_BLOCK = 32
_PREFIX = 16
_HEAD = _PREFIX + 4  # random prefix, then the length of the message in bytes, big-endian


class WecomCrypto:
    """Signs, checks, encrypts and decrypts for one callback configuration."""

    def __init__(self, token: str, aes_key: str, receive_id: str) -> None:
        if not token or not receive_id:
            raise ConfigError("wecom.token and wecom.corp_id must not be empty")
        if not _KEY.fullmatch(aes_key):
            raise ConfigError("wecom.aes_key must be the 43 letters and digits shown in the admin console")
        self._token = token
        self._receive_id = receive_id.encode()
        # Some published keys have non-zero trailing bits: b64decode lets them pass, as it must.
        self._key = base64.b64decode(aes_key + "=")

    def signature(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """Lower-case hex SHA-1 over the sorted parts, joined without a separator."""
        parts = sorted(_bytes(part) for part in (self._token, timestamp, nonce, encrypted))
        return hashlib.sha1(b"".join(parts)).hexdigest()  # noqa: S324  the platform's choice

    def verify(self, signature: str, timestamp: str, nonce: str, encrypted: str) -> None:
        """Compares in constant time, on bytes: a signature that is not ASCII must not raise another error."""
        expected = self.signature(timestamp, nonce, encrypted)
        if not hmac.compare_digest(expected.encode(), _bytes(signature)):
            raise BadCallback("signature", 403)

    def decrypt(self, encrypted: str) -> bytes:
        """The message inside; raises nothing but BadCallback."""
        plain = _unpad(self._decipher(encrypted))
        if len(plain) < _HEAD:
            raise BadCallback("length", 400)
        (length,) = struct.unpack(">I", plain[_PREFIX:_HEAD])
        if length > len(plain) - _HEAD:
            raise BadCallback("length", 400)
        end = _HEAD + length
        if not hmac.compare_digest(plain[end:], self._receive_id):
            raise BadCallback("receive id", 403)
        return plain[_HEAD:end]

    def encrypt(self, plaintext: bytes, *, random16: bytes | None = None) -> str:
        """The inverse of `decrypt`; `random16` is fixed only to reproduce published vectors."""
        prefix = secrets.token_bytes(_PREFIX) if random16 is None else random16
        if len(prefix) != _PREFIX:
            raise ValueError("random16 must have 16 bytes")
        plain = prefix + struct.pack(">I", len(plaintext)) + plaintext + self._receive_id
        pad = _PAD_BLOCK - len(plain) % _PAD_BLOCK
        sealed: bytes = WeChatCipher(self._key).encrypt(plain + bytes([pad]) * pad)
        return base64.b64encode(sealed).decode("ascii")

    def _decipher(self, encrypted: str) -> bytes:
        try:
            sealed = base64.b64decode(_bytes(encrypted), validate=True)
        except binascii.Error as error:
            raise BadCallback("base64", 400) from error
        if not sealed or len(sealed) % 16:
            raise BadCallback("cipher length", 400)
        opened: bytes = WeChatCipher(self._key).decrypt(sealed)
        return opened


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _unpad(padded: bytes) -> bytes:
    pad = padded[-1]
    if not 1 <= pad <= _PAD_BLOCK or pad > len(padded) or padded[-pad:] != bytes([pad]) * pad:
        raise BadCallback("padding", 400)
    return padded[:-pad]
