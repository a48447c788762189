"""A real Chromium, and the page of phones in front of the fake contract."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.fakes.phones import FakePhones

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 15_000  # for a machine that is busy with other things
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


def chrome_path() -> str | None:
    """The installed Chromium or Chrome: CHROME, else the first that is on the path."""
    return os.environ.get("CHROME") or next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    path = chrome_path()
    if path is None:
        pytest.fail(
            "No Chromium found: install chromium (apt-get install chromium) or set CHROME to its path."
        )
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="session")
async def phones() -> FakePhones:
    return FakePhones()


@pytest_asyncio.fixture(loop_scope="session")
async def site(phones: FakePhones) -> AsyncIterator[str]:
    """The address of the fake simulator."""
    server = TestServer(phones.app())
    await server.start_server()
    yield str(server.make_url("/"))
    await server.close()


@asynccontextmanager
async def window(browser: Browser, viewport: dict[str, int]) -> AsyncIterator[Page]:
    """A fresh window, far from the park's time zone; a script that throws or is blocked fails the test."""
    page = await browser.new_page(viewport=viewport, locale="zh-CN", timezone_id="America/New_York")
    page.set_default_timeout(PATIENCE_MS)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if "Security Policy" in line.text else None)
    yield page
    await page.close()
    assert troubles == []


@pytest_asyncio.fixture(loop_scope="session")
async def desktop(browser: Browser) -> AsyncIterator[Page]:
    async with window(browser, DESKTOP) as page:
        yield page


@pytest_asyncio.fixture(loop_scope="session")
async def mobile(browser: Browser) -> AsyncIterator[Page]:
    async with window(browser, PHONE) as page:
        yield page
