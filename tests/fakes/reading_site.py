"""The page for handing in readings, over a small fee park, and workbooks as clerks and others make them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from openpyxl import Workbook, load_workbook

from bot.core import Core
from bot.files import FileStore
from bot.reading_page import ReadingPage
from models.clock import VirtualClock
from models.database import Database
from models.fees.reading_upload import open_link
from models.people.staff import Staff, find_staff
from tests.store.fee_park import CALENDAR, MARCH, FeePark, day, open_park
from tests.store.letters import RULES

NOW = day(3, 21)
HOURS = 72


@dataclass
class ReadingSite:
    """The page, who may use it, and the park behind it."""

    core: Core
    park: FeePark
    app: web.Application
    token: str

    @property
    def path(self) -> str:
        return f"/m/{self.token}"


async def open_reading_site(db: Database, files: Path) -> ReadingSite:
    """Two units with three meters, read in February; 刘燕 reads them and holds a link for March."""
    park = await open_park(db)
    await park.lets("云帆设计", "A-1203")
    await park.lets("青禾科技", "B-9")
    for number, code, february in (
        ("E-A1203", "A-1203", "15000"),
        ("W-A1203", "A-1203", "100"),
        ("E-B9", "B-9", "40"),
    ):
        await park.meter(number, code, february=february)
    async with db.begin() as session:
        for userid, name, role in (("liuyan", "刘燕", "财务"), ("zhoumin", "周敏", "客服")):
            session.add(Staff(userid=userid, name=name, department="", roles=[role]))
    core = Core(db, VirtualClock(NOW), RULES, CALENDAR, FileStore(files))
    app = web.Application(client_max_size=1024 * 1024)
    ReadingPage(core).add_to(app)
    return ReadingSite(core, park, app, await new_link(db, "刘燕"))


async def new_link(db: Database, name: str) -> str:
    """A link for March."""
    async with db.begin() as session:
        (member,) = await find_staff(session, name)
        return await open_link(session, member, MARCH, NOW, HOURS)


def filled(blank: bytes, values: dict[str, object]) -> bytes:
    """The sheet that was handed out, with values put in by meter number."""
    book = load_workbook(io.BytesIO(blank))
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        number = row[heads.index("表号")].value
        if number in values:
            row[heads.index("本次读数")].value = values[number]
    return saved(book)


def sheet(
    rows: Sequence[Sequence[object]], name: str = "抄表", heads: Sequence[str] = ("表号", "本次读数")
) -> bytes:
    """A workbook somebody made by themselves."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = name
    for row in (heads, *rows):
        page.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def bomb(megabytes: int = 60) -> bytes:
    """A few kilobytes that unpack to more megabytes than any workbook has."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(megabytes * 1024 * 1024))
    return kept.getvalue()


def with_macro(book: bytes) -> bytes:
    """The same workbook with a macro in it."""
    kept = io.BytesIO(book)
    with zipfile.ZipFile(kept, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Sub AutoOpen()")
    return kept.getvalue()
