"""Reads HTTP answers of the platform: bounded, JSON or not, with tokens and secrets kept out of every error."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from models.errors import Refused, Unreachable

MAX_ANSWER = 32 * 1024 * 1024  # bytes; a thousand messages of a sync are at most a few MB, a file 20 MB
_MAX_MESSAGE = 200
_TOKENS = re.compile(r"((?:access_token|corpsecret|secret|key)=)[^&\s]+", re.IGNORECASE)
_CHATTER = re.compile(r",? *(?:from ip:|more info at).*", re.DOTALL)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, read to its end."""

    status: int
    content_type: str
    is_attachment: bool
    body: bytes


async def read_answer(response: aiohttp.ClientResponse, api: str) -> Answer:
    """The whole answer, unless it is longer than anything the platform sends."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MAX_ANSWER:
            raise Unreachable("answer too large", api=api, maybe_done=True)
    disposition = response.headers.get("Content-Disposition", "")
    return Answer(response.status, response.content_type, bool(disposition), bytes(body))


def json_of(answer: Answer, api: str, secrets: Sequence[str] = ()) -> dict[str, Any]:
    """The JSON object of a successful answer.

    Raises Refused with the error code it names, Unreachable where there is none (5xx, HTML, cut off): then the
    request may have been carried out, except that a 3xx or 4xx says it was not taken.
    """
    if answer.status != 200:
        done = answer.status >= 500
        raise Unreachable(f"HTTP {answer.status}", api=api, maybe_done=done)
    try:
        data = json.loads(answer.body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        data = None
    code = data.get("errcode", 0) if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(code, int):
        raise Unreachable("not a JSON answer", api=api, maybe_done=True)
    message = clean(str(data.get("errmsg", "")), secrets)
    if "wrong json format" in message:
        log.warning("the platform could not read our JSON completely", extra={"api": api})
    if code != 0:
        raise Refused(code, message, api=api)
    return data


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")  # NaN and Infinity, which a database would refuse later


def clean(message: str, secrets: Sequence[str]) -> str:
    """The provider's text without what must not be logged, and not longer than a log line."""
    for secret in secrets:
        message = message.replace(secret, "***") if secret else message
    return _CHATTER.sub("", _TOKENS.sub(r"\1***", message))[:_MAX_MESSAGE]
