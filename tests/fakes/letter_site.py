"""The real page of one letter over a small fee park, for tests over HTTP and in a browser."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.core import Core
from bot.files import FileStore
from bot.notice_files import NoticeFiles
from bot.notice_page import NoticePage
from models.clock import VirtualClock
from models.database import Database
from models.notices.notice import Notice
from tests.store.fee_park import CALENDAR, MARCH, FeePark, day
from tests.store.letters import CLERK, RULES, contact, letters, open_letters

NOW = day(3, 26, 15)
TENANT = "<b>云帆</b>设计"


@dataclass
class LetterSite:
    """The page, what is behind it, and the letter."""

    core: Core
    files: NoticeFiles
    app: web.Application
    notice: Notice


async def letter_park(db: Database) -> FeePark:
    """A payment notice to a tenant of whom a head and an employee are registered."""
    park = await open_letters(db)
    await park.lets(TENANT, "A-1203")
    await contact(park, TENANT, "李娜", mobile="13800010001")
    await contact(park, TENANT, "小明", role=CLERK, mobile="13800010003")
    await park.issue(MARCH, day(3, 26))
    return park


async def open_letter_site(db: Database, files: Path) -> LetterSite:
    """The page over a database with that park in it."""
    core = Core(db, VirtualClock(NOW), RULES, CALENDAR, FileStore(files))
    kept = NoticeFiles(core)
    app = web.Application()
    NoticePage(core, kept).add_to(app)
    return LetterSite(core, kept, app, (await letters(db))[0])
