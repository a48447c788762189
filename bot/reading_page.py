"""The page on which one member of staff hands in a month's readings as a spreadsheet. For any phone, with scripts off.

Whoever is not the holder of a running link, and may not read meters any more, finds nothing: wrong, expired and
revoked look the same.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import structlog
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.core import Core
from bot.notice_page import HEADERS
from bot.reading_uploads import ReadingUploads
from bot.sheets.reading_book import LIMITS, bad_book, reading_book
from bot.upload import read_upload
from models.calendar.period import Month
from models.clock import local
from models.errors import UserError
from models.fees.meter_index import meters_in_use
from models.fees.missing_readings import missing_meters
from models.fees.reading_upload import MAY, ReadingLink, ReadingUpload, link_by_token, uploads_of
from models.imports.reading_sheet import Outcome, sheet_lines
from models.people.staff import Staff

log = structlog.get_logger(__name__)

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_MOST_EARLIER = 10


@dataclass(frozen=True, slots=True)
class Holder:
    """Who opened the page, with which link."""

    link: ReadingLink
    member: Staff
    token: str

    @property
    def month(self) -> Month:
        """The month whose readings are handed in."""
        return Month.parse(self.link.month, date.max)

    @property
    def csrf(self) -> str:
        """Proves that the form came from this page."""
        return hmac.new(self.token.encode(), b"readings", hashlib.sha256).hexdigest()


class ReadingPage:
    """What the clerk opens from 抄表 表格."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._uploads = ReadingUploads(core)
        loader = FileSystemLoader(Path(__file__).parent / "pages")
        self._pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)

    def add_to(self, app: web.Application) -> None:
        """Registers the routes."""
        app.router.add_get("/m/{token}", self.show)
        app.router.add_post("/m/{token}", self.upload)
        app.router.add_get("/m/{token}/sheet", self.sheet)
        app.router.add_get("/m/{token}/bad/{upload}", self.bad)

    async def show(self, request: web.Request) -> web.Response:
        """The page; ?u=<upload> with what became of that file."""
        holder = await self._holder(request)
        if holder is None:
            return self._nowhere()
        return await self._page(holder, upload=request.query.get("u", ""), again="again" in request.query)

    async def sheet(self, request: web.Request) -> web.Response:
        """All meters in walking order, to be filled in."""
        holder = await self._holder(request)
        if holder is None:
            return self._nowhere()
        async with self._core.db.read() as session:
            lines = await sheet_lines(session, holder.month)
        data = await asyncio.to_thread(reading_book, lines, holder.month)
        return _file(data, f"抄表-{holder.month.label}.xlsx")

    async def bad(self, request: web.Request) -> web.Response:
        """The rows of an upload that were not taken."""
        holder = await self._holder(request)
        uploads = await self._own(holder) if holder else []
        found = next((each for each in uploads if str(each.id) == request.match_info["upload"]), None)
        if holder is None or found is None:
            return self._nowhere()
        bad = Outcome.from_json(found.outcome).bad
        data = await asyncio.to_thread(bad_book, bad, holder.month)
        return _file(data, f"抄表-{holder.month.label}-问题行.xlsx")

    async def upload(self, request: web.Request) -> web.Response:
        """Takes a file; what is wrong with it as a whole stands on the page as a sentence."""
        holder = await self._holder(request)
        if holder is None:
            return self._nowhere()
        try:
            form = await read_upload(request, LIMITS.file_bytes)
            if not hmac.compare_digest(form.fields.get("csrf", "").encode(), holder.csrf.encode()):
                raise UserError("页面已过期，请重新选择文件上传。")
            if not form.data:
                raise UserError("没有收到文件，请先选择填好的表格（.xlsx）。")
            taken = await self._uploads.take(holder.link, holder.member, form.name, form.data)
        except UserError as refusal:
            log.info("readings refused", member=holder.member.userid, reason=str(refusal))
            return await self._page(holder, error=str(refusal))
        again = "&again" if taken.again else ""
        raise web.HTTPSeeOther(f"{request.path}?u={taken.upload_id}{again}", headers=HEADERS)

    async def _holder(self, request: web.Request) -> Holder | None:
        token = request.match_info["token"]
        async with self._core.db.read() as session:
            found = await link_by_token(session, token, self._core.clock.now())
        if found is None or not found[1].may(MAY, self._core.rules):
            return None
        return Holder(*found, token)

    async def _own(self, holder: Holder) -> list[ReadingUpload]:
        """The finished uploads of this member and month, newest first."""
        async with self._core.db.read() as session:
            uploads = await uploads_of(session, holder.member.id, holder.link.month)
        return [upload for upload in uploads if upload.outcome]

    async def _page(
        self, holder: Holder, *, error: str = "", upload: str = "", again: bool = False
    ) -> web.Response:
        async with self._core.db.read() as session:
            left = sum(map(len, (await missing_meters(session, holder.month)).values()))
            total = await meters_in_use(session)
        uploads = await self._own(holder)
        chosen = next(
            (each for each in uploads if _NUMBER.fullmatch(upload) and each.id == int(upload)), None
        )
        base = f"/m/{holder.token}"
        return self._render(
            "readings.html",
            400 if error else 200,
            month=holder.month.label,
            member=holder.member.name,
            until=f"{local(holder.link.expires_at):%m-%d %H:%M}",
            total=total,
            left=left,
            sheet_url=f"{base}/sheet",
            csrf=holder.csrf,
            error=error,
            again=again,
            shown=_shown(chosen, base) if chosen else None,
            earlier=[_shown(each, base) for each in uploads if each is not chosen][:_MOST_EARLIER],
        )

    def _nowhere(self) -> web.Response:
        text = "链接不完整或已过期。请在企业微信里发送“抄表 表格”取新的链接。"
        return self._render("message.html", 404, kind="unknown", text=text)

    def _render(self, template: str, status: int, **context: Any) -> web.Response:
        text = self._pages.get_template(template).render(park=self._core.rules.park.name, **context)
        return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)


def _shown(upload: ReadingUpload, base: str) -> dict[str, Any]:
    """An upload as the page shows it."""
    outcome = Outcome.from_json(upload.outcome)
    return {
        "name": upload.name,
        "at": f"{local(upload.uploaded_at):%m-%d %H:%M}",
        "summary": outcome.summary,
        "doubtful": outcome.doubtful,
        "bad": outcome.bad,
        "bad_url": f"{base}/bad/{upload.id}",
        "url": f"{base}?u={upload.id}",
    }


def _file(data: bytes, name: str) -> web.Response:
    disposition = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return web.Response(body=data, content_type=_XLSX, headers=HEADERS | disposition)
