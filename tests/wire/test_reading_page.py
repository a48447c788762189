"""Readings handed in as a spreadsheet over HTTP: the same judgement as in chat, and nothing for anybody else."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from aiohttp import ClientResponse, FormData, web
from aiohttp.test_utils import TestClient, TestServer
from openpyxl import load_workbook
from sqlalchemy import select, update

from models.audit.entry import AuditEntry
from models.database import Database
from models.fees.meter import Reading, ReadingCorrection
from models.fees.reading_upload import ReadingUpload
from models.people.staff import Staff
from tests.fakes.reading_site import (
    ReadingSite,
    bomb,
    filled,
    new_link,
    open_reading_site,
    sheet,
    with_macro,
)
from tests.store.fee_park import day
from tests.store.letters import queued

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NONE = "链接不完整或已过期"


@dataclass
class Clerk:
    """Somebody with a browser."""

    client: TestClient[web.Request, web.Application]
    site: ReadingSite

    async def get(self, path: str = "") -> ClientResponse:
        return await self.client.get(self.site.path + path, allow_redirects=False)

    async def blank(self) -> bytes:
        return await (await self.get("/sheet")).read()

    async def upload(self, data: bytes, name: str = "抄表.xlsx", csrf: str | None = None) -> ClientResponse:
        """Sends the form as a browser would and follows to the page that comes of it."""
        page = await (await self.get()).text()
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
        form = FormData(quote_fields=False)
        form.add_field("csrf", csrf if csrf is not None else found[1] if found else "")
        form.add_field("file", io.BytesIO(data), filename=name, content_type=XLSX)
        return await self.client.post(self.site.path, data=form)

    async def values(self) -> dict[str, str]:
        """March's readings by meter number, as they were put in."""
        async with self.site.core.db.read() as session:
            rows = await session.execute(
                select(Reading.meter_id, Reading.value)
                .where(Reading.month == "2026-03")
                .order_by(Reading.meter_id)
            )
            return {f"{meter_id}": f"{value:f}" for meter_id, value in rows}

    async def count(self, table: type) -> int:
        async with self.site.core.db.read() as session:
            return len(list(await session.scalars(select(table))))


@pytest.fixture
async def clerk(db: Database, tmp_path: Path) -> AsyncIterator[Clerk]:
    site = await open_reading_site(db, tmp_path)
    async with TestClient(TestServer(site.app)) as client:
        yield Clerk(client, site)


async def test_the_sheet_lists_all_meters_in_walking_order_with_their_last_value(clerk: Clerk) -> None:
    answer = await clerk.get("/sheet")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    page = load_workbook(io.BytesIO(await answer.read())).worksheets[0]
    heads, *rows = [list(row) for row in page.iter_rows(values_only=True)]
    assert page.title == "抄表 2026-03"
    assert [row[heads.index("表号")] for row in rows] == ["E-A1203", "W-A1203", "E-B9"]
    assert [row[heads.index("上次读数")] for row in rows] == [15000, 100, 40]
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)


