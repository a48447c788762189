"""The page fits: three phones side by side on a desk, one at a time in the hand."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.fakes.phones import FakePhones
from tests.page.conftest import heard

pytestmark = pytest.mark.asyncio(loop_scope="session")

LONG = "没有空格的长词" * 40 + "https://example.com/" + "x" * 200


async def overflows(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth > innerWidth"))


async def test_a_desk_shows_three_phones_and_the_guide_at_once(
    desktop: Page, site: str, phones: FakePhones
) -> None:
    phones.put("lina", text=LONG)
    await desktop.goto(site)
    for pane in ("guide", "tenant", "staff", "sms"):
        await expect(desktop.locator(f"#pane-{pane}")).to_be_in_viewport(ratio=1)
    await expect(desktop.locator(".tabs")).to_be_hidden()
    await expect(desktop.locator("#pane-tenant .message")).to_be_visible()
    assert not await overflows(desktop)


async def test_a_hand_shows_one_pane_with_tabs_and_badges(
    mobile: Page, site: str, phones: FakePhones
) -> None:
    phones.put("lina", text=LONG)
    phones.put("lina", channel="sms", text="通知待查收")
    await mobile.goto(site)
    await expect(mobile.locator("#pane-guide")).to_be_visible()
    await expect(mobile.locator(".tab-tenant .badge")).to_have_text("1")
    await mobile.get_by_role("tab", name="短信").click()
    await expect(mobile.locator("#pane-sms .message")).to_contain_text("通知待查收")
    await expect(mobile.locator("#pane-guide")).to_be_hidden()
    await expect(mobile.locator(".tab-sms .badge")).to_be_hidden()
    await mobile.keyboard.press("ArrowLeft")
    await expect(mobile.locator("#pane-staff")).to_be_visible()
    assert not await overflows(mobile)


async def test_a_step_of_the_story_brings_its_phone_to_the_hand(mobile: Page, site: str) -> None:
    await mobile.goto(site)
    await mobile.locator(".steps li").first.get_by_role("button").click()
    await expect(mobile.locator("#pane-tenant")).to_be_visible()
    await expect(mobile.locator("#pane-tenant .message").last).to_contain_text("已登记报修 R07")
    assert not await overflows(mobile)


async def test_a_lost_connection_is_said_and_comes_back(desktop: Page, site: str) -> None:
    await desktop.goto(site)
    await expect(desktop.locator("#now-time")).to_have_text("09:00")
    await desktop.route("**/sim/**", lambda route: route.abort())
    await expect(desktop.locator("#offline")).to_be_visible()
    await desktop.unroute("**/sim/**")
    await expect(desktop.locator("#offline")).to_be_hidden()


async def test_nothing_comes_from_elsewhere_and_every_control_has_a_name(desktop: Page, site: str) -> None:
    asked: list[str] = []
    with heard(desktop, "request", lambda request: asked.append(request.url)):
        await desktop.goto(site)
        await expect(desktop.locator(".steps li").first).to_be_visible()
    assert [url for url in asked if not url.startswith((site, "data:"))] == []
    nameless = await desktop.evaluate(
        """[...document.querySelectorAll("button, input, textarea, select")]
        .filter((node) => !(node.getAttribute("aria-label") || node.textContent.trim()))
        .map((node) => node.outerHTML)"""
    )
    assert nameless == []


async def test_a_page_opened_too_early_waits_for_the_service(desktop: Page, site: str) -> None:
    await desktop.route("**/sim/people", lambda route: route.abort())
    await desktop.goto(site)
    await expect(desktop.locator("#offline")).to_be_visible()
    await desktop.unroute("**/sim/people")
    await expect(desktop.locator("#pane-tenant .switcher")).to_contain_text("李娜")
    await expect(desktop.locator("#offline")).to_be_hidden()
