"""The page of a notice on a tenant's phone: read, signed, printed, with scripts off."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, expect

from tests.fakes.notice_site import HOSTILE_NAME, NoticeSite
from tests.page.conftest import heard, verify_widths

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def notices() -> AsyncIterator[str]:
    """The address of the notices."""
    server = TestServer(NoticeSite().app())
    await server.start_server()
    yield str(server.make_url("/n/"))
    await server.close()


@pytest.fixture
def phone(plain_phone: Page) -> Page:
    return plain_phone


async def sign(page: Page, name: str, role: str, tail: str) -> None:
    await page.get_by_label("姓名").fill(name)
    await page.get_by_label("身份").select_option(role)
    await page.get_by_label("登记手机号后四位").fill(tail)
    await page.get_by_role("button", name="确认签收").click()


async def test_the_notice_says_what_is_owed_until_when(phone: Page, notices: str) -> None:
    await phone.goto(f"{notices}good")
    for text in (
        "创意产业园",
        "JF-2026-11-0007",
        "缴费通知单",
        "2026年11月",
        "人民币壹仟肆佰零玖元伍角整",
        "2026年12月14日",
    ):
        await expect(phone.locator("main")).to_contain_text(text)
    await expect(phone.locator(".tenant")).to_have_text(HOSTILE_NAME)
    await expect(phone.locator("tbody tr")).to_have_count(4)
    await expect(phone.get_by_role("link", name="查看通知单 PDF")).to_have_attribute("href", "/n/good.pdf")


async def test_search_engines_and_other_sites_learn_nothing(phone: Page, notices: str) -> None:
    asked: list[str] = []
    with heard(phone, "request", lambda request: asked.append(request.url)):
        await phone.goto(f"{notices}good")
    await expect(phone.locator('meta[name="robots"]')).to_have_attribute(
        "content", "noindex, nofollow, noarchive"
    )
    await expect(phone.locator('meta[name="referrer"]')).to_have_attribute("content", "no-referrer")
    assert [url for url in asked if not url.startswith("data:")] == [f"{notices}good"]


async def test_a_signature_shows_who_and_when(phone: Page, notices: str) -> None:
    await phone.goto(f"{notices}good")
    await sign(phone, "李娜", "财务", "0001")
    await expect(phone.get_by_role("status")).to_have_text("已由 李娜（财务）于 2026年11月27日 10:12 签收。")
    await expect(phone.get_by_role("button", name="确认签收")).to_have_count(0)


async def test_mistakes_are_shown_at_their_field_and_nothing_is_lost(phone: Page, notices: str) -> None:
    await phone.goto(f"{notices}good")
    await sign(phone, '李娜"><b>', "经办人", "9999")
    await expect(phone.get_by_role("alert")).to_contain_text("签收未完成")
    await expect(phone.locator("#mobile_tail-error")).to_contain_text("与登记的手机号不符")
    await expect(phone.get_by_label("登记手机号后四位")).to_have_attribute("aria-invalid", "true")
    await expect(phone.get_by_label("姓名")).to_have_value('李娜"><b>')
    await expect(phone.get_by_label("身份")).to_have_value("经办人")
    await expect(phone.locator(".error")).to_have_count(1)


async def test_paper_shows_the_letter_without_the_form(phone: Page, notices: str) -> None:
    await phone.goto(f"{notices}good")
    await phone.emulate_media(media="print")
    await expect(phone.locator("form")).to_be_hidden()
    await expect(phone.get_by_text("人民币壹仟肆佰零玖元伍角整")).to_be_visible()


async def test_it_fits_every_width(mobile: Page, notices: str) -> None:
    await mobile.goto(f"{notices}good")
    await verify_widths(mobile)


async def test_links_that_lead_nowhere_say_what_to_do(phone: Page, notices: str) -> None:
    for kind, title in (
        ("expired", "链接已过期"),
        ("unknown", "没有找到这份通知"),
        ("signed", "已经签收过了"),
        ("error", "暂时无法处理"),
        ("anything", "暂时无法处理"),
    ):
        await phone.goto(f"{notices}{kind}")
        await expect(phone.get_by_role("heading"), kind).to_have_text(title)
        await expect(phone.locator("footer"), kind).to_contain_text("创意产业园")
