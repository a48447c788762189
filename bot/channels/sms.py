"""SMS: a registered template with short values, for what must arrive where no chat is open.

The gateway promises no idempotence: after a time-out it is asked by out_id, never told twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol

from bot.channels.base import MINE, Again, NextChannel, Outcome, Request, Sent, Unknown, safe_id
from bot.channels.sms_codes import of_code
from bot.channels.texts import visible
from models.errors import Refused, Unreachable
from models.messages.content import Content

MAX_VALUE = 20  # characters of one template value
_RETRY_S = 5.0
_API = "sms/send"
_MOBILE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
_LINK = re.compile(r"https?:|www\.|://", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[【】¥￥\x00-\x1f\x7f]")


class SmsStatus(StrEnum):
    """What the gateway knows of a message."""

    DELIVERED = "delivered"
    FAILED = "failed"
    SENT = "sent"
    UNKNOWN = "unknown"  # it has never seen this out_id


class SmsProvider(Protocol):
    """A gateway."""

    async def send(self, template: str, mobile: str, params: dict[str, str], out_id: str) -> str:
        """Submits one message; the provider's id. Raises Refused or Unreachable."""

    async def status(self, out_id: str, mobile: str) -> SmsStatus:
        """What became of it. Raises Refused or Unreachable."""


class SmsChannel:
    """Sends through a gateway. `templates`: our name of a template → the code it is registered under; None = same."""

    name = "sms"

    def __init__(self, provider: SmsProvider, templates: Mapping[str, str] | None = None) -> None:
        self._provider = provider
        self._templates = templates

    def render(self, content: Content, address: str, key: str, media_id: str = "") -> Request:
        """The template that stands in for the content. Raises ValueError when there is none."""
        del media_id
        if content.sms is None:
            raise ValueError("this content is never an SMS")
        if not _MOBILE.fullmatch(address):
            raise ValueError("not a mobile number of the mainland")
        params = {name: template_value(value) for name, value in content.sms.params}
        body = {
            "template": self._code(content.sms.template),
            "mobile": address,
            "params": params,
            "out_id": safe_id(key, 64),
        }
        return Request(_API, body)

    def _code(self, template: str) -> str:
        code = template if self._templates is None else self._templates.get(template, "")
        if not code:
            raise ValueError(
                f"no SMS template is registered for {template!r}: set sms.templates.{template}.code"
            )
        return code

    async def upload(self, kind: str, name: str, data: bytes) -> str:
        """An SMS carries no files."""
        raise Refused("no-media", f"an SMS can not carry {kind} {name} of {len(data)} bytes", api=_API)

    async def hold(self, address: str) -> Outcome | int:
        """Nobody has to be asked."""
        del address
        return MINE

    async def send(self, request: Request) -> Outcome:
        """Submits. A time-out is Unknown: the gateway may have taken it."""
        body: dict[str, Any] = request.body
        try:
            provider_id = await self._provider.send(
                body["template"], body["mobile"], body["params"], body["out_id"]
            )
        except Refused as refusal:
            return of_code(refusal)
        except Unreachable as silence:
            return Unknown(str(silence)) if silence.maybe_done else Again(_RETRY_S, str(silence))
        return Sent(provider_id)

    async def ask(self, request: Request) -> Outcome | None:
        """What became of it; ask a minute or more after a time-out, when the gateway has surely noted it."""
        try:
            status = await self._provider.status(request.body["out_id"], request.body["mobile"])
        except (Refused, Unreachable) as error:
            return Unknown(str(error))
        if status is SmsStatus.FAILED:
            return NextChannel("the carrier could not deliver the SMS")
        return None if status is SmsStatus.UNKNOWN else Sent("")


def template_value(value: str) -> str:
    """A value as templates take it: short, one line, not empty, without signs of a signature or of money.

    Raises ValueError for a link: gateways refuse them, the text has to point to the chat instead.
    """
    if _LINK.search(value):
        raise ValueError("a template value must not be a link")
    allowed = _FORBIDDEN.sub("", visible(value)).strip() or "-"
    return allowed if len(allowed) <= MAX_VALUE else allowed[: MAX_VALUE - 1] + "…"
