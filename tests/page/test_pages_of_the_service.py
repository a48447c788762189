"""The service's own pages on a phone, with scripts on and off: a letter is read, opened and signed; an announcement too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, expect

from bot.announcement_page import AnnouncementPage
from models.announcements.announcement import Announcement, AnnouncementCopy, AnnouncementState
from models.announcements.area import Area
from models.notices.notice import receipts_of
from models.people.identity import note_wrong_try
from tests.fakes.letter_site import NOW, LetterSite, letter_park, open_letter_site
from tests.fakes.shelf import sqlite_copy
from tests.page.conftest import PHONE, Window

pytestmark = pytest.mark.asyncio(loop_scope="session")

CODE = "Zx81Zx81Zx81Zx81"
NO_SCRIPTS = pytest.mark.parametrize("phone", [False], indirect=True)
FINGER_PX = 44
"""What is tapped is at least so high."""
UNDER_FINGER = """nodes => nodes.map(node => [node.textContent.trim() || node.name, node.getBoundingClientRect().height])"""


@pytest_asyncio.fixture(loop_scope="session")
async def site(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[tuple[LetterSite, str]]:
    """The pages over a real database, and their address."""
    db = await sqlite_copy(sqlite_template.parent, sqlite_template)
    await letter_park(db)
    opened = await open_letter_site(db, tmp_path / "files")
    AnnouncementPage(opened.core).add_to(opened.app)
    server = TestServer(opened.app)
    await server.start_server()
    yield opened, str(server.make_url("/"))
    await server.close()
    await db.close()


@pytest_asyncio.fixture(loop_scope="session", params=[True, False], ids=["scripts", "no scripts"])
async def phone(window: Window, plain_window: Window, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    async with (window if request.param else plain_window).sized(PHONE) as page:
        yield page


async def sign(page: Page, name: str, role: str, tail: str) -> None:
    await page.get_by_label("姓名").fill(name)
    if role:
        await page.get_by_label("身份").select_option(role)
    await page.get_by_label("登记手机号后四位").fill(tail)
    await page.get_by_role("button", name="确认签收").click()


async def verify_fit(page: Page) -> None:
    """Nothing hangs over the edge, and what is tapped is as large as a finger."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tapped = page.locator("a.button, button, form input:not([type=hidden]), select, .call a")
    for what, height in await tapped.evaluate_all(UNDER_FINGER):
        assert height >= FINGER_PX, what


async def test_a_letter_is_signed_after_some_mistakes(phone: Page, site: tuple[LetterSite, str]) -> None:
    opened, base = site
    await phone.goto(f"{base}n/{opened.notice.short_code}")
    await expect(phone.locator(".total")).to_have_text("1,000.00")
    await expect(phone.locator(".ways")).to_contain_text("JF-202603-0001")
    await expect(phone.get_by_role("link", name="致电服务中心")).to_have_attribute(
        "href", "tel:0571-88000000"
    )
    await verify_fit(phone)
    pdf = await phone.request.get(f"{base}n/{opened.notice.short_code}/pdf")
    assert pdf.headers["content-type"] == "application/pdf" and (await pdf.body()).startswith(b"%PDF")
    await sign(phone, "", "", "")
    await expect(phone.locator(".error")).to_have_count(3)
    await verify_fit(phone)
    await sign(phone, "李娜", "负责人", "9999")
    await expect(phone.locator("#mobile_tail-error")).to_contain_text("与登记的手机号不符")
    await expect(phone.get_by_label("身份")).to_have_value("负责人")
    await sign(phone, "小明", "员工", "0003")
    await expect(phone.get_by_role("alert")).to_contain_text("不能代表贵司签收")
    await sign(phone, "李娜", "负责人", "0001")
    await expect(phone.get_by_role("status")).to_contain_text(
        "已由 李娜（负责人）于 2026年3月26日 15:00 签收"
    )
    await phone.reload()
    await expect(phone.get_by_role("button", name="确认签收")).to_have_count(0)
    async with opened.core.db.read() as session:
        assert [r.sufficient for r in await receipts_of(session, opened.notice.id)] == [False, True]


@NO_SCRIPTS
async def test_guessing_ends_and_so_does_the_link(phone: Page, site: tuple[LetterSite, str]) -> None:
    opened, base = site
    await phone.goto(f"{base}n/{opened.notice.short_code}")
    async with opened.core.db.begin() as session:
        for _ in range(opened.core.rules.binding.attempts):
            note_wrong_try(session, opened.notice.subject, NOW)
    await sign(phone, "李娜", "负责人", "0001")
    await expect(phone.get_by_role("alert")).to_contain_text("填错次数过多")
    opened.core.clock.set(opened.notice.token_expires_at + timedelta(seconds=1))
    answer = await phone.goto(f"{base}n/{opened.notice.short_code}")
    assert answer is not None and answer.status == 404
    assert "noindex" in answer.headers["x-robots-tag"]
    await expect(phone.get_by_role("heading")).to_have_text("没有找到这份通知")
    await expect(phone.get_by_role("link", name="致电服务中心")).to_be_visible()
    await verify_fit(phone)


async def announce(opened: LetterSite) -> None:
    """One announcement that is to be signed, and the copy of 李娜."""
    everywhere = Area(everywhere=True).to_json()
    async with opened.core.db.begin() as session:
        made = Announcement(
            number="G01", kind="停水", body="换泵，请提前储水。" * 8, area=everywhere, audience=everywhere, sign=True,
            from_at=NOW, until_at=NOW + timedelta(hours=2), made_by="zhoumin", made_at=NOW,
            state=AnnouncementState.SENT,
        )  # fmt: skip
        session.add(made)
        await session.flush()
        session.add(AnnouncementCopy(announcement_id=made.id, contact_id=1, code=CODE, way="sms"))


@NO_SCRIPTS
async def test_an_announcement_is_signed_with_one_tap(phone: Page, site: tuple[LetterSite, str]) -> None:
    opened, base = site
    await announce(opened)
    await phone.goto(f"{base}g/{CODE}")
    await expect(phone.locator("h1")).to_have_text("停水通知")
    await expect(phone.locator("main")).to_contain_text("3月26日 15:00 至 17:00")
    await verify_fit(phone)
    await phone.get_by_role("button", name="确认签收").click()
    await expect(phone.get_by_role("status")).to_contain_text("您已于 2026-03-26 15:00 签收")
    await expect(phone.get_by_role("button")).to_have_count(0)
    await phone.goto(f"{base}g/{CODE[::-1]}")
    await expect(phone.get_by_role("heading")).to_have_text("没有找到这份通知")
