"""The page in front of the real simulator: the fake contract and the real one must not drift apart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import FilePayload, Page, expect

from bot.simulator.people import Person
from bot.simulator.server import Simulator
from bot.simulator.settings import SimulatorSettings
from models.clock import VirtualClock
from tests.fakes.phones import PDF

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINA = Person("lina", "李娜", "tenant", "星河设计有限公司", "A座 301", ("经办人",), "13800000001", "wm-lina")
ZHOU = Person(
    "zhoumin", "周敏", "staff", "物业服务中心", "客户服务部", ("客服专员",), "13800000009", "zhoumin"
)


@pytest_asyncio.fixture(loop_scope="session")
async def park() -> AsyncIterator[str]:
    """The address of a simulator whose service never answers."""
    deaf = TestServer(web.Application())
    await deaf.start_server()
    settings = SimulatorSettings(
        corp_id="ww0",
        agent_id=1000002,
        secret="s" * 43,
        token="t0ken",
        aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        open_kfid="wk0",
        callback_url=str(deaf.make_url("/wecom/callback")),
        sms_report_url=str(deaf.make_url("/sms/report")),
        sms_key="k",
    )
    clock = VirtualClock(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))

    async def move(to: datetime) -> None:
        clock.set(to)

    simulator = Simulator(settings, [LINA, ZHOU], clock, move_clock=move)
    app = web.Application()
    simulator.add_routes(app)
    server = TestServer(app)
    await server.start_server()
    await simulator.start()
    yield str(server.make_url("/"))
    await simulator.close()
    await server.close()
    await deaf.close()


async def test_what_people_send_is_on_their_phones(desktop: Page, park: str) -> None:
    await desktop.goto(park)
    for pane, name in (("tenant", "李娜"), ("staff", "周敏")):
        await expect(desktop.locator(f"#pane-{pane} .switcher")).to_contain_text(name)
        await desktop.locator(f"#pane-{pane} .field").fill(f"我是{name}")
        await desktop.locator(f"#pane-{pane} .field").press("Enter")
        await expect(desktop.locator(f"#pane-{pane} .from-me").last).to_contain_text(f"我是{name}")


async def test_photos_places_and_files_are_shown(desktop: Page, park: str) -> None:
    await desktop.goto(park)
    phone = desktop.locator("#pane-tenant")
    await phone.locator(".plus").click()
    await phone.get_by_role("button", name="拍一张样例照片").click()
    await expect(phone.locator(".from-me .picture img")).to_have_js_property("naturalWidth", 960)
    await phone.locator(".plus").click()
    await phone.get_by_role("button", name="位置", exact=True).click()
    await expect(phone.locator(".from-me").last).to_contain_text("创意产业园")
    paper = FilePayload(name="营业执照.pdf", mimeType="application/pdf", buffer=PDF)
    await phone.locator('input[aria-label="选择文件"]').set_input_files(paper)
    await expect(phone.locator(".from-me a.attachment")).to_contain_text("营业执照.pdf")


async def test_the_clock_moves(desktop: Page, park: str) -> None:
    await desktop.goto(park)
    await expect(desktop.locator("#now-time")).to_have_text("09:00")
    await desktop.get_by_role("button", name="+1天").click()
    await expect(desktop.locator("#now-day")).to_have_text("2026年11月24日 周二")
    await desktop.get_by_role("button", name="到 26 日 10:00").click()
    await expect(desktop.locator("#now-day")).to_have_text("2026年11月26日 周四")
