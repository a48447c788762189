"""The clerk's page on a phone, with scripts off: download, fill in, upload, see what became of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import FilePayload, Page, expect

from tests.fakes.reading_site import ReadingSite, filled, open_reading_site
from tests.fakes.shelf import sqlite_copy
from tests.page.conftest import verify_widths

pytestmark = pytest.mark.asyncio(loop_scope="session")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest_asyncio.fixture(loop_scope="session")
async def site(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[tuple[ReadingSite, str]]:
    """The page of 刘燕 and its address."""
    db = await sqlite_copy(sqlite_template.parent, sqlite_template)
    opened = await open_reading_site(db, tmp_path / "files")
    server = TestServer(opened.app)
    await server.start_server()
    yield opened, str(server.make_url(opened.path))
    await server.close()
    await db.close()


@pytest.fixture
def phone(plain_phone: Page) -> Page:
    return plain_phone


async def download(page: Page, name: str) -> bytes:
    async with page.expect_download() as coming:
        await page.get_by_role("link", name=name).click()
    return Path(await (await coming.value).path()).read_bytes()


async def upload(page: Page, data: bytes, name: str = "抄表.xlsx") -> None:
    paper = FilePayload(name=name, mimeType=XLSX, buffer=data)
    await page.get_by_label("填好的表格（.xlsx）").set_input_files(paper)
    await page.get_by_role("button", name="上传读数").click()


async def test_a_month_is_handed_in_from_a_phone(phone: Page, site: tuple[ReadingSite, str]) -> None:
    await phone.goto(site[1])
    await expect(phone.locator("h1")).to_have_text("2026年3月抄表")
    await expect(phone.locator(".sum")).to_contain_text("共 3 块表，还缺 3 块")
    blank = await download(phone, "下载2026年3月抄表表格（Excel）")
    await upload(phone, filled(blank, {"E-A1203": 15820.5, "W-A1203": 90, "E-B9": 40}))
    await expect(phone.get_by_role("status")).to_contain_text("已收到“抄表.xlsx”")
    await expect(phone.locator(".result")).to_contain_text("已记 2 条，待确认 1 条，未记 1 行。")
    await expect(phone.locator(".ask")).to_contain_text("用量为 0")
    await expect(phone.locator(".why")).to_contain_text("小于上次 100")
    await expect(phone.locator(".sum")).to_contain_text("还缺 1 块")
    assert (await download(phone, "下载问题行（Excel）")).startswith(b"PK")


async def test_the_same_file_twice_is_said_and_a_wrong_one_refused(
    phone: Page, site: tuple[ReadingSite, str]
) -> None:
    await phone.goto(site[1])
    data = filled(await download(phone, "下载2026年3月抄表表格（Excel）"), {"E-B9": 55})
    await upload(phone, data)
    await upload(phone, data)
    await expect(phone.get_by_role("status")).to_contain_text("没有重复录入")
    await upload(phone, b"no workbook", "照片.xlsx")
    await expect(phone.get_by_role("alert")).to_contain_text("读不出“照片.xlsx”")
    await expect(phone.get_by_role("link", name="抄表.xlsx")).to_be_visible()


async def test_it_fits_every_width(mobile: Page, site: tuple[ReadingSite, str]) -> None:
    await mobile.goto(site[1])
    blank = await download(mobile, "下载2026年3月抄表表格（Excel）")
    await upload(mobile, filled(blank, {"E-A1203": 15000, "W-A1203": 90}))
    await expect(mobile.locator(".result")).to_be_visible()
    await verify_widths(mobile)
