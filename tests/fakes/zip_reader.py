"""Opens an encrypted ZIP as its published description says (WinZip AE-2), without the library that wrote it."""

from __future__ import annotations

import hashlib
import hmac
import struct
import zipfile
import zlib
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_SALT, _CHECK, _MAC = 16, 2, 10
"""AES-256: bytes of salt, of the password's check value, of the authentication code."""
_AES = 0x9901


def opened(path: Path, key: str) -> dict[str, bytes]:
    """Name → bytes. AssertionError for a wrong key or a changed byte."""
    with zipfile.ZipFile(path) as directory:
        return {info.filename: _entry(path, info, key.encode()) for info in directory.infolist()}


def _entry(path: Path, info: zipfile.ZipInfo, key: bytes) -> bytes:
    assert info.flag_bits & 1 and info.compress_type == 99, "not encrypted"
    version, vendor, strength, method = _aes_field(info.extra)
    assert (version, vendor, strength) == (2, b"AE", 3), "not AES-256 in version 2"
    sealed = _bytes_of(path, info)
    salt, check, cipher, mac = (
        sealed[:_SALT],
        sealed[_SALT : _SALT + _CHECK],
        sealed[_SALT + _CHECK : -_MAC],
        sealed[-_MAC:],
    )
    keys = hashlib.pbkdf2_hmac("sha1", key, salt, 1000, 64 + _CHECK)
    assert keys[64:] == check, "wrong key"
    assert hmac.new(keys[32:64], cipher, "sha1").digest()[:_MAC] == mac, "changed"
    plain = _counter_mode(keys[:32], cipher)
    return zlib.decompress(plain, -15) if method == zipfile.ZIP_DEFLATED else plain


def _aes_field(extra: bytes) -> tuple[int, bytes, int, int]:
    while extra:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == _AES:
            return struct.unpack_from("<H2sBH", extra, 4)
        extra = extra[4 + length :]
    raise AssertionError("no AES field")


def _bytes_of(path: Path, info: zipfile.ZipInfo) -> bytes:
    """What lies in the file behind the entry's own header."""
    with path.open("rb") as file:
        file.seek(info.header_offset)
        header = file.read(30)
        names, extra = struct.unpack_from("<HH", header, 26)
        file.seek(names + extra, 1)
        return file.read(info.compress_size)


def _counter_mode(key: bytes, data: bytes) -> bytes:
    """AES with a counter that begins at 1 and has its lowest byte first."""
    blocks = -(-len(data) // 16)
    counters = b"".join(number.to_bytes(16, "little") for number in range(1, blocks + 1))
    stream = Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(counters)  # noqa: S305 - the format's own way
    return bytes(a ^ b for a, b in zip(data, stream, strict=False))
