"""A rehearsed month: it tells who would get what and why, and it can neither send anything nor change the live data."""

from __future__ import annotations

import ast
import hashlib
import io
import socket
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

import models.tables
from bot.channels.sms_http import HttpSmsProvider
from bot.rehearsal.planned import Outlook, planned_of
from bot.rehearsal.rehearse import rehearse
from bot.rehearsal.stage import Stage
from bot.rehearsal.tables import grouped, summary_rows, tables_of
from bot.sheets.writer import workbook
from bot.wecom.client import WecomClient
from models.clock import at_local
from models.database import Database
from models.errors import UserError
from models.fees.pause import DunningPause, PauseKind
from models.messages.content import Content
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from tests.conftest import ROOT
from tests.fakes.shelf import sqlite_copy
from tests.store.fee_park import CALENDAR, MARCH, day
from tests.store.letters import RULES, contact, open_letters


async def _rows(db: Database) -> dict[str, list[str]]:
    async with db.read() as session:
        return {
            table.name: sorted(str(tuple(row)) for row in await session.execute(select(table)))
            for table in models.tables.metadata.sorted_tables
        }


@pytest.fixture
async def billed(db: Database) -> Database:
    """March is billed to three companies: one bound to a chat long closed, one with a promise, one without a phone."""
    park = await open_letters(db)
    for name, code in (("青禾科技", "A-1"), ("云帆设计", "A-2"), ("无信商贸", "B-1")):
        await park.lets(name, code)
    await contact(park, "青禾科技", "赵敏", account="wmzhaomin")
    await contact(park, "云帆设计", "李娜", mobile="13800010002")
    await contact(park, "无信商贸", "吴老板", mobile="")
    await park.issue(MARCH, day(3, 26))
    async with db.begin() as session:
        session.add(
            DunningPause(
                number="N01", tenant_id=park.tenants["云帆设计"], kind=PauseKind.PROMISE, until_on=date(2026, 4, 20),
                reason="周一付清", owner="zhoumin", created_at=day(4, 10),
            )
        )  # fmt: skip
        for row in await session.scalars(select(OutboxMessage)):
            row.status, row.settled_at, row.channel = OutboxStatus.SENT, day(3, 26), "sms"
    return db


def _url(db: Database) -> str:
    return db.engine.url.render_as_string(hide_password=False)


async def _rehearse(db: Database, from_on: date, to_on: date, **options: Any) -> Outlook:
    return await rehearse(_url(db), from_on, to_on, RULES, CALENDAR, **options)


