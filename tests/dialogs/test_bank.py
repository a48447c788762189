"""The bank's statement in chat: lines are looked at, somebody decides, accounts and tenants follow."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.sheets.statement import import_statement
from models.bank.line import BankLine
from models.clock import at_local
from models.fees.account import books_balance
from models.fees.bill import Bill, BillKind, BillStatus
from models.fees.payment import Cheque, Payment, credit_fen
from models.people.tenant import Tenant
from tests.fakes.statement import Line, as_xlsx, line
from tests.fakes.world import START, World, verify_talk

OWED = (
    ("云帆", "2026-01", 100_000),
    ("云帆", "2026-02", 140_000),
    ("青禾", "2026-02", 250_000),
    ("无信", "2026-02", 150_000),
)


@pytest.fixture
async def debtors(world: World) -> World:
    """Three companies with open bills."""
    async with world.db.begin() as session:
        for number, (name, month, fen) in enumerate(OWED, start=1):
            tenant = (await session.scalars(select(Tenant).where(Tenant.name.startswith(name)))).one()
            session.add(
                Bill(
                    tenant_id=tenant.id, month=month, kind=BillKind.MONTH, status=BillStatus.ISSUED,
                    number=f"ZD-{month.replace('-', '')}-{number:04}", total_fen=fen, paid_fen=0,
                    due_on=START.date().replace(day=number),
                )
            )  # fmt: skip
    return world


async def arrive(world: World, tmp_path: Path, *lines: Line) -> None:
    """The bank's file is imported."""
    path = as_xlsx(tmp_path / "statement.xlsx", lines)
    await import_statement(world.db, path, world.core.rules, by="system", now=world.clock.now())


async def arrived(world: World, tmp_path: Path, *lines: Line) -> int:
    """As `arrive`; the number people see on the first line, the others follow."""
    await arrive(world, tmp_path, *lines)
    async with world.db.read() as session:
        return (await session.scalars(select(BankLine.id).order_by(BankLine.id))).first() or 0


async def tenant_id(world: World, name: str) -> int:
    async with world.db.read() as session:
        return (await session.scalars(select(Tenant.id).where(Tenant.name.startswith(name)))).one()


async def verify_books(world: World) -> list[Payment]:
    async with world.db.read() as session:
        assert await books_balance(session) == []
        return list(await session.scalars(select(Payment).order_by(Payment.id)))


async def statuses(world: World) -> list[str]:
    async with world.db.read() as session:
        return list(await session.scalars(select(BankLine.status).order_by(BankLine.id)))


async def test_a_line_is_confirmed_and_the_tenant_hears_of_it(debtors: World, tmp_path: Path) -> None:
    one = await arrived(
        debtors, tmp_path,
        line("2026-03-13", "1,400.00", name="云帆设计有限公司", account="6222021", words="2月物业费", serial="S1"),
        line("2026-03-14", "88.00", name="路人甲", serial="S2"),
    )  # fmt: skip
    await debtors.say("lina", "账单")
    await verify_talk(
        debtors,
        [
            (
                "sunli",
                "对账",
                f"待认流水 2 笔：收入 2 笔 1,488.00 元 | 流水 {one}：03-13 收 1,400.00 | 尾号 2021 | 附言：2月物业费 转账"
                " | ① 云帆设计有限公司，85 分：户名与租户名称一致；附言写了2026年2月账单；金额等于2026年2月账单",
            ),
            (
                "sunli",
                "[确认]",
                "已入账：SK-202603-0001，云帆设计有限公司 1,400.00 元 | 2026年2月账单：1,400.00 元（结清）"
                f" | 目前还欠 1,000.00 | 流水 {one + 1} | 没有合适的建议"
                " | @lina 已收到贵司 2026-03-13 转账付款 1,400.00 | @lina 目前还欠 1,000.00",
            ),
            ("sunli", f"对账 {one}", f"流水 {one} 已认款"),
            ("lina", "收据", ""),
        ],
    )  # fmt: skip
    payment = (await verify_books(debtors))[0]
    assert (payment.reference, payment.payer, payment.bank_line_id) == ("S1", "云帆设计有限公司", one)
    assert payment.received_at == at_local(START.date().replace(day=13), 12)


async def test_nothing_is_booked_twice_whoever_taps(debtors: World, tmp_path: Path) -> None:
    one = await arrived(debtors, tmp_path, line("2026-03-13", 2500, name="青禾科技有限公司", serial="S1"))
    await debtors.say("sunli", "对账")
    await debtors.say("heting", "对账")
    await debtors.press("sunli", "确认")
    await debtors.press_key("heting", f"bank_book:{one}:{await tenant_id(debtors, '青禾')}=250000")
    assert "已经认过" in debtors.new("heting")[-1]
    assert len(await verify_books(debtors)) == 1


