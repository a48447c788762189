"""A plain HTTP gateway: POST /sms/send and GET /sms/query, JSON both ways."""

from __future__ import annotations

import json
from typing import Any

import aiohttp

from bot.channels.sms_gateway import SmsStatus
from bot.wecom.answers import Answer, clean
from bot.wecom.transport import Transport
from models.errors import Refused, Unreachable


class HttpSmsProvider:
    """Speaks to one gateway with one key and one registered signature. The session belongs to the caller."""

    def __init__(
        self, session: aiohttp.ClientSession, base_url: str, key: str, sign: str, timeout_s: float = 10
    ) -> None:
        self._transport = Transport(session, base_url, timeout_s)
        self._key = key
        self._sign = sign

    async def send(self, template: str, mobile: str, params: dict[str, str], out_id: str) -> str:
        """Submits one message; the gateway's id."""
        fields = {
            "key": self._key,
            "sign": self._sign,
            "template": template,
            "mobile": mobile,
            "params": params,
            "out_id": out_id,
        }
        payload = json.dumps(fields, ensure_ascii=False).encode()
        answer = await self._transport.request("sms/send", "sms/send", {}, payload)
        data = self._json(answer, "sms/send")
        code = data.get("code")
        if code != "OK":
            raise Refused(str(code), clean(str(data.get("message", "")), (self._key,)), api="sms/send")
        return str(data.get("id", ""))

    async def status(self, out_id: str, mobile: str) -> SmsStatus:
        """What the gateway knows of `out_id`."""
        del mobile
        query = {"key": self._key, "out_id": out_id}
        data = self._json(await self._transport.request("sms/query", "sms/query", query, None), "sms/query")
        try:
            return SmsStatus(str(data.get("status")))
        except ValueError:
            raise Unreachable("no status in the answer", api="sms/query", maybe_done=False) from None

    def _json(self, answer: Answer, api: str) -> dict[str, Any]:
        if answer.status != 200:
            raise Unreachable(f"HTTP {answer.status}", api=api, maybe_done=answer.status >= 500)
        try:
            data = json.loads(answer.body)
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict):
            raise Unreachable("not a JSON answer", api=api, maybe_done=True)
        return data
