"""A small HTTP server that answers like the platform or the SMS gateway, as the test orders."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

SECRET = "canary-secret-4711"
Reply = dict[str, Any] | Callable[[], web.StreamResponse]


@dataclass(frozen=True)
class Seen:
    """One request as it came in."""

    api: str
    query: dict[str, str]
    body: bytes
    json: Any


class FakePlatform:
    """`reply(api, …)` queues answers for one call each; the last one stays. Unordered calls succeed."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.tokens_issued = 0
        self.token_always_bad = False
        self.base_url = ""
        self._replies: defaultdict[str, deque[Reply]] = defaultdict(deque)

    def reply(self, api: str, *replies: Reply) -> None:
        self._replies[api] = deque(replies)

    def calls(self, api: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.api == api]

    def revoke(self) -> None:
        """The present token is no longer good; the next one is."""
        self.tokens_issued += 1
        self._revoked = self.tokens_issued

    @property
    def token(self) -> str:
        return f"canary-token-{self.tokens_issued}"

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{root:cgi-bin|sms}/{api:.+}", self._handle)
        return app

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        api, body = request.match_info["api"], await request.read()
        is_json = request.content_type == "application/json"
        parsed = await request.json() if is_json and body else None
        self.seen.append(Seen(api, dict(request.query), body, parsed))
        reply = self._next(api)
        if callable(reply):
            return reply()
        if reply is not None:
            return web.json_response(reply)
        if api == "gettoken":
            self.tokens_issued += 1
            return web.json_response({"errcode": 0, "access_token": self.token, "expires_in": 7200})
        if self.token_always_bad or request.query.get("access_token") != self.token:
            message = (
                f"invalid access_token={request.query.get('access_token')}, from ip: 10.0.0.1, more info at x"
            )
            return web.json_response({"errcode": 40014, "errmsg": message})
        return web.json_response({"errcode": 0, "errmsg": "ok", "msgid": "m1"})

    def _next(self, api: str) -> Reply | None:
        waiting = self._replies[api]
        if not waiting:
            return None
        return waiting.popleft() if len(waiting) > 1 else waiting[0]


async def serve(fake: FakePlatform) -> TestServer:
    """Starts it on a free port."""
    server = TestServer(fake.app())
    await server.start_server()
    fake.base_url = str(server.make_url("/")).rstrip("/")
    return server


def text(body: str, status: int = 200, content_type: str = "text/html") -> Callable[[], web.Response]:
    return lambda: web.Response(text=body, status=status, content_type=content_type)