async def test_one_transfer_for_several_companies_in_parts(debtors: World, tmp_path: Path) -> None:
    await arrive(debtors, tmp_path, line("2026-03-13", 4000, name="云青投资集团", account="777", serial="S1"))
    await verify_talk(
        debtors,
        [
            ("sunli", "对账", "没有合适的建议"),
            ("sunli", "[另选]", "未认的 4,000.00 元是谁付的"),
            ("sunli", "云帆 2000、青禾 3000", "合计超过"),
            ("sunli", "[另选]", "是谁付的"),
            ("sunli", "云帆 1400 2月、青禾 2500", "云帆设计有限公司 1,400.00 | 余 100.00 元继续待认"),
            ("sunli", "[确认入账]", "2026年2月账单：1,400.00 元（结清） | 已认 3,900.00 元，还剩 100.00 元"),
            ("sunli", "[另选]", "未认的 100.00"),
            ("sunli", "A-1203", "云帆设计有限公司 100.00"),
            ("sunli", "[确认入账]", "2026年1月账单：100.00 | 已全部处理完"),
        ],
    )
    assert [payment.amount_fen for payment in await verify_books(debtors)] == [140_000, 250_000, 10_000]
    await arrive(debtors, tmp_path, line("2026-03-15", 900, name="云青投资集团", account="777", serial="S2"))
    await verify_talk(debtors, [("sunli", "对账", "① 云帆设计有限公司，90 分：付款账号以前确认过")])


async def test_a_mistaken_line_is_taken_back_and_decided_again(debtors: World, tmp_path: Path) -> None:
    one = await arrived(debtors, tmp_path, line("2026-03-13", 1000, name="张三", words="A-1203", serial="S1"))
    await verify_talk(
        debtors,
        [
            ("sunli", "对账", "附言写了单元 A-1203"),
            ("sunli", "[确认]", "已入账：SK-202603-0001"),
            ("sunli", f"对账 重开 {one}", "已入账 SK-202603-0001。认错了请财务主管"),
            ("chenjing", "冲正 SK-202603-0001 认错了", "已冲正 SK-202603-0001（1,000.00 元，录入错误）"),
            ("sunli", "对账", f"流水 {one}"),
            ("sunli", "[另选]", "是谁付的"),
            ("sunli", "青禾", "青禾科技有限公司 1,000.00 元（现欠 2,500.00）"),
            ("sunli", "[确认入账]", "已入账：SK-202603-0002"),
        ],
    )
    assert [payment.reversed_at is None for payment in await verify_books(debtors)] == [False, True]


async def test_what_is_no_rent_is_put_aside_with_a_word(debtors: World, tmp_path: Path) -> None:
    one = await arrived(
        debtors, tmp_path, line("2026-03-13", "3.21", name="示例银行", summary="结息", serial="S1"),
        line("2026-03-13", "", 500, name="水务集团", serial="S2"),
    )  # fmt: skip
    await verify_talk(
        debtors,
        [
            ("sunli", "对账", f"流水 {one}"),
            ("sunli", "[不是租金]", f"流水 {one} 是什么"),
            ("sunli", "[利息]", f"已标为“利息” | 流水 {one + 1}：03-13 支 500.00 | !另选"),
            ("sunli", "[不是租金]", f"流水 {one + 1} 是什么"),
            ("sunli", "代付水费", "已标为“代付水费” | 全部处理完"),
            ("sunli", "对账 清单", "没有待认的流水"),
            ("sunli", f"对账 重开 {one}", f"流水 {one}：03-13 收 3.21"),
            ("sunli", "对账 清单", f"待认流水 1 笔 | {one}：03-13 3.21 元 示例银行"),
        ],
    )
    assert await statuses(debtors) == ["open", "other"]
    assert await verify_books(debtors) == []


async def test_a_cheque_told_at_the_counter_clears_by_its_line(debtors: World, tmp_path: Path) -> None:
    await debtors.say("sunli", "收款 青禾 2500 支票 票号77012345")
    await debtors.press("sunli", "确认收款")
    one = await arrived(
        debtors,
        tmp_path,
        line("2026-03-18", 2500, name="青禾科技有限公司", words="支票77012345", serial="S1"),
    )
    await verify_talk(
        debtors,
        [
            ("sunli", "支票", "待到账支票 1 张，合计 2,500.00 | SK-202603-0001"),
            ("sunli", "对账", "青禾科技有限公司（已登记 SK-202603-0001），100 分 | 凭证号 77012345 一致"),
            ("sunli", "[确认]", "已对上柜台登记的 SK-202603-0001，没有重复入账"),
            ("sunli", "支票", "没有待到账的支票"),
            ("sunli", f"对账 重开 {one}", "已登记 SK-202603-0001"),
            ("sunli", "[确认]", "没有重复入账"),
        ],
    )
    payments = await verify_books(debtors)
    assert [(each.cheque, each.bank_line_id) for each in payments] == [(Cheque.CLEARED, one)]


