"""A second gateway for SMS, for what the first has surely not taken: it could not be reached, is busy or stopped, or its
account does not pass. What the first may have taken is asked about, never sent over the other as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.base import Again, Outcome, Sent, Unknown
from bot.channels.sms_codes import SmsClass, classify_sms, of_code
from bot.channels.sms_gateway import SmsProvider, SmsStatus
from models.errors import Refused, Unreachable

ELSEWHERE = frozenset({SmsClass.ALL_LATER, SmsClass.ACCOUNT})
"""Refusals that say nothing of the message or its number: another gateway may take it."""
_OF_THE_MESSAGE = frozenset({SmsClass.NUMBER_LATER, SmsClass.NUMBER_NEVER, SmsClass.UNKNOWN})


class Standby:
    """codes: the first gateway's code of a template → the second's, registered there with the same text."""

    def __init__(self, provider: SmsProvider, codes: Mapping[str, str]) -> None:
        self._provider = provider
        self._codes = codes

    async def send(self, body: Mapping[str, Any], failed: Again) -> Outcome:
        """Over this one; as the first `failed` where it can not go over this one either."""
        code = self._codes.get(body["template"])
        if not code:
            return failed
        try:
            known_as = await self._provider.send(code, body["mobile"], body["params"], body["out_id"])
        except Refused as refusal:
            return of_code(refusal) if classify_sms(refusal.code) in _OF_THE_MESSAGE else failed
        except Unreachable as silence:
            return Unknown(str(silence)) if silence.maybe_done else failed
        cure = f"{failed.cure}。" if failed.cure else ""
        return Sent(known_as, alarm=f"短信主网关发不出去：{failed.reason[:120]}。暂由备用网关发送。{cure}")

    async def status(self, out_id: str, mobile: str) -> SmsStatus:
        """What it knows of a message. Raises Refused or Unreachable."""
        return await self._provider.status(out_id, mobile)
