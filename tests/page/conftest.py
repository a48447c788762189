"""A real Chromium, and the page of phones in front of the fake contract."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, ConsoleMessage, Page, ViewportSize, async_playwright, expect

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
DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)


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


@pytest.fixture(scope="session")
def door() -> Iterator[socket.socket]:
    """Where all fake simulators listen, one after the other: what never changes is in the browser's cache then."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest_asyncio.fixture(loop_scope="session")
async def site(phones: FakePhones, door: socket.socket) -> AsyncIterator[str]:
    """The address of the fake simulator."""
    server = TestServer(phones.app(), socket_factory=lambda *_: door.dup())
    await server.start_server()
    yield str(server.make_url("/"))
    await server.close()


class Window:
    """One window for all tests of a process; each finds it empty, in its size and without memories.

    It is far from the park's time zone.
    """

    def __init__(self, browser: Browser, *, scripts: bool) -> None:
        self.browser, self.scripts = browser, scripts
        self.page: Page | None = None

    @asynccontextmanager
    async def sized(self, viewport: ViewportSize) -> AsyncIterator[Page]:
        """The window for one test; a script that throws or is blocked fails it."""
        page = self.page = self.page or await self._open()
        await page.set_viewport_size(viewport)
        troubles: list[str] = []
        with (
            heard(page, "pageerror", lambda error: troubles.append(str(error))),
            heard(page, "console", lambda line: _note_blocked(line, troubles)),
        ):
            yield page
            self.page = None
            await self._empty(page)
            self.page = page
        assert troubles == []

    async def _open(self) -> Page:
        page = await self.browser.new_page(
            java_script_enabled=self.scripts, locale="zh-CN", timezone_id="America/New_York"
        )
        page.set_default_timeout(PATIENCE_MS)
        return page

    async def _empty(self, page: Page) -> None:
        await page.unroute_all()
        await page.emulate_media(media="null")
        await page.context.clear_cookies()
        await page.evaluate("location.protocol.startsWith('http') && sessionStorage.clear()")
        await page.goto("about:blank")


def _note_blocked(line: ConsoleMessage, troubles: list[str]) -> None:
    if "Security Policy" in line.text:
        troubles.append(line.text)


@contextmanager
def heard(page: Page, event: str, note: Callable[[Any], object]) -> Iterator[None]:
    """What the page reports within is noted."""
    page.on(event, note)  # type: ignore[call-overload]
    yield
    page.remove_listener(event, note)


async def verify_widths(page: Page) -> None:
    """Nothing hangs over the edge of a small phone, a usual one and a desk's screen."""
    for width in (320, 390, 1280):
        await page.set_viewport_size({"width": width, "height": 844})
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def window(browser: Browser) -> Window:
    return Window(browser, scripts=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def plain_window(browser: Browser) -> Window:
    """One whose browser runs no scripts."""
    return Window(browser, scripts=False)


@pytest_asyncio.fixture(loop_scope="session")
async def desktop(window: Window) -> AsyncIterator[Page]:
    async with window.sized(DESKTOP) as page:
        yield page


@pytest_asyncio.fixture(loop_scope="session")
async def mobile(window: Window) -> AsyncIterator[Page]:
    async with window.sized(PHONE) as page:
        yield page


@pytest_asyncio.fixture(loop_scope="session")
async def plain_phone(plain_window: Window) -> AsyncIterator[Page]:
    """A phone whose browser runs no scripts."""
    async with plain_window.sized(PHONE) as page:
        yield page
