"""The page an SMS leads to: the announcement, for any phone, with scripts off. An unknown and an old link look the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.core import Core
from bot.notice_page import HEADERS, is_looked_at
from models.announcements.announcement import Announcement, AnnouncementCopy, AnnouncementState
from models.announcements.reading import copy_by_code, note_read, note_seen
from models.announcements.words import lines_of, title_of
from models.clock import local

_RECALLED = (AnnouncementState.RECALLING, AnnouncementState.RECALLED)


class AnnouncementPage:
    """What a contact without an open chat reads."""

    def __init__(self, core: Core) -> None:
        self._core = core
        loader = FileSystemLoader(Path(__file__).parent / "pages")
        self._pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)

    def add_to(self, app: web.Application) -> None:
        """Registers the routes."""
        app.router.add_get("/g/{code}", self.show)
        app.router.add_post("/g/{code}", self.sign)

    async def show(self, request: web.Request) -> web.Response:
        """The announcement; the first look is noted."""
        found = await self._find(request)
        if found is None:
            return self._nowhere()
        if is_looked_at(request) and found[1].seen_at is None:
            async with self._core.db.begin() as session:
                await note_seen(session, found[1].id, self._core.clock.now())
        return self._page("announcement.html", 200, **self._context(*found))

    async def sign(self, request: web.Request) -> web.Response:
        """The code is personal, so that one tap is enough; nothing is owed by it."""
        found = await self._find(request)
        if found is None:
            return self._nowhere()
        async with self._core.db.begin() as session:
            copy = await session.get_one(AnnouncementCopy, found[1].id, with_for_update=True)
            await note_read(session, found[0], copy, "网页", self._core.clock.now())
        raise web.HTTPSeeOther(request.path, headers=HEADERS)

    async def _find(self, request: web.Request) -> tuple[Announcement, AnnouncementCopy] | None:
        async with self._core.db.read() as session:
            return await copy_by_code(session, request.match_info["code"], self._core.clock.now())

    def _context(self, announcement: Announcement, copy: AnnouncementCopy) -> dict[str, Any]:
        recalled = announcement.state in _RECALLED
        return {
            "number": announcement.number,
            "title": title_of(announcement.kind),
            "lines": [] if recalled else lines_of(announcement),
            "recalled": announcement.reason if recalled else "",
            "over": bool(announcement.over_at),
            "sign": announcement.sign and not recalled,
            "signed": f"{local(copy.signed_at):%Y-%m-%d %H:%M}" if copy.signed_at else "",
        }

    def _nowhere(self) -> web.Response:
        return self._page(
            "message.html",
            404,
            kind="unknown",
            text="链接不完整或已过期。请致电物业服务中心，或在微信客服中发送“人工”。",
        )

    def _page(self, template: str, status: int, **context: Any) -> web.Response:
        park = self._core.rules.park
        text = self._pages.get_template(template).render(park=park.name, phone=park.phone, **context)
        return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)
