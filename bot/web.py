"""The HTTP face: callbacks of WeCom and the SMS gateway, health and metrics. The notice page is in bot/notice_page.py."""

from __future__ import annotations

import hmac
import json
from typing import Any

import structlog
from aiohttp import web
from prometheus_client import generate_latest
from sqlalchemy import text

from bot.core import Core
from bot.inbox import Inbox
from bot.kf_reader import KfReader
from bot.metrics import CALLBACKS
from bot.wecom.crypto import WecomCrypto
from bot.wecom.envelope import MAX_BODY, KfNotice, open_callback, open_echo
from models.errors import BadCallback, NotStored
from models.messages.reports import SmsReport, take_reports

log = structlog.get_logger(__name__)

MAX_REPORTS = 500
_STORED, _NOT_STORED = CALLBACKS.labels("stored"), CALLBACKS.labels("not stored")


class CallbackRoutes:
    """What strangers on the internet may call. Whatever they send, they get a 4xx and never an exception's text."""

    def __init__(self, core: Core, crypto: WecomCrypto, inbox: Inbox, kf: KfReader, sms_key: str) -> None:
        self._core = core
        self._crypto = crypto
        self._inbox = inbox
        self._kf = kf
        self._sms_key = sms_key

    def add_to(self, app: web.Application) -> None:
        """Registers the routes."""
        app.router.add_get("/wecom/callback", self.verify)
        app.router.add_post("/wecom/callback", self.callback)
        app.router.add_post("/sms/report/{provider}", self.sms_report)
        app.router.add_get("/healthz", self.healthz)
        app.router.add_get("/readyz", self.readyz)
        app.router.add_get("/metrics", self.metrics)

    async def verify(self, request: web.Request) -> web.Response:
        """Answers the check that WeCom makes when the URL is saved: the bare plaintext, within a second."""
        try:
            plain = open_echo(self._crypto, request.rel_url.raw_query_string)
        except BadCallback as bad:
            return _refuse(bad, request)
        return web.Response(body=plain, content_type="text/plain")

    async def callback(self, request: web.Request) -> web.Response:
        """Stores what arrived, then answers an empty 200; the work is done afterwards. 503 when it is not stored."""
        try:
            body = await _bounded(request)
            arrived = open_callback(self._crypto, request.query, body, self._core.clock.now())
        except BadCallback as bad:
            return _refuse(bad, request)
        if isinstance(arrived, KfNotice):
            self._kf.notify(arrived)
        else:
            try:
                await self._inbox.store(arrived)
            except NotStored:
                _NOT_STORED.inc()
                return web.Response(status=503)  # whoever still waits knows that we do not have it
        _STORED.inc()
        return web.Response()

    async def sms_report(self, request: web.Request) -> web.Response:
        """Delivery reports of the plain HTTP gateway; a forged one can only be refused, for it lacks the key."""
        if request.match_info["provider"] != "http" or not self._knows_sms_key(request):
            return web.json_response({"error": "forbidden"}, status=403)
        try:
            reports = _reports(await _bounded(request))
        except BadCallback as bad:
            return _refuse(bad, request)
        async with self._core.db.begin() as session:
            await take_reports(session, reports, self._core.clock.now(), self._core.rules)
        return web.json_response({"code": 0})

    def _knows_sms_key(self, request: web.Request) -> bool:
        """Where no key is set nobody can know it. The header is bytes of a stranger, UTF-8 or not."""
        given = request.headers.get("X-Sms-Key", "").encode("utf-8", "surrogateescape")
        return bool(self._sms_key) and hmac.compare_digest(given, self._sms_key.encode())

    async def healthz(self, _request: web.Request) -> web.Response:
        """The process lives."""
        return web.json_response({"status": "ok"})

    async def readyz(self, _request: web.Request) -> web.Response:
        """The database answers too."""
        async with self._core.db.read() as session:
            await session.execute(text("SELECT 1"))
        return web.json_response({"status": "ready"})

    async def metrics(self, _request: web.Request) -> web.Response:
        """Prometheus text."""
        return web.Response(body=generate_latest(), content_type="text/plain")


async def _bounded(request: web.Request) -> bytes:
    """The body, of which never more than the limit is held. Raises BadCallback 413 beyond it, 400 when it is cut off."""
    body = bytearray()
    try:
        async for chunk in request.content.iter_chunked(16_384):
            body += chunk
            if len(body) > MAX_BODY:
                raise BadCallback("too large", 413)
    except (ConnectionError, web.RequestPayloadError) as exc:
        raise BadCallback("cut off", 400) from exc
    return bytes(body)


def _refuse(bad: BadCallback, request: web.Request) -> web.Response:
    CALLBACKS.labels(bad.reason).inc()
    log.warning("callback refused", reason=bad.reason, status=bad.status, remote=request.remote)
    return web.Response(status=bad.status)


def _raw(item: dict[str, Any]) -> dict[str, Any]:
    """The report as evidence: its fields as texts, within bounds."""
    return {str(name)[:60]: str(value)[:300] for name, value in list(item.items())[:30]}


def _reports(body: bytes) -> list[SmsReport]:
    try:
        items: Any = json.loads(body)
        if not isinstance(items, list) or len(items) > MAX_REPORTS:
            raise ValueError
        return [
            SmsReport(
                str(item["out_id"]), item["success"] is True, str(item.get("code", ""))[:60], _raw(item)
            )
            for item in items
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        raise BadCallback("report", 400) from exc
