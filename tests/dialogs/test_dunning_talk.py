"""Promises and disputes in chat: who is told, who decides, what the tenant hears; and lists whose totals are whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from models.database import Database
from models.fees.bill import Bill
from models.fees.limitation import limitation_of
from models.notices.legal_list import LargeDebtor, legal_text
from models.notices.limitation_facts import Claim
from models.rules import Rules
from tests.fakes.debt import debt_world
from tests.fakes.world import World, verify_talk


@pytest.fixture
async def owing(db: Database, tmp_path: Path) -> AsyncIterator[World]:
    """16 March, 9:00; the first letter goes out at 10:07."""
    async with debt_world(db, tmp_path / "files", {}) as world:
        world.only(*JOBS)
        yield world


JOBS = "dunning.daily", "dunning.pauses", "notices.again", "notices.unsigned"
"""All that speak of debts and letters."""


@pytest.fixture
async def dunned(owing: World) -> World:
    """16 March, 10:30: the letter is there."""
    await owing.begins_with(first_letter)
    return owing


async def first_letter(world: World) -> None:
    """A chapter."""
    await verify_talk(
        world,
        [
            ("lina", "账单", "60,000.00"),
            ("clock", "2026-03-16 10:30", "@lina 【催款通知单】CK-202601-0001 | @lina 60,000.00 元未缴"),
        ],
    )


async def test_a_dispute_is_looked_after_decided_and_answered(dunned: World) -> None:
    await verify_talk(
        dunned,
        [
            ("lina", "[异议]", "请说明您对催款通知单 CK-202601-0001 的疑问"),
            ("lina", "面积算错了", "异议（Y01） | 3月31日前不再催款 | @chenjing 提出异议 Y01：面积算错了"),
            ("linfang", "暂停中", "Y01 云帆设计有限公司 异议至3月31日，跟进人 陈静"),
            ("zhoumin", "异议处理 Y01 成立 面积有误", "没有这项权限"),
            ("chenjing", "异议处理 Y01 也许", "请这样发：异议处理 Y07"),
            ("chenjing", "异议处理 Y01 不成立", "请写明答复租户的说明"),
            ("chenjing", "异议处理 Y09 不成立 已核对", "没有找到编号"),
            ("linfang", "恢复催款 云帆 不等了", "异议 Y01 还没有答复"),
            (
                "chenjing",
                "异议处理 1 不成立 合同面积 100 ㎡，已核对",
                "催款按阶梯继续 | @lina 不成立：合同面积 100 ㎡",
            ),
            ("chenjing", "异议处理 Y01 成立 改主意", "已于 03-16"),
            ("lina", "异议 面积还是错的", "已经答复过"),
            ("linfang", "暂停中", "目前没有暂停催款"),
        ],
    )


async def test_an_upheld_dispute_goes_to_finance_for_correction(dunned: World) -> None:
    await verify_talk(
        dunned,
        [
            ("lina", "异议 面积算错了", "Y01"),
            (
                "chenjing",
                "异议处理 Y01 成立 面积应为 90 ㎡",
                "最晚到3月26日 | @chenjing 【更正账单】 | @lina 成立：面积应为 90 ㎡",
            ),
            ("linfang", "暂停中", "成立，待更正账单"),
        ],
    )


async def test_staff_hold_and_lift_with_a_reason(owing: World) -> None:
    await verify_talk(
        owing,
        [
            ("zhoumin", "暂停催款 云帆 3月20日 续签", "没有这项权限"),
            ("linfang", "暂停催款 云帆", "请这样发"),
            ("linfang", "暂停催款 云帆 3月20日", "请写明暂停的原因"),
            ("linfang", "暂停催款 云帆 5月20日 续签", "须在今天和4月15日之间"),
            ("linfang", "暂停催款 某公司 3月20日 续签", "没有找到租户"),
            ("linfang", "暂停催款 有限公司 3月20日 续签", "2 家租户符合"),
            (
                "linfang",
                "暂停催款 云帆 3月20日 正在续签",
                "到3月20日（T01） | @chenjing 林芳暂停催款到3月20日：正在续签",
            ),
            ("lina", "账单", ""),
            ("clock", "2026-03-16 10:30", "@lina !催款通知单"),
            ("clock", "2026-03-19 09:30", "@chenjing 人工暂停（正在续签）到3月20日为止"),
            ("linfang", "恢复催款 云帆", "请写明恢复催款的原因"),
            ("linfang", "恢复催款 云帆 已续签", "已恢复对云帆设计有限公司催款（T01）"),
            ("linfang", "恢复催款 云帆 已续签", "没有暂停催款"),
            ("lina", "账单", ""),
            ("clock", "2026-03-19 10:30", "@lina 【催款通知单】CK-202601-0001"),
        ],
    )


async def test_a_broken_promise_is_told_to_its_owner_and_recalled(dunned: World) -> None:
    await verify_talk(
        dunned,
        [
            ("lina", "[承诺]", "预计哪一天付款"),
            ("lina", "周五", "3月20日前付款 | @chenjing 承诺 3月20日付款（N01）"),
            ("clock", "2026-03-19 09:30", "@chenjing 租户承诺的付款日是3月20日"),
            ("clock", "2026-03-21 09:30", "@chenjing 没有履行，仍未付 60,000.00 元"),
            ("clock", "2026-03-22 12:00", ""),
            ("lina", "账单", ""),
            ("clock", "2026-03-23 10:30", "@lina 贵司曾约定3月20日付款，我们尚未收到"),
        ],
    )


def debtor(number: int) -> LargeDebtor:
    due_on = date(2026, 2, 13)
    bill = Bill(id=number, due_on=due_on, number=f"B{number}")
    return LargeDebtor(number, f"公司{number}", 10_000_000, 1, 90, Claim(bill, limitation_of(due_on, [])))


def test_totals_are_of_the_whole_list_however_much_of_it_is_shown() -> None:
    text = legal_text([debtor(number) for number in range(50)], Rules(), date(2026, 6, 1))
    assert "50 家，合计 5,000,000.00 元" in text and "另有 30 家" in text
