"""One HTTP request, and every way it can go wrong turned into Unreachable without the URL, which holds secrets."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

from bot.wecom.answers import Answer, read_answer
from models.errors import Unreachable

_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)

Body = bytes | aiohttp.FormData | None


class Transport:
    """Sends requests below one address with one time limit."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, timeout_s: float) -> None:
        self._session = session
        self._base = base_url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)

    async def request(self, path: str, api: str, params: Mapping[str, str], body: Body) -> Answer:
        """GET without a body, POST with one. Redirects are not followed: the query holds secrets."""
        headers = {"Content-Type": "application/json"} if isinstance(body, bytes) else {}
        try:
            async with self._session.request(
                "GET" if body is None else "POST",
                f"{self._base}/{path}",
                params=params,
                data=body,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                return await read_answer(response, api)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            # Raised below, outside of this block: chained errors would carry the URL into the log.
            reason, maybe_done = type(error).__name__, not isinstance(error, _NEVER_SENT)
        raise Unreachable(reason, api=api, maybe_done=maybe_done)