def _refused(*_: object, **__: object) -> None:
    raise AssertionError("a rehearsal must not come near the network")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever makes a client fails."""
    for client in (aiohttp.ClientSession, WecomClient, HttpSmsProvider):
        monkeypatch.setattr(client, "__init__", _refused)


@pytest.mark.usefixtures("no_network")
async def test_it_tells_who_would_get_what_when_over_which_channel_and_why(billed: Database) -> None:
    before = await _rows(billed)
    outlook = await _rehearse(billed, date(2026, 4, 16), date(2026, 4, 24))
    assert await _rows(billed) == before
    lines = [f"{at} {what} {channel} {who} {why}" for at, what, channel, who, why in grouped(outlook)]

    def verify_line(*words: str) -> None:
        assert any(all(word in line for word in words) for line in lines), (words, lines)

    verify_line("04-16 周四 10:07", "【催款通知单】", "短信", "青禾", "4月第 11 个工作日", "改发短信提示")
    verify_line("04-16 周四 10:07", "无信商贸", "无法送达", "企业微信", "周敏")
    verify_line("04-21 周二 10:07", "【催款通知单】", "云帆设计 李娜（负责人）")
    verify_line("04-24 周五 10:05", "企业微信", "26 日为休息日，提前至 24 日")
    verify_line("04-24 周五 10:30", "【缴费通知单】", "26 日为休息日，提前至 24 日")
    early = [line for line in lines if line < "04-21" and "催款通知单】" in line]
    assert early and not any("云帆" in line for line in early)
    ((on, tenant, letter, why),) = outlook.held
    assert (on, tenant, letter) == (date(2026, 4, 16), "云帆设计", "催款通知单")
    assert why == "承诺N01：周一付清，暂缓到 04-20"
    assert any("假定2026年4月账单" in note for note in outlook.notes)
    book = load_workbook(io.BytesIO(workbook(tables_of(outlook))))
    assert book.sheetnames == ["摘要", "消息", "暂缓"]
    assert book["消息"].max_row == len(outlook.planned) + 1
    assert ("期间", "2026-04-16 至 2026-04-24") in summary_rows(outlook)


async def test_the_live_file_is_the_same_to_the_byte_and_no_socket_is_opened(
    sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = await sqlite_copy(sqlite_template.parent, sqlite_template)
    park = await open_letters(db)
    await park.lets("青禾科技", "A-1")
    await contact(park, "青禾科技", "赵敏")
    await park.issue(MARCH, day(3, 26))
    path = Path(str(db.engine.url.database))
    files = [Path(f"{path}{suffix}") for suffix in ("", "-wal")]
    before = [hashlib.sha256(each.read_bytes()).hexdigest() for each in files]
    monkeypatch.setattr(socket.socket, "connect", _refused)
    outlook = await _rehearse(db, date(2026, 3, 27), date(2026, 3, 28))
    assert outlook.planned
    assert [hashlib.sha256(each.read_bytes()).hexdigest() for each in files] == before
    await db.close()


async def test_every_channel_of_the_stage_only_records(tmp_path: Path) -> None:
    copy = Database(f"sqlite+aiosqlite:///{tmp_path / 'copy.sqlite'}", durable=False)
    await copy.create_all()
    stage = await Stage.set_up(copy, day(4, 1), RULES, CALENDAR, tmp_path)
    channels = stage.engine.outbox._channels
    assert {type(channel).__name__ for channel in channels.values()} == {"Recorder"}
    assert set(channels) == {"wecom", "kf", "sms"}
    await copy.close()


def test_no_file_of_the_rehearsal_names_a_client_or_the_composition_root() -> None:
    for path in (ROOT / "bot" / "rehearsal").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom | ast.Import):
                named = getattr(node, "module", "") or ",".join(alias.name for alias in node.names)
                assert not named.startswith(("aiohttp", "bot.app", "bot.wecom", "bot.channels.sms_http")), (
                    path
                )


async def test_days_that_have_happened_or_make_no_sense_are_refused(billed: Database) -> None:
    for days, sentence in (
        ((date(2026, 3, 1), date(2026, 3, 31)), "数据已经到 2026-03-26 10:00"),
        ((date(2026, 5, 1), date(2026, 4, 1)), "起止日期"),
        ((date(2026, 5, 1), date(2027, 4, 1)), "最多 92 天"),
    ):
        with pytest.raises(UserError, match=sentence):
            await _rehearse(billed, *days)


def _row(**changes: Any) -> OutboxMessage:
    made = at_local(date(2026, 4, 16), 22, 15)
    facts: dict[str, Any] = {
        "dedupe_key": "k", "recipient": "contact:1", "purpose": Purpose.NOTICE, "created_at": made, "due_at": made,
        "settled_at": made, "content": Content(text="【催款通知单】一").to_json(), "status": OutboxStatus.SENT,
        "channel": "sms", "reason": "客服窗口已关闭，改发短信提示",
    }  # fmt: skip
    return OutboxMessage(**facts | changes)


def test_a_message_says_why_it_goes_later_or_not_at_all(config: Any) -> None:
    rules, morning = config.rules(), at_local(date(2026, 4, 17), 8, 30)
    late = planned_of(_row(due_at=morning, settled_at=morning), "李娜", None, "", rules)
    assert late and "04-16 22:15 在免打扰时段（21:00–08:30），顺延" in late.why
    noon, one = datetime(2026, 4, 16, 4, tzinfo=UTC), datetime(2026, 4, 16, 5, tzinfo=UTC)
    apart = planned_of(_row(created_at=noon, due_at=one, settled_at=one), "李娜", None, "", rules)
    assert apart and "另一封信错开一小时" in apart.why
    paid = planned_of(
        _row(status=OutboxStatus.WITHHELD, channel="", reason="账单已付清"), "李娜", None, "", rules
    )
    assert paid and (paid.channel, paid.sent) == ("不发", False) and "账单已付清" in paid.why
    assert (
        planned_of(_row(content=Content(task_id="t", replace="已复核").to_json()), "", None, "", rules)
        is None
    )
    assert late != replace(late, sent=False)
