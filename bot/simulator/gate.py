"""The door of every API: ordered faults first, then the token, then the body, then the work."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.simulator import limits
from bot.simulator.answers import ApiError, Json
from bot.simulator.faults import Fault, Faults
from bot.simulator.tokens import Tokens

_ERROR_PAGE = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"


@dataclass(frozen=True, slots=True)
class Call:
    """One request that passed the door."""

    request: web.Request
    body: Json
    fault: Fault

    def argument(self, name: str) -> str:
        """A value of the query, "" without one."""
        return self.request.query.get(name, "")


Work = Callable[[Call], Awaitable[Json | web.StreamResponse]]
Refuse = Callable[[int | str], Json]


def refuse_wecom(code: int | str) -> Json:
    """The reply to an ordered errcode."""
    return ApiError(code if isinstance(code, int) else -1, "ordered fault").reply()


class Gate:
    """Makes aiohttp handlers of `/cgi-bin/*` out of work functions."""

    def __init__(self, faults: Faults, tokens: Tokens) -> None:
        self._faults = faults
        self._tokens = tokens

    def get(self, api: str, work: Work, *, needs_token: bool = True) -> web.RouteDef:
        """A route that takes everything from the query."""

        async def run(request: web.Request, fault: Fault) -> Json | web.StreamResponse:
            if needs_token:
                self._tokens.check(request.query.get("access_token", ""))
            return await work(Call(request, {}, fault))

        return self._route(api, run)

    def post(self, api: str, work: Work, *, reads_json: bool = True) -> web.RouteDef:
        """A route that must be POSTed to."""

        async def run(request: web.Request, fault: Fault) -> Json | web.StreamResponse:
            self._tokens.check(request.query.get("access_token", ""))
            if request.method != "POST":
                raise ApiError(40058, "use POST")
            body = await read_json(request, limits.API_BODY_BYTES) if reads_json else {}
            return await work(Call(request, body, fault))

        return self._route(api, run)

    def _route(self, api: str, run: Callable[[web.Request, Fault], Awaitable[Any]]) -> web.RouteDef:
        async def handle(request: web.Request) -> web.StreamResponse:
            async def answer(fault: Fault) -> Json | web.StreamResponse:
                try:
                    result: Json | web.StreamResponse = await run(request, fault)
                except ApiError as error:
                    return error.reply()
                return result

            return await suffer(self._faults.take(api), request, answer, refuse_wecom)

        return web.route("*", f"/cgi-bin/{api}", handle)


async def suffer(
    fault: Fault,
    request: web.Request,
    answer: Callable[[Fault], Awaitable[Json | web.StreamResponse]],
    refuse: Refuse,
) -> web.StreamResponse:
    """The answer, or what the fault makes of it."""
    await asyncio.sleep(fault.delay_s)
    if fault.drop:
        return _hang_up(request)
    if fault.http is not None:
        return web.Response(
            status=fault.http, text=_ERROR_PAGE if fault.html else "", content_type="text/html"
        )
    if fault.html:
        return web.Response(text=_ERROR_PAGE, content_type="text/html")
    if fault.errcode is not None:
        return reply(refuse(fault.errcode))
    result = await answer(fault)
    if fault.deliver_then_drop:
        return _hang_up(request)
    return result if isinstance(result, web.StreamResponse) else reply(result)


def reply(body: Any, status: int = 200) -> web.Response:
    """JSON with Chinese readable in it."""
    text = json.dumps(body, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/json")


async def read_bytes(request: web.Request, limit: int) -> bytes | None:
    """The body; None when it is longer than `limit`, whatever the application's own limit is."""
    chunks, size = [], 0
    async for chunk in request.content.iter_chunked(65_536):
        size += len(chunk)
        if size > limit:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


async def read_json(request: web.Request, limit: int) -> Json:
    """The object in the body. Raises 47001."""
    try:
        body = parse_json(await read_bytes(request, limit) or b"")
    except ValueError as error:
        raise ApiError(47001) from error
    if not isinstance(body, dict):
        raise ApiError(47001)
    return body


def parse_json(raw: bytes) -> Any:
    """The value. Raises ValueError, also for half a surrogate pair, which JSON can carry and UTF-8 can not."""
    try:
        value = json.loads(raw)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.close()
    return web.Response()