async def test_each_row_is_stored_asked_about_or_returned(clerk: Clerk) -> None:
    data = filled(await clerk.blank(), {"E-A1203": 15820.5, "W-A1203": 90, "E-B9": 40})
    text = await (await clerk.upload(data)).text()
    for words in ("已记 2 条", "待确认 1 条", "未记 1 行", "小于上次 100", "用量为 0"):
        assert words in text, words
    assert len(await clerk.values()) == 2
    told = [content for _, content in await queued(clerk.site.core.db, "staff:liuyan")]
    assert "已记 2 条" in told[0].text and told[-1].buttons[0].text == "确认"
    async with clerk.site.core.db.read() as session:
        actions = list(await session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
        reading = (await session.scalars(select(Reading).where(Reading.month == "2026-03"))).first()
    assert actions == ["readings.take", "readings.upload"]
    assert reading is not None and reading.entered_by == "staff:liuyan"


async def test_bad_rows_come_back_and_can_be_mended(clerk: Clerk) -> None:
    rows = [["E-A1203", 15300], ["@SUM(1+1)", 5], ["W-A1203", "很多"], ["E-B9", 10]]
    text = await (await clerk.upload(sheet(rows))).text()
    found = re.search(r'href="/m/[^"/]+(/bad/\d+)"', text)
    assert found and "未记 3 行" in text
    page = load_workbook(io.BytesIO(await (await clerk.get(found[1])).read())).worksheets[0]
    bad = [list(row) for row in page.iter_rows(min_row=2, values_only=True)]
    assert [(row[0], row[3]) for row in bad] == [("@SUM(1+1)", 3), ("W-A1203", 4), ("E-B9", 5)]
    assert all(cell.data_type != "f" for cell in page["A"])
    for cell, value in (("B2", None), ("B3", 120), ("B4", 55)):
        page[cell].value = value
    mended = io.BytesIO()
    page.parent.save(mended)
    again = await (await clerk.upload(mended.getvalue(), "问题行.xlsx")).text()
    assert "已记 2 条" in again and "此前上传" in again
    assert list((await clerk.values()).values()) == ["15300", "120", "55"]


async def test_the_same_file_again_changes_nothing_even_after_a_correction(clerk: Clerk) -> None:
    data = sheet([["E-A1203", 15300]])
    await clerk.upload(data)
    await clerk.site.park.read("E-A1203 15400", day(3, 21, 11))
    text = await (await clerk.upload(data, "改了名.xlsx")).text()
    assert "已经上传过，没有重复录入" in text and "已记 1 条" in text
    assert list((await clerk.values()).values()) == ["15400"]
    assert await clerk.count(ReadingUpload) == 1
    assert len(await queued(clerk.site.core.db, "staff:liuyan")) == 1


async def test_an_upload_cut_off_by_a_crash_is_taken_up_again(clerk: Clerk) -> None:
    data = sheet([["E-A1203", 15300]])
    await clerk.upload(data)
    async with clerk.site.core.db.begin() as session:
        await session.execute(update(ReadingUpload).values(outcome={}))
    assert "与已记相同 1 条" in await (await clerk.upload(data)).text()


async def test_another_value_later_corrects_and_keeps_the_old_one(clerk: Clerk) -> None:
    await clerk.upload(sheet([["E-A1203", 15300]]))
    text = await (await clerk.upload(sheet([["E-A1203", 15310]]))).text()
    assert "其中更正 1 条" in text
    assert await clerk.count(ReadingCorrection) == 1


USELESS: list[tuple[Callable[[], bytes], str, str]] = [
    (lambda: b"not a workbook at all", "读数.xlsx", "读不出“读数.xlsx”"),
    (lambda: b"", "空.xlsx", "没有收到文件"),
    (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧.xls", "另存为不加密的 .xlsx"),
    (cache(bomb), "炸弹.xlsx", "解压后过大"),
    (lambda: with_macro(sheet([["E-A1203", 15300]])), "宏.xlsm", "带有宏"),
    (cache(lambda: sheet([[f"E-{n}", n] for n in range(10_001)])), "大.xlsx", "超过 10,000 行"),
    (lambda: b"PK\x05\x06" + bytes(18), "空包.xlsx", "读不出"),
    (lambda: bytes(6 * 1024 * 1024), "胖.xlsx", "文件超过 5 MB"),
    (lambda: sheet([["E-A1203", 1]], "抄表 2026-02"), "二月.xlsx", "“2026-02”的，本页只收2026年3月"),
    (lambda: sheet([["E-A1203", 1]], heads=("表号", "备注")), "缺列.xlsx", "缺少列：本次读数"),
    (lambda: sheet([["E-A1203", None]]), "没填.xlsx", "还没有填写"),
    (lambda: sheet([], heads=()), "白.xlsx", "没有内容"),
]
"""What is handed in, under which name, and what is said to it."""


async def test_hostile_and_useless_files_are_refused_with_a_sentence(clerk: Clerk) -> None:
    for make, name, says in USELESS:
        answer = await clerk.upload(make(), name)
        text = await answer.text()
        told = text[text.find('role="alert"') :][:200]
        assert (answer.status, says in text) == (400, True), f"{name}: {told}"
        assert await clerk.values() == {} and await clerk.count(ReadingUpload) == 0, name


async def test_the_link_is_for_one_member_and_one_month_until_it_ends(clerk: Clerk) -> None:
    site, db = clerk.site, clerk.site.core.db
    for path in (
        "/m/" + "x" * 43,
        "/m/%00",
        "/m/..%2f..",
        "/m/" + "a" * 5000,
        site.path + "/bad/1",
        site.path + "/bad/x",
    ):
        answer = await clerk.client.get(path)
        assert answer.status in (400, 404)
    newer = await new_link(db, "刘燕")
    assert NONE in await (await clerk.get()).text()  # a new link ends the old one
    site.token = newer
    assert (await clerk.get()).status == 200
    site.token = await new_link(db, "周敏")  # may not read meters
    assert (await clerk.get()).status == 404
    site.token = newer
    async with db.begin() as session:
        await session.execute(update(Staff).where(Staff.userid == "liuyan").values(active=False))
    assert (await clerk.get("/sheet")).status == 404
    async with db.begin() as session:
        await session.execute(update(Staff).where(Staff.userid == "liuyan").values(active=True))
    site.core.clock.set(day(3, 24, 11))
    assert (await clerk.get()).status == 404


async def test_only_the_pages_own_form_is_taken(clerk: Clerk) -> None:
    data = sheet([["E-A1203", 15300]])
    assert "页面已过期" in await (await clerk.upload(data, csrf="0" * 64)).text()
    odd = (
        (b"x=1", "application/x-www-form-urlencoded"),
        (b"--", "multipart/form-data; boundary=-"),
        (b"{}", "text/plain"),
    )
    for body, kind in odd:
        answer = await clerk.client.post(clerk.site.path, data=body, headers={"Content-Type": kind})
        assert answer.status == 400
    headers = (await clerk.get()).headers
    assert (
        headers["Cache-Control"] == "no-store" and "form-action 'self'" in headers["Content-Security-Policy"]
    )
    assert await clerk.values() == {}


async def test_names_from_files_and_cells_are_only_text(clerk: Clerk) -> None:
    rows = [["<script>alert(1)</script>", 5], ["E-A1203", 15300]]
    text = await (await clerk.upload(sheet(rows), '"><img src=x>.xlsx')).text()
    assert "<script>" not in text and "<img" not in text
    assert "&lt;script&gt;" in text
