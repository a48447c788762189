"""Calls the platform's HTTP API: token in the query, renewed once, every answer checked, no secret in any error."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import aiohttp

from bot.wecom.answers import Answer, json_of
from bot.wecom.errors import ErrorClass, classify
from bot.wecom.token import Shared, Tokens
from bot.wecom.transport import Body, Transport
from models.clock import Clock
from models.errors import Refused, Unreachable

T = TypeVar("T")

_UNSAFE_IN_NAME = re.compile(r'[\x00-\x1f\x7f"\\/]')
_JSON_TYPES = {"application/json", "text/json", "text/plain"}


class WecomClient:
    """One application of one corporation. The session belongs to the caller."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        corp_id: str,
        secret: str,
        clock: Clock,
        timeout_s: float = 10,
        shared: Shared | None = None,
    ) -> None:
        base = base_url.rstrip("/").removesuffix("/cgi-bin")
        self._transport = Transport(session, base + "/cgi-bin", timeout_s)
        self._corp_id = corp_id
        self._secret = secret
        self._tokens = Tokens(self._fetch_token, clock, shared)

    async def call(
        self,
        api: str,
        body: Mapping[str, Any] | None = None,
        *,
        params: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> dict[str, Any]:
        """Calls `api` ("message/send") and gives back its JSON. POSTs `raw` as it is, or `body`; else GETs.

        Raises Refused (it said no) or Unreachable (it did not say).
        """
        payload = wire_bytes(body) if raw is None and body is not None else raw

        async def attempt(token: str) -> dict[str, Any]:
            answer = await self._request(api, token, params or {}, payload)
            return json_of(answer, api, self._known_secrets(token))

        return await self._with_token(attempt)

    async def upload(self, kind: str, name: str, data: bytes) -> str:
        """Stores a file ("image", "voice", "video", "file") for 3 days; its media_id."""
        api = "media/upload"

        async def attempt(token: str) -> dict[str, Any]:
            # Built for each try: a form can be read only once.
            form = aiohttp.FormData(quote_fields=False)  # percent-encoded Chinese names are shown as such
            safe_name = _UNSAFE_IN_NAME.sub("_", name) or "file"
            form.add_field(
                "media", io.BytesIO(data), filename=safe_name, content_type="application/octet-stream"
            )
            answer = await self._request(api, token, {"type": kind}, form)
            return json_of(answer, api, self._known_secrets(token))

        media_id = (await self._with_token(attempt)).get("media_id")
        if not isinstance(media_id, str) or not media_id:
            raise Unreachable("no media_id", api=api, maybe_done=True)
        return media_id

    async def download(self, media_id: str) -> tuple[bytes, str]:
        """A file somebody sent, and its content type. Errors come as JSON with status 200 too."""
        api = "media/get"

        async def attempt(token: str) -> tuple[bytes, str]:
            answer = await self._request(api, token, {"media_id": media_id}, None)
            if not _is_file(answer):
                json_of(answer, api, self._known_secrets(token))
                raise Unreachable("neither file nor error", api=api, maybe_done=False)
            return answer.body, answer.content_type

        return await self._with_token(attempt)

    async def _with_token(self, attempt: Callable[[str], Awaitable[T]]) -> T:
        """Tries with the present token, once more with a renewed one, then gives up."""
        token = await self._tokens.get()
        try:
            return await attempt(token)
        except Refused as refusal:
            if classify(refusal.code) is not ErrorClass.TOKEN:
                raise
        token = await self._tokens.renew(token)
        try:
            return await attempt(token)
        except Refused as refusal:
            if classify(refusal.code) is ErrorClass.TOKEN:
                self._tokens.distrust(token, refusal)
            raise

    async def _request(self, api: str, token: str, params: Mapping[str, str], body: Body) -> Answer:
        return await self._transport.request(api, api, {"access_token": token, **params}, body)

    async def _fetch_token(self) -> tuple[str, int]:
        params = {"corpid": self._corp_id, "corpsecret": self._secret}
        try:
            answer = await self._transport.request("gettoken", "gettoken", params, None)
            data = json_of(answer, "gettoken", self._known_secrets(""))
        except Unreachable as error:
            # Whatever became of this, the call that needed the token was not made.
            raise Unreachable("no token to be had", api="gettoken", maybe_done=False) from error
        token, valid_s = data.get("access_token"), data.get("expires_in", 7200)
        if not isinstance(token, str) or not token or not isinstance(valid_s, int):
            raise Unreachable("no token in the answer", api="gettoken", maybe_done=False)
        return token, valid_s

    def _known_secrets(self, token: str) -> tuple[str, ...]:
        return (self._secret, token, self._tokens.current)


def wire_bytes(body: Mapping[str, Any]) -> bytes:
    """The same bytes for the same content, whatever order a database gave the keys back in.

    The platform's duplicate check compares requests; a retry has to be the very same one.
    """
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _is_file(answer: Answer) -> bool:
    if answer.status != 200:
        return False
    return answer.is_attachment or (
        answer.content_type not in _JSON_TYPES and answer.content_type != "text/html"
    )
