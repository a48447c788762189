"""From the raw callback to a message: bound, take out `<Encrypt>`, check signature, decrypt, only then parse.

The order matters: what a stranger sends is touched by nothing but one linear regular expression and one hash.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from bot.wecom import xml
from bot.wecom.crypto import WecomCrypto
from bot.wecom.reading import read
from models.errors import BadCallback
from models.messages.inbound import Inbound

MAX_BODY = 65_536  # bytes; the longest message of the platform is a twentieth of it

_TEXT = r"(?:<!\[CDATA\[[^\]<]*\]\]>|[^<]*)"
_ENVELOPE = re.compile(rf"\s*(?:<\?xml[^<>]*\?>\s*)?<xml>(?:\s*<(\w+)>{_TEXT}</\1>)+\s*</xml>\s*", re.ASCII)
_ENCRYPT = re.compile(r"<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/]+={0,2})(?:\]\]>)?\s*</Encrypt>", re.ASCII)


@dataclass(frozen=True, slots=True)
class KfNotice:
    """ "There is something to fetch": carries no message itself. Never dropped as a duplicate."""

    open_kfid: str
    token: str  # valid for 10 minutes


def open_callback(
    crypto: WecomCrypto, query: Mapping[str, str], body: bytes, now: datetime
) -> Inbound | KfNotice:
    """What the POST says. Raises only BadCallback: 413 too large, 403 not from WeCom, 400 malformed."""
    encrypted = _encrypted(body)
    crypto.verify(
        query.get("msg_signature", ""), query.get("timestamp", ""), query.get("nonce", ""), encrypted
    )
    root = xml.parse(crypto.decrypt(encrypted))
    if root.one("Event") == "kf_msg_or_event":
        return _notice(root)
    return read(root, now)


def open_echo(crypto: WecomCrypto, raw_query: str) -> bytes:
    """The bare plaintext that answers the GET; `raw_query` is the query string as it came over the wire.

    It is decoded once, and by `unquote`: form decoding would turn a literal + of the base64 into a space.
    """
    pairs = (pair.partition("=") for pair in raw_query.split("&"))
    query = {name: unquote(value) for name, _, value in pairs}
    encrypted = query.get("echostr", "")
    crypto.verify(
        query.get("msg_signature", ""), query.get("timestamp", ""), query.get("nonce", ""), encrypted
    )
    return crypto.decrypt(encrypted)


def _encrypted(body: bytes) -> str:
    if len(body) > MAX_BODY:
        raise BadCallback("too large", 413)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadCallback("not utf-8", 400) from error
    if "\0" in text or text.count("<Encrypt") != 1 or not _ENVELOPE.fullmatch(text):
        raise BadCallback("envelope", 400)
    found = _ENCRYPT.search(text)
    if found is None:
        raise BadCallback("base64", 400)
    return found[1]


def _notice(root: xml.Element) -> KfNotice:
    open_kfid = root.one("OpenKfId")
    if not open_kfid:
        raise BadCallback("fields", 400)
    return KfNotice(open_kfid, root.one("Token"))
