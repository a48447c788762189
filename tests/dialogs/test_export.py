"""导出 in chat: a workbook for those who may, with a record; nothing for the others."""

from __future__ import annotations

import io

from openpyxl import load_workbook
from sqlalchemy import select

from models.audit.entry import AuditEntry
from tests.fakes.full_park import everything_open
from tests.fakes.world import World, verify_talk


async def test_debts_come_as_a_workbook_with_every_debtor(world: World) -> None:
    await world.begins_with(everything_open)
    await verify_talk(
        world,
        [
            ("chenjing", "导出 欠费", "正在导出欠费，共 3 行 | 已记录"),
            ("chenjing", "导出 账单 3月", "2026年3月账单，共 3 行"),
            ("chenjing", "导出 账单 1月", "没有可导出的内容"),
            ("chenjing", "导出", "请写明导出什么：账单、收款、欠费"),
            ("chenjing", "导出 火星", "请写明导出什么"),
            ("sunli", "导出 欠费", "没有这项权限"),
            ("zhoumin", "导出 租户", "没有这项权限"),
        ],
    )
    names = [body["name"] for api, body in world.platform.requests if api == "media/upload"]
    uploads = dict(zip(names, world.platform.media.values(), strict=True))
    sheet = load_workbook(io.BytesIO(uploads["欠费-2026-03-16.xlsx"])).worksheets[0]
    assert sheet.title == "欠费"
    assert sum(row[2].value for row in sheet.iter_rows(min_row=2)) > 3000
    async with world.db.read() as session:
        exported = select(AuditEntry).where(AuditEntry.action == "export").order_by(AuditEntry.id)
        entries = list(await session.scalars(exported))
    assert [(entry.actor, entry.detail["what"], entry.detail["rows"]) for entry in entries] == [
        ("staff:chenjing", "debts", 3),
        ("staff:chenjing", "bills", 3),
    ]
    assert all(entry.message_key.startswith("wecom:") for entry in entries)
