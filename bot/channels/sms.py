"""SMS: a registered template with short values, for what must arrive where no chat is open.

The gateway promises no idempotence: after a time-out it is asked by out_id, never told twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.channels.base import MINE, Again, NextChannel, Outcome, Request, Sent, Unknown, safe_id
from bot.channels.sms_codes import classify_sms, of_code
from bot.channels.sms_gateway import SmsProvider, SmsStatus
from bot.channels.sms_standby import ELSEWHERE, Standby
from bot.channels.texts import visible
from models.errors import ProviderError, Refused, Unreachable
from models.messages.content import Content, Sms
from models.messages.sms_lint import EXACT, RegisteredTemplate, fit_value, lint_values, value_faults

_RETRY_S = 5.0
_API = "sms/send"
_MOBILE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)


class SmsChannel:
    """Sends through a gateway. `templates`: our name of a template → how it is registered; None = under the same name,
    with a text that is not known here. sign: counts towards the length. standby: a second gateway, where there is one.
    """

    name = "sms"

    def __init__(
        self,
        provider: SmsProvider,
        templates: Mapping[str, RegisteredTemplate] | None = None,
        sign: str = "",
        standby: Standby | None = None,
    ) -> None:
        self._provider = provider
        self._templates = templates
        self._sign = sign
        self._standby = standby

    def render(self, content: Content, address: str, key: str, media_id: str = "") -> Request:
        """The template that stands in for the content. Raises ValueError when there is none, or its values do not fit."""
        del media_id
        if content.sms is None:
            raise ValueError("this content is never an SMS")
        if not _MOBILE.fullmatch(address):
            raise ValueError("not a mobile number of the mainland")
        template = self._registered(content.sms.template)
        body = {
            "template": template.code,
            "mobile": address,
            "params": self._params(content.sms, template),
            "out_id": safe_id(key, 64),
        }
        return Request(_API, body)

    def _registered(self, name: str) -> RegisteredTemplate:
        found = RegisteredTemplate(name) if self._templates is None else self._templates.get(name)
        if found is None or not found.code:
            raise ValueError(f"no SMS template is registered for {name!r}: set sms.templates.{name}.code")
        return found

    def _params(self, sms: Sms, template: RegisteredTemplate) -> dict[str, str]:
        """The values as they go out. Codes and numbers go as they are or not at all."""
        params = {name: value if name in EXACT else fit_value(visible(value)) for name, value in sms.params}
        faults = lint_values(template.text, params, self._sign) if template.text else value_faults(params)
        if faults:
            raise ValueError(f"短信模板 {sms.template}：{'；'.join(faults)}")
        return params

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
            outcome: Outcome = of_code(refusal)
            elsewhere = classify_sms(refusal.code) in ELSEWHERE
        except Unreachable as silence:
            outcome = Unknown(str(silence)) if silence.maybe_done else Again(_RETRY_S, str(silence))
            elsewhere = not silence.maybe_done
        else:
            return Sent(provider_id)
        if elsewhere and self._standby and isinstance(outcome, Again):
            return await self._standby.send(body, outcome)
        return outcome

    async def ask(self, request: Request) -> Outcome | None:
        """What became of it; ask a minute or more after a time-out, when the gateway has surely noted it."""
        try:
            status = await self._status(request.body["out_id"], request.body["mobile"])
        except (Refused, Unreachable) as error:
            return Unknown(str(error))
        if status is SmsStatus.FAILED:
            return NextChannel("the carrier could not deliver the SMS")
        return None if status is SmsStatus.UNKNOWN else Sent("")

    async def _status(self, out_id: str, mobile: str) -> SmsStatus:
        """What either gateway knows of it. Raises Refused or Unreachable where one that may have it does not say."""
        silence: ProviderError | None = None
        for gateway in (self._provider, self._standby):
            if gateway is None:
                continue
            try:
                status = await gateway.status(out_id, mobile)
            except (Refused, Unreachable) as error:
                silence = error
                continue
            if status is not SmsStatus.UNKNOWN:
                return status
        if silence:
            raise silence
        return SmsStatus.UNKNOWN
