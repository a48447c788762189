"""The page on which finance hands in bank statements and invoice files. For any phone or desk, with scripts off.

Whoever is not the holder of a running link, and may not do this any more, finds nothing: wrong, expired and revoked
look the same.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.core import Core
from bot.money_uploads import MAX_BYTES, MoneyUploads
from bot.notice_page import HEADERS
from bot.upload import read_upload
from models.clock import local
from models.errors import UserError
from models.fees.money import yuan
from models.invoices.invoice import Invoice
from models.people.staff import Staff
from models.uploads.link import UploadKind, UploadLink, upload_by_token

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who opened the page, with which link."""

    link: UploadLink
    member: Staff
    token: str

    @property
    def csrf(self) -> str:
        """Proves that the form came from this page."""
        return hmac.new(self.token.encode(), b"money", hashlib.sha256).hexdigest()


class MoneyPage:
    """What finance opens from 流水 and 开票."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._uploads = MoneyUploads(core)
        loader = FileSystemLoader(Path(__file__).parent / "pages")
        self._pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)

    def add_to(self, app: web.Application) -> None:
        """Registers the routes."""
        app.router.add_get("/u/{token}", self.show)
        app.router.add_post("/u/{token}", self.upload)

    async def show(self, request: web.Request) -> web.Response:
        """The page, with what became of the last file."""
        holder = await self._holder(request)
        return await self._page(holder) if holder else self._nowhere()

    async def upload(self, request: web.Request) -> web.Response:
        """Takes a file; what is wrong with it as a whole stands on the page as a sentence."""
        holder = await self._holder(request)
        if holder is None:
            return self._nowhere()
        try:
            form = await read_upload(request, MAX_BYTES)
            if not hmac.compare_digest(form.fields.get("csrf", "").encode(), holder.csrf.encode()):
                raise UserError("页面已过期，请重新选择文件上传。")
            if not form.data:
                raise UserError("没有收到文件，请先选择文件。")
            await self._uploads.take(holder.link, holder.member, form.name, form.data)
        except UserError as refusal:
            log.info("upload refused", member=holder.member.userid, reason=str(refusal))
            return await self._page(holder, error=str(refusal))
        raise web.HTTPSeeOther(request.path, headers=HEADERS)

    async def _holder(self, request: web.Request) -> Holder | None:
        token = request.match_info["token"]
        async with self._core.db.read() as session:
            found = await upload_by_token(session, token, self._core.clock.now())
        if found is None or not found[1].may(found[0].kind.may, self._core.rules):
            return None
        return Holder(*found, token)

    async def _page(self, holder: Holder, *, error: str = "") -> web.Response:
        statement = holder.link.kind is UploadKind.STATEMENT
        return self._render(
            "upload.html",
            400 if error else 200,
            title="银行流水" if statement else "发票文件",
            about="" if statement else await self._about(holder.link),
            statement=statement,
            member=holder.member.name,
            until=f"{local(holder.link.expires_at):%m-%d %H:%M}",
            csrf=holder.csrf,
            error=error,
            outcome={} if error else holder.link.outcome,
        )

    async def _about(self, link: UploadLink) -> str:
        """Which invoice the file is of."""
        async with self._core.db.read() as session:
            invoice = await session.get(Invoice, link.invoice_id)
        if invoice is None:
            return ""
        return (
            f"{invoice.number}，号码 {invoice.invoice_number}，{yuan(invoice.amount_fen)} 元，{invoice.title}"
        )

    def _nowhere(self) -> web.Response:
        text = "链接不完整或已过期。请在企业微信里发送“流水”或“开票”取新的链接。"
        return self._render("message.html", 404, kind="unknown", text=text)

    def _render(self, template: str, status: int, **context: Any) -> web.Response:
        text = self._pages.get_template(template).render(park=self._core.rules.park.name, **context)
        return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)
