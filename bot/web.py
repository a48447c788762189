"""The HTTP face: callbacks of WeCom, health and metrics. SMS pushes are in bot/sms_hooks.py, the notice page in
bot/notice_page.py.
"""

from __future__ import annotations

import structlog
from aiohttp import web
from prometheus_client import generate_latest
from sqlalchemy import text

from bot.core import Core
from bot.inbox import Inbox
from bot.kf_reader import KfReader
from bot.metrics import CALLBACKS, show
from bot.request_body import bounded
from bot.wecom.crypto import WecomCrypto
from bot.wecom.envelope import KfNotice, open_callback, open_echo
from models.errors import BadCallback, NotStored
from models.operation.standing import standing

log = structlog.get_logger(__name__)

_STORED, _NOT_STORED = CALLBACKS.labels("stored"), CALLBACKS.labels("not stored")


class CallbackRoutes:
    """What strangers on the internet may call. Whatever they send, they get a 4xx and never an exception's text."""

    def __init__(self, core: Core, crypto: WecomCrypto, inbox: Inbox, kf: KfReader) -> None:
        self._core = core
        self._crypto = crypto
        self._inbox = inbox
        self._kf = kf

    def add_to(self, app: web.Application) -> None:
        """Registers the routes."""
        app.router.add_get("/wecom/callback", self.verify)
        app.router.add_post("/wecom/callback", self.callback)
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
            body = await bounded(request)
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

    async def healthz(self, _request: web.Request) -> web.Response:
        """The process lives."""
        return web.json_response({"status": "ok"})

    async def readyz(self, _request: web.Request) -> web.Response:
        """The database answers too."""
        async with self._core.db.read() as session:
            await session.execute(text("SELECT 1"))
        return web.json_response({"status": "ready"})

    async def metrics(self, _request: web.Request) -> web.Response:
        """Prometheus text; how long the queues are is looked up now."""
        show(await standing(self._core.db, self._core.clock.now()))
        return web.Response(body=generate_latest(), content_type="text/plain")


def _refuse(bad: BadCallback, request: web.Request) -> web.Response:
    CALLBACKS.labels(bad.reason).inc()
    log.warning("callback refused", reason=bad.reason, status=bad.status, remote=request.remote)
    return web.Response(status=bad.status)
