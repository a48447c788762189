"""The cashier's desk in chat: bills by name, doubles, cheques, refunds, the evening."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from models.clock import at_local
from models.fees.account import books_balance
from models.fees.bill import Bill, BillKind, BillStatus
from models.fees.payment import Payment, ReversalCode
from models.people.tenant import Tenant
from tests.fakes.world import START, World, verify_talk


@pytest.fixture
async def debtor(world: World) -> World:
    """云帆 owes 1,000 for January, 1,400 for February and 500 from before."""
    async with world.db.begin() as session:
        tenant = (await session.scalars(select(Tenant).where(Tenant.name == "云帆设计有限公司"))).one()
        for month, kind, fen, due in (
            ("2025-12", BillKind.OPENING, 50_000, 1),
            ("2026-01", BillKind.MONTH, 100_000, 5),
            ("2026-02", BillKind.MONTH, 140_000, 15),
        ):
            session.add(
                Bill(
                    tenant_id=tenant.id, month=month, kind=kind, status=BillStatus.ISSUED,
                    number=f"ZD-{month.replace('-', '')}-0001", total_fen=fen, paid_fen=0,
                    due_on=START.date().replace(day=due),
                )
            )  # fmt: skip
    return world


async def payments(world: World) -> list[Payment]:
    async with world.db.read() as session:
        assert await books_balance(session) == []
        return list(await session.scalars(select(Payment).order_by(Payment.id)))


def last_pdf(world: World, person: str) -> str:
    entry = next(entry for entry in reversed(world.phone(person)) if entry.kind == "file")
    pages = PdfReader(io.BytesIO(world.platform.media[entry.text])).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


async def test_the_payer_names_what_the_money_is_for(debtor: World) -> None:
    await verify_talk(
        debtor,
        [
            (
                "sunli",
                "收款 云帆 1500 转账 2月 流水号88",
                "抵付（按付款人指定） | 2026年2月账单 1,400.00 元 | 2025年12月期初欠费 100.00 元 | 收后还欠 1,400.00",
            ),
            (
                "sunli",
                "[确认收款]",
                "2026年2月账单：1,400.00 元（结清） | 2025年12月期初欠费：100.00 元（还欠 400.00）",
            ),
            ("sunli", "收款 云帆 100 现金 2月", "2月没有未付的账单 | 2026年1月账单"),
            ("sunli", "收款 云帆 100 现金 ZD-202601-0001", "2026年1月账单 100.00"),
            ("sunli", "否", "没有入账"),
            ("sunli", "收款 云帆 1400 刷卡", "从最早到期的抵起 | 收后结清"),
            ("sunli", "是", "账单已全部结清"),
        ],
    )
    text = last_pdf(debtor, "sunli")
    assert "抵付次序：从最早到期的账单抵起；同一账单依次抵费用、违约金、本金" in text
    assert len(await payments(debtor)) == 2


async def test_a_payment_typed_twice_is_asked_about(debtor: World) -> None:
    await verify_talk(
        debtor,
        [
            ("sunli", "收款 云帆 100 转账 流水号88", "!注意"),
            ("sunli", "[确认收款]", "已入账：SK-202603-0001"),
            ("heting", "收款 云帆 100 转账 流水号88", "可能重复收款 | 孙丽已登记过相同的一笔 SK-202603-0001"),
            ("heting", "[取消]", "没有入账"),
            ("heting", "收款 云帆 100 转账 流水号89", "!注意"),
            ("sunli", "收款 云帆 100 转账 流水号89", "!注意"),
            ("sunli", "[确认收款]", "已入账：SK-202603-0002"),
            ("heting", "[确认收款]", "可能重复收款 | SK-202603-0002"),
            ("heting", "[确是另一笔]", "已入账：SK-202603-0003"),
        ],
    )
    assert len(await payments(debtor)) == 3


async def test_a_bounced_cheque_is_taken_back(debtor: World) -> None:
    await verify_talk(
        debtor,
        [
            ("sunli", "收款 云帆 3000 支票 票号7701", "确认收款"),
            ("sunli", "[确认收款]", "支票到账后发送：支票 到账 SK-202603-0001"),
            ("sunli", "支票", "待到账支票 1 张，合计 3,000.00 | 票号7701"),
            ("chenjing", "退款 云帆 100 转账 云帆基本户 多付", "请确认退款"),
            ("chenjing", "[确认退款]", "可退的预存款只有 0.00 元 | 未到账的支票不能退"),
            ("sunli", "退票 SK-202603-0001 存款不足", "没有这项权限"),
            ("chenjing", "退票 SK-202603-0001", "请写明银行退票的理由"),
            ("chenjing", "退票 SK-202603-0001 存款不足", "已冲正 SK-202603-0001（3,000.00 元，支票退票）"),
            ("chenjing", "退票 SK-202603-0001 存款不足", "无需重复"),
            ("sunli", "支票 到账 SK-202603-0001", "无需重复"),
            ("lina", "账单", "合计应付 2,900.00"),
        ],
    )
    assert "支票以银行入账为准" in last_pdf(debtor, "sunli")
    assert [each.reversal_code for each in await payments(debtor)] == [ReversalCode.BOUNCED]


async def test_credit_is_given_back_and_the_refund_can_fail(debtor: World) -> None:
    await debtor.say("lina", "账单")
    await verify_talk(
        debtor,
        [
            ("sunli", "收款 云帆 3000 转账 流水1", "余 100.00 元转预存"),
            ("sunli", "[确认收款]", "转预存：100.00"),
            ("chenjing", "退款 云帆 100", "请写成：退款"),
            ("chenjing", "退款 云帆 100.01 转账 云帆基本户 多付退回", "请确认退款"),
            ("chenjing", "[确认退款]", "可退的预存款只有 100.00 元，不能退 100.01"),
            ("sunli", "退款 云帆 60 转账 云帆基本户 多付退回", "没有这项权限"),
            (
                "chenjing",
                "退款 云帆 60 转账 云帆基本户 多付退回",
                "转账 60.00 元，退给 云帆基本户 | 原因：多付退回",
            ),
            (
                "chenjing",
                "[确认退款]",
                "TK-202603-0001 | 预存余额 40.00 | @lina 已为贵司办理预存款退款 60.00",
            ),
            ("chenjing", "冲正 SK-202603-0001 金额输错", "请先收回退款，发送“退款 撤销 TK-202603-0001"),
            ("chenjing", "退款 撤销 TK-202603-0001", "请写明原因"),
            (
                "chenjing",
                "退款 撤销 TK-202603-0001 账号有误",
                "60.00 元记回预存 | @lina 已撤销，原因：账号有误",
            ),
            ("chenjing", "退款 撤销 TK-202603-0001 账号有误", "无需重复"),
            ("chenjing", "冲正 SK-202603-0001 金额输错", "已冲正 SK-202603-0001（3,000.00 元，录入错误）"),
        ],
    )
    await payments(debtor)


async def test_the_reason_of_a_reversal_is_sorted(debtor: World) -> None:
    await verify_talk(
        debtor,
        [
            ("sunli", "收款 云帆 100 转账 流水1", "确认收款"),
            ("sunli", "[确认收款]", "已入账"),
            ("chenjing", "冲正 SK-202603-0001 租户要求", "属于哪一类"),
            ("chenjing", "别的", "请点选一类"),
            ("chenjing", "[银行退回]", "已冲正 SK-202603-0001（100.00 元，银行退回）"),
            ("chenjing", "冲正 SK-202603-0001 又一次", "无需重复"),
        ],
    )
    found = (await payments(debtor))[0]
    assert (found.reversal_code, found.reversed_reason) == (ReversalCode.RETURNED, "租户要求")


async def test_the_evening_is_counted_and_locked(debtor: World) -> None:
    await verify_talk(
        debtor,
        [
            ("sunli", "收款 云帆 500 现金", "确认收款"),
            ("sunli", "[确认收款]", "SK-202603-0001"),
            ("sunli", "收款 云帆 300 转账 流水2", "确认收款"),
            ("sunli", "[确认收款]", "SK-202603-0002"),
            ("sunli", "日结", "2 笔，合计 800.00 | 现金：1 笔，500.00 | 日结 确认 500.00"),
            ("sunli", "日结 确认", "账面现金 500.00 元，请清点"),
            ("sunli", "日结 确认 499", "实点 499.00 元，账面 500.00 元，少 1.00 元"),
            ("sunli", "日结 确认 499 找零差错", "已日结，单号 RJ-20260316-01 | 少 1.00 元（找零差错）"),
            ("sunli", "日结 确认 500", "已于 03-16 09:00 日结"),
            ("sunli", "日结", "RJ-20260316-01"),
            (
                "chenjing",
                "日结汇总",
                "全部收款合计 800.00 | 孙丽 800.00 | 已日结 RJ-20260316-01，现金差 -1.00",
            ),
            ("sunli", "日结汇总", "没有这项权限"),
            ("heting", "日结单", "还没有日结"),
            ("chenjing", "冲正 SK-202603-0001 金额输错", "已冲正"),
            ("sunli", "收款 云帆 40 现金", "确认收款"),
            ("sunli", "[确认收款]", "SK-202603-0003"),
            ("sunli", "日结", "2 笔，合计 800.00"),
            ("clock", "2026-03-16 17:50", "@sunli !还没有日结"),
            ("clock", "2026-03-17 09:30", "@chenjing !没有日结"),
            ("sunli", "日结", "2026-03-17 孙丽收款 2 笔，合计 -460.00 | 收 40.00，冲正和退款 500.00"),
        ],
    )
    await debtor.say("sunli", "日结单 昨天")
    text = last_pdf(debtor, "sunli")
    for words in (
        "RJ-20260316-01",
        "孙丽",
        "499.00",
        "找零差错",
        "SK-202603-0002",
        "流水2",
        "人民币捌佰元整",
    ):
        assert words in text
    await payments(debtor)


async def test_days_are_closed_in_their_order(debtor: World) -> None:
    await verify_talk(
        debtor,
        [
            ("sunli", "收款 云帆 500 现金", "确认收款"),
            ("sunli", "[确认收款]", "SK-202603-0001"),
            ("clock", "2026-03-16 17:50", "@sunli 今天收款 1 笔，还没有日结"),
            ("clock", "2026-03-17 10:00", "@chenjing 孙丽 2026-03-16 | @sunli !孙丽 2026-03-16"),
            ("sunli", "收款 云帆 200 转账 流水3", "确认收款"),
            ("sunli", "[确认收款]", "SK-202603-0002"),
            ("sunli", "日结", "2026-03-16 还没有日结"),
            ("sunli", "日结 确认 0", "请先日结 2026-03-16"),
            ("sunli", "日结 确认 昨天 500", "2026-03-16 已日结 | 相符"),
            ("sunli", "日结 确认 0", "2026-03-17 已日结"),
            ("sunli", "日结 确认 3月18日 0", "还没有到"),
            ("sunli", "日结 确认 3月12日 0", "没有收款，无需日结"),
            ("sunli", "日结 2月30日", "没看懂日期"),
        ],
    )


async def test_a_tenant_reads_what_it_has_paid_and_what_remains(debtor: World) -> None:
    await verify_talk(
        debtor,
        [
            ("lina", "付款记录", "还没有收款记录"),
            ("sunli", "收款 云帆 500 现金", "确认收款"),
            ("sunli", "[确认收款]", "已入账"),
            ("sunli", "收款 云帆 300 支票 票号1", "确认收款"),
            ("sunli", "[确认收款]", "已入账"),
            (
                "lina",
                "付款记录",
                "03-16 现金 500.00 元（SK-202603-0001）：2025年12月期初欠费 500.00 | 支票 300.00 元"
                "（SK-202603-0002，待到账） | 还需付 2,100.00 元",
            ),
            ("xiaoming", "付款记录", "只对贵司登记的"),
        ],
    )
    await debtor.advance(at_local(START.date().replace(day=17), 9))