async def test_a_refund_shows_on_the_statement(debtors: World, tmp_path: Path) -> None:
    await verify_talk(
        debtors,
        [
            ("sunli", "收款 青禾 2600 转账 流水9", "余 100.00 元转预存"),
            ("sunli", "[确认收款]", "已入账"),
            ("chenjing", "退款 青禾 100 转账 青禾科技基本户 多付退回", "请确认退款"),
            ("chenjing", "[确认退款]", "TK-202603-0001"),
        ],
    )
    await arrive(debtors, tmp_path, line("2026-03-16", "", 100, name="青禾科技有限公司", serial="S1"))
    await verify_talk(
        debtors,
        [
            ("sunli", "对账", "支 100.00 | 退给青禾科技有限公司（TK-202603-0001）"),
            ("sunli", "[确认]", "已对上退款 TK-202603-0001"),
        ],
    )
    async with debtors.db.read() as session:
        assert await books_balance(session) == []
        assert await credit_fen(session, await tenant_id(debtors, "青禾")) == 0


async def test_sure_lines_are_confirmed_together_after_a_look(debtors: World, tmp_path: Path) -> None:
    one = await arrived(
        debtors, tmp_path,
        line("2026-03-13", 2400, name="云帆设计有限公司", serial="S1"),
        line("2026-03-13", 2500, name="青禾科技有限公司", serial="S2"),
        line("2026-03-13", 1500, name="张三", serial="S3"),
        line("2026-03-14", 2500, name="青禾科技有限公司", serial="S4"),
    )  # fmt: skip
    await verify_talk(
        debtors,
        [
            ("sunli", "对账", "其中 2 笔把握大"),
            (
                "sunli",
                "[看清单一起确认]",
                "2 笔合计 4,900.00 | 1. 03-13 2,400.00 元 云帆设计有限公司 | 都对吗",
            ),
            ("sunli", "[全部确认 2 笔]", f"已入账 2 笔，合计 4,900.00 | 流水 {one + 2}"),
            ("sunli", "[下一笔]", f"流水 {one + 3}：03-14 收 2,500.00 | 没有欠款，全部转预存"),
            ("sunli", "[下一笔]", f"流水 {one + 2}"),
        ],
    )
    assert len(await verify_books(debtors)) == 2


async def test_the_counters_transfers_without_a_line_are_listed(debtors: World) -> None:
    await debtors.say("sunli", "收款 青禾 2500 转账 流水9")
    await debtors.press("sunli", "确认收款")
    assert "都已对上流水，或登记不久" in (await debtors.say("sunli", "对账 未达"))[-1]
    await debtors.leap(at_local(START.date().replace(day=23), 9))
    await verify_talk(
        debtors,
        [
            ("sunli", "对账", "没有待认的流水 | 有 1 笔还没有对上流水"),
            ("sunli", "对账 未达", "SK-202603-0001 青禾科技有限公司 转账 2,500.00 元，03-16 登记"),
        ],
    )


MADE_UP = (
    "book:L", "book:L:999999=5", "book:L:T=0", "book:L:T=5,T=5", "book:x:y=z", "book:L:T=99999999",
    "link:L:999999", "refund:L:999999", "link:L", "pick:999999", "other:x", "next:x",
)  # fmt: skip


async def test_made_up_taps_book_nothing(debtors: World, tmp_path: Path) -> None:
    one = await arrived(debtors, tmp_path, line("2026-03-13", 2500, name="青禾科技有限公司", serial="S1"))
    tenant = await tenant_id(debtors, "青禾")
    for key in MADE_UP:
        await debtors.press_key("sunli", "bank_" + key.replace("L", str(one)).replace("T", str(tenant)))
        answers = debtors.new("sunli")
        assert answers and "出了点问题" not in answers[-1], key
        assert await verify_books(debtors) == [], key


async def test_the_statement_is_for_finance(debtors: World) -> None:
    await verify_talk(
        debtors,
        [
            ("zhoumin", "对账", "没有这项权限"),
            ("zhengwei", "对账", "没有这项权限"),
            ("sunli", "对账 乱写", "请写流水的编号"),
        ],
    )
