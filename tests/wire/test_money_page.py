"""Statements and invoice files handed in over HTTP: for the holder of the link, and for nobody else."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientResponse, FormData, web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select, update

from bot.money_page import MoneyPage
from models.bank.line import BankLine
from models.fees.bill import Bill, BillKind, BillStatus
from models.invoices.invoice import Invoice
from models.people.staff import Staff
from models.people.tenant import Tenant
from tests.fakes.statement import as_csv, line
from tests.fakes.world import START, World, verify_talk

NONE = "链接不完整或已过期"
PDF = b"%PDF-1.7\nan invoice\n%%EOF"
LINES = [
    line("2026-03-16", "1,409.50", name="云帆设计有限公司", serial="S001"),
    line("2026-03-16", "一百", serial="S002"),
]


@dataclass
class Desk:
    """Finance with a browser beside the chat."""

    world: World
    client: TestClient[web.Request, web.Application]

    async def link(self, person: str, said: str) -> str:
        """The path of the link that is answered."""
        found = re.search(r"/u/[\w-]+", "\n".join(await self.world.say(person, said)))
        assert found
        return found[0]

    async def upload(self, path: str, data: bytes, name: str, csrf: str | None = None) -> ClientResponse:
        """Sends the form as a browser would and follows to the page that comes of it."""
        page = await (await self.client.get(path)).text()
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
        form = FormData(quote_fields=False)
        form.add_field("csrf", csrf if csrf is not None else found[1] if found else "")
        form.add_field("file", io.BytesIO(data), filename=name, content_type="application/octet-stream")
        answer = await self.client.post(path, data=form)
        await self.world.engine.settle()
        return answer

    async def lines(self) -> int:
        async with self.world.db.read() as session:
            return await session.scalar(select(func.count(BankLine.id))) or 0


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    app = web.Application(client_max_size=1024 * 1024)
    MoneyPage(world.core).add_to(app)
    async with TestClient(TestServer(app)) as client:
        yield Desk(world, client)


async def test_a_statement_is_handed_in_and_told_of_in_chat(desk: Desk, tmp_path: Path) -> None:
    path = await desk.link("sunli", "流水")
    data = as_csv(tmp_path / "s.csv", LINES).read_bytes()
    answer = await desk.upload(path, data, "3月流水.csv")
    page = await answer.text()
    assert answer.status == 200
    for words in ("新流水 1 笔，净额 1,409.50 元", "没有导入 1 行", "第 4 行", "一百", "3月流水.csv"):
        assert words in page
    assert "流水“3月流水.csv”已导入" in desk.world.new("sunli")[-1]
    await verify_talk(desk.world, [("sunli", "[开始对账]", "待认流水 1 笔")])
    assert "此前已有 1 笔" in await (await desk.upload(path, data, "3月流水.csv")).text()
    assert await desk.lines() == 1


async def test_an_invoices_file_goes_to_its_tenant(desk: Desk) -> None:
    world = desk.world
    async with world.db.begin() as session:
        tenant = (await session.scalars(select(Tenant).where(Tenant.name == "云帆设计有限公司"))).one()
        session.add(
            Bill(
                tenant_id=tenant.id, month="2026-02", kind=BillKind.MONTH, status=BillStatus.ISSUED,
                number="ZD-202602-0001", total_fen=140_000, paid_fen=0, due_on=START.date(),
            )
        )  # fmt: skip
    for who, said in (
        ("sunli", "收款 云帆 1400 转账"), ("sunli", "是"), ("lina", "发票"), ("lina", "同名"),
        ("lina", "91350100M000100Y43"), ("lina", "无"), ("lina", "申请"),
    ):  # fmt: skip
        await world.say(who, said)
    path = await desk.link("sunli", "开票 FP-202603-0001 26332000000012345678")
    assert "应为 PDF、OFD 或图片" in await (await desk.upload(path, b"MZ\x90 a program", "发票.pdf")).text()
    answer = await desk.upload(path, PDF, "../../发票.pdf")
    assert "发票 26332000000012345678（FP-202603-0001）的文件已存入" in await answer.text()
    sent = world.phone("lina")[-1]
    assert (sent.kind, world.platform.media[sent.text]) == ("file", PDF)
    async with world.db.read() as session:
        invoice = (await session.scalars(select(Invoice))).one()
    assert invoice.file_name == "发票-26332000000012345678.pdf"


async def test_only_the_holder_finds_anything(desk: Desk, tmp_path: Path) -> None:
    path = await desk.link("sunli", "流水")
    data = as_csv(tmp_path / "s.csv", LINES).read_bytes()
    for wrong in ("/u/x", path[:-1], path + "x", "/u/" + "a" * 43):
        answer = await desk.client.get(wrong)
        assert (answer.status, NONE in await answer.text()) == (404, True)
    assert "页面已过期" in await (await desk.upload(path, data, "s.csv", csrf="0" * 64)).text()
    async with desk.world.db.begin() as session:
        await session.execute(update(Staff).where(Staff.userid == "sunli").values(roles=["前台"]))
    assert (await desk.upload(path, data, "s.csv")).status == 404
    assert await desk.lines() == 0


async def test_a_link_runs_out(desk: Desk) -> None:
    path = await desk.link("sunli", "流水")
    desk.world.clock.set(desk.world.clock.now() + timedelta(hours=73))
    assert (await desk.client.get(path)).status == 404


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "没有收到文件"),
        (b"\x00\x01\x02", "不是文本文件"),
        (b"PK\x03\x04", "读不出"),
        (b"a,b\n1,2\n", "没有找到流水的表头"),
    ],
)
async def test_a_file_that_is_no_use_is_told_on_the_page(desk: Desk, data: bytes, told: str) -> None:
    answer = await desk.upload(await desk.link("sunli", "流水"), data, "s.csv")
    assert (answer.status, told in await answer.text()) == (400, True)
    assert "Referrer-Policy" in answer.headers
