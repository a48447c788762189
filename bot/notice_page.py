"""The page of a letter: read it, open the PDF, sign for it. For any phone, with scripts off.

Whoever holds the link may read. An unknown link and an expired one look the same.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

import structlog
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.core import Core
from bot.notice_files import NoticeFiles
from bot.notice_view import letter_context, signature_context
from models.notices.notice import Notice, notice_by_token
from models.notices.page_signing import PageForm, sign_on_page
from models.notices.paid import is_paid
from models.notices.signing import signed_for, signed_text

log = structlog.get_logger(__name__)

MAX_FORM_BYTES = 8 * 1024
_FIELDS = 20
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


class NoticePage:
    """What a tenant opens from a link in chat or SMS."""

    def __init__(self, core: Core, files: NoticeFiles) -> None:
        self._core = core
        self._files = files
        loader = FileSystemLoader(Path(__file__).parent / "pages")
        self._pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)

    def add_to(self, app: web.Application) -> None:
        """Registers the routes."""
        app.router.add_get("/n/{token}", self.show)
        app.router.add_get("/n/{token}/pdf", self.pdf)
        app.router.add_post("/n/{token}", self.sign)

    async def show(self, request: web.Request) -> web.Response:
        """The letter; the first look is noted."""
        notice = await self._find(request)
        if notice is None:
            return self._nowhere()
        if is_looked_at(request):
            await self._note_seen(notice)
        return await self._letter(request, notice, PageForm("", "", ""), {})

    async def pdf(self, request: web.Request) -> web.Response:
        """The letter as a file: the very bytes whose SHA-256 the signature names."""
        notice = await self._find(request)
        if notice is None:
            return self._nowhere()
        data = await self._files.pdf(notice.id)
        if is_looked_at(request):
            await self._note_seen(notice)
        name = quote(f"{notice.kind}-{notice.number}.pdf")
        disposition = {"Content-Disposition": f"inline; filename*=UTF-8''{name}"}
        return web.Response(body=data, content_type="application/pdf", headers=HEADERS | disposition)

    async def sign(self, request: web.Request) -> web.Response:
        """Keeps the signature and shows the letter again; mistakes are shown at their field."""
        notice = await self._find(request)
        if notice is None:
            return self._nowhere()
        fields = await _fields(request)
        form = PageForm.of(fields)
        if not hmac.compare_digest(fields.get("csrf", "").encode(), _csrf(notice).encode()):
            return await self._letter(request, notice, form, {"form": "页面已过期，请重新填写后提交。"})
        errors = await self._keep(request, notice, form)
        if errors:
            return await self._letter(request, notice, form, errors)
        raise web.HTTPSeeOther(request.path, headers=HEADERS)

    async def _keep(self, request: web.Request, notice: Notice, form: PageForm) -> dict[str, str]:
        """What is wrong with the signature; empty when it counts."""
        await self._files.pdf(notice.id)  # the signature names the exact bytes, so they must exist
        evidence = {
            "address": request.remote or "",
            "forwarded_for": request.headers.get("X-Forwarded-For", "")[:200],
            "browser": request.headers.get("User-Agent", "")[:300],
            "link": "short" if request.match_info["token"] == notice.short_code else "long",
        }
        now = self._core.clock.now()
        async with self._core.db.begin() as session:
            outcome = await sign_on_page(session, notice, form, evidence, now, self._core.rules)
        if isinstance(outcome, dict):
            return outcome
        log.info("notice signed", notice=notice.number, sufficient=outcome.receipt.sufficient)
        return {} if outcome.receipt.sufficient else {"form": signed_text(notice, outcome)}

    async def _find(self, request: web.Request) -> Notice | None:
        async with self._core.db.read() as session:
            return await notice_by_token(session, request.match_info["token"], self._core.clock.now())

    async def _note_seen(self, notice: Notice) -> None:
        if notice.seen_at is not None:
            return
        async with self._core.db.begin() as session:
            row = await session.get_one(Notice, notice.id, with_for_update=True)
            row.seen_at = row.seen_at or self._core.clock.now()

    async def _letter(
        self, request: web.Request, notice: Notice, form: PageForm, errors: dict[str, str]
    ) -> web.Response:
        async with self._core.db.read() as session:
            receipt = await signed_for(session, notice.id)
            paid = await is_paid(session, notice)
        return self._page(
            "notice.html",
            400 if errors else 200,
            notice=letter_context(notice),
            paid=paid,
            pdf_url=f"{request.path}/pdf",
            signed=signature_context(receipt),
            form=form,
            errors=errors,
            csrf=_csrf(notice),
        )

    def _nowhere(self) -> web.Response:
        return self._page(
            "message.html",
            404,
            kind="unknown",
            text="链接不完整或已过期。请在微信客服中发送“账单”，或联系物业服务中心。",
        )

    def _page(self, template: str, status: int, **context: Any) -> web.Response:
        park = self._core.rules.park
        text = self._pages.get_template(template).render(park=park.name, phone=park.phone, **context)
        return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)


def is_looked_at(request: web.Request) -> bool:
    """Whether a person may have seen it: what a browser fetches ahead of a tap is no proof that anybody looked."""
    ahead = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return request.method == "GET" and "prefetch" not in ahead.lower()


def _csrf(notice: Notice) -> str:
    """Proves that the form came from this page: keyed by the long token, which a short link does not show."""
    return hmac.new(notice.token.encode(), b"sign", hashlib.sha256).hexdigest()


async def _fields(request: web.Request) -> dict[str, str]:
    """The form as sent by a browser; anything else is an empty form, never an error."""
    if request.content_type != "application/x-www-form-urlencoded":
        return {}
    body = await request.read()  # the application refuses what is over its limit
    if len(body) > MAX_FORM_BYTES:
        return {}
    try:
        parsed = parse_qs(body.decode("utf-8", "replace"), max_num_fields=_FIELDS)
    except ValueError:
        return {}
    return {name: values[0] for name, values in parsed.items()}
