"""Cards and menus: tapped once, greyed with their state when used, on every phone that shows them."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.fakes.phones import FakePhones

pytestmark = pytest.mark.asyncio(loop_scope="session")

BUTTONS = [{"key": "R07:accept", "text": "接单"}, {"key": "R07:pass", "text": "改派"}]


async def test_a_tapped_card_turns_grey_and_shows_its_state(
    desktop: Page, site: str, phones: FakePhones
) -> None:
    phones.put("zhoumin", kind="card", title="新报修 R07", text="空调不冷", buttons=BUTTONS)
    await desktop.goto(site)
    card = desktop.locator("#pane-staff .card")
    await card.get_by_role("button", name="接单").click()
    await expect(card.locator(".state")).to_have_text("已接单 · 王强")
    await expect(card.get_by_role("button")).to_have_count(0)
    assert phones.pressed == [("zhoumin", 1, "R07:accept")]


async def test_a_card_used_by_a_colleague_changes_here_too(
    desktop: Page, site: str, phones: FakePhones
) -> None:
    phones.put("zhoumin", kind="card", title="新报修 R07", text="空调不冷", buttons=BUTTONS)
    await desktop.goto(site)
    card = desktop.locator("#pane-staff .card")
    await expect(card.get_by_role("button")).to_have_count(2)
    phones.change("zhoumin", 1, buttons=[], state="王强已接单")
    await expect(card.locator(".state")).to_have_text("王强已接单")
    await expect(card.get_by_role("button")).to_have_count(0)


async def test_a_tap_that_comes_too_late_is_told(desktop: Page, site: str, phones: FakePhones) -> None:
    phones.put("zhoumin", kind="card", title="新报修 R07", text="空调不冷", buttons=BUTTONS)
    await desktop.goto(site)
    button = desktop.locator("#pane-staff .card").get_by_role("button", name="改派")
    await expect(button).to_be_visible()
    await desktop.route(
        "**/press", lambda route: route.fulfill(status=409, json={"error": "这张卡片已经处理过了。"})
    )
    await button.click()
    await expect(desktop.get_by_role("alert")).to_contain_text("已经处理过了")
    await expect(button).to_be_enabled()


async def test_a_menu_of_the_tenant_is_tapped(desktop: Page, site: str, phones: FakePhones) -> None:
    await desktop.goto(site)
    await desktop.locator("#pane-tenant").get_by_role("button", name="帮助", exact=True).click()
    await desktop.locator("#pane-tenant .menu").get_by_role("button", name="账单").click()
    await expect(desktop.locator("#pane-tenant .message").last).to_contain_text("好的")
    assert [(who, key) for who, _, key in phones.pressed] == [("lina", "help:账单")]


async def test_a_card_far_above_still_turns_grey(desktop: Page, site: str, phones: FakePhones) -> None:
    phones.put("zhoumin", kind="card", title="新报修 R07", text="空调不冷", buttons=BUTTONS)
    for number in range(60):
        phones.put("zhoumin", text=f"消息 {number}")
    await desktop.goto(site)
    card = desktop.locator("#pane-staff .card")
    await card.get_by_role("button", name="接单").click()
    await expect(card.locator(".state")).to_have_text("已接单 · 王强")
    await expect(desktop.locator("#pane-staff .message")).to_have_count(62)
