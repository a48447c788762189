"""月结 in chat: handed in, asked about, answered, passed, sealed; and who may do what."""

from __future__ import annotations

import hashlib
import io
import json

from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select, update

from models.audit.entry import AuditEntry, first_break
from models.closing.close import CloseStatus, MonthClose
from models.people.staff import Staff
from tests.fakes.march import march_issued, march_read
from tests.fakes.world import ARCHIVE_KEY, World, verify_talk
from tests.fakes.zip_reader import opened


async def march_paid(world: World) -> None:
    """Bills out, some money in, one payment taken back; too early for the close."""
    await world.begins_with(march_issued)
    await verify_talk(
        world,
        [
            ("sunli", "收款 云帆 1000 转账 流水7", "确认收款"),
            ("sunli", "[确认收款]", "已入账"),
            ("sunli", "收款 青禾 500 现金", "确认收款"),
            ("sunli", "[确认收款]", "已入账"),
            ("sunli", "收款 青禾 77 现金", "确认收款"),
            ("sunli", "[确认收款]", "已入账"),
            ("chenjing", "冲正 SK-202603-0003 金额输错", "已冲正"),
            ("lina", "签收", ""),
            ("sunli", "月结 3月", "还没有结束，4月1日起可以月结"),
        ],
    )


async def april_begun(world: World) -> None:
    """Then it is April."""
    await world.begins_with(march_paid)
    await verify_talk(world, [("leap", "2026-04-02 08:00", ""), ("clock", "2026-04-02 09:30", "")])


async def _close(world: World) -> MonthClose:
    async with world.db.read() as session:
        return (await session.scalars(select(MonthClose))).one()


async def test_a_month_is_closed_after_its_end_by_those_who_may(world: World) -> None:
    await world.begins_with(april_begun)
    await verify_talk(
        world,
        [
            ("zhoumin", "月结 3月", "没有这项权限"),
            ("heting", "月结 3月", "没有这项权限"),
            ("sunli", "月结 3月", "已提交"),
        ],
    )
    close = await _close(world)
    assert (close.status, close.made_by) == (CloseStatus.REVIEW, "staff:sunli")


async def test_a_month_goes_over_questions_and_answers_into_the_archive(world: World) -> None:
    await world.begins_with(april_begun)
    await verify_talk(
        world,
        [
            (
                "sunli",
                "月结",
                "2026年3月月结已提交，已请财务主管审核 | 账单 3 份 | 收款 3 笔，1,577.00 元 | 冲销冲正 1 笔，77.00"
                " | 账目平衡 | @chenjing 月结待审核 | @chenjing 第 1 次",
            ),
            ("sunli", "月结 3月", "待审核"),
            ("chenjing", "[退回]", "请写明要核对的问题"),
            (
                "chenjing",
                "青禾 77 元为什么冲正？\n现金 500 元存银行了吗？",
                "已退回，2 个问题 | @sunli 有 2 个疑问 | @sunli 1. 青禾 77 元",
            ),
            ("sunli", "[答复]", "疑问：青禾 77 元为什么冲正"),
            ("sunli", "重复录入，已冲正，租户只付了一笔", "疑问：现金 500 元"),
            ("sunli", "3 月 31 日已存，回单在凭证里", "都已答复，请重新提交"),
            (
                "sunli",
                "[重新提交]",
                "已提交 | @chenjing 第 2 次 | @chenjing 答：重复录入 | @chenjing 问：现金",
            ),
            ("chenjing", "[通过]", "已通过，正在加密归档 | 已加密归档：月结-2026-03.zip | @sunli 已加密归档"),
            ("sunli", "月结 3月", "已归档 | 校验码"),
        ],
    )
    close = await _close(world)
    assert (close.status, close.round, close.reviewed_by) == (CloseStatus.SEALED, 2, "staff:chenjing")
    await _verify_archive(world, close)


async def _verify_archive(world: World, close: MonthClose) -> None:
    path = world.vault.path("2026-03")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == close.sha256
    papers = opened(path, ARCHIVE_KEY)
    listed = {each["name"]: each["sha256"] for each in json.loads(papers.pop("清单.json"))["files"]}
    assert listed == {name: hashlib.sha256(data).hexdigest() for name, data in papers.items()}
    assert {name for name in papers if "/" not in name} == {"凭证汇总.pdf", "凭证汇总.xlsx", "清单.xlsx"}
    folders = [name.split("/")[0] for name in papers if "/" in name]
    assert {name: folders.count(name) for name in folders} == {"通知单": 3, "收据": 2, "签收表": 3}
    assert not any("云帆" in name or "青禾" in name for name in papers)
    summary = PdfReader(io.BytesIO(papers["凭证汇总.pdf"]))
    text = "".join("".join(page.extract_text() for page in summary.pages).split())
    assert "1,577.00" in text and "重复录入" in text
    book = load_workbook(io.BytesIO(papers["凭证汇总.xlsx"]))
    assert book.sheetnames == ["汇总", "账单", "收款", "冲销", "期末余额", "签收表"]
    async with world.db.read() as session:
        sealed = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "archive.seal"))).one()
        assert sealed.detail["sha256"] == close.sha256 and sealed.detail["files"] == len(papers)
        assert await first_break(session) is None


async def test_nobody_passes_their_own_papers_and_nothing_is_passed_twice(world: World) -> None:
    await world.begins_with(april_begun)
    async with world.db.begin() as session:
        both = ["出纳员", "财务主管"]
        await session.execute(update(Staff).where(Staff.userid == "chenjing").values(roles=both))
    await verify_talk(
        world,
        [
            ("chenjing", "月结 3月", "还没有别的同事有审核权限"),
            ("chenjing", "月结 3月", "待审核"),
        ],
    )
    close = await _close(world)
    for key in (f"close_pass:{close.id}", f"close_back:{close.id}", "close_pass:999", "close_pass:x"):
        await world.press_key("chenjing", key)
    await world.say("chenjing", "问题一")
    assert "制表人不能审核自己提交的月结" in "".join(
        world.new("chenjing") + [e.text for e in world.phone("chenjing")]
    )
    assert (await _close(world)).status is CloseStatus.REVIEW


async def test_a_month_with_bills_on_their_way_can_not_be_closed(world: World) -> None:
    await world.begins_with(march_read)
    await verify_talk(
        world,
        [
            ("chenjing", "出账", "3 家租户"),
            ("leap", "2026-04-02 09:30", ""),
            ("sunli", "月结 3月", "还没有全部发出"),
            ("sunli", "月结 2月", "没有账单，也没有收款"),
        ],
    )
