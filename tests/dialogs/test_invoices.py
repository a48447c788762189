"""Invoices in chat: asked for, issued by finance, handed over, reversed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.clock import at_local
from models.fees.bill import Bill, BillKind, BillStatus
from models.invoices.invoice import Invoice, InvoiceState
from models.invoices.invoiceable import invoiceable
from models.people.tenant import Tenant
from tests.fakes.world import START, World, verify_talk

CODE = "91350100M000100Y43"
NUMBER, RED = "26332000000012345678", "26332000000087654321"
TITLE = [
    ("lina", "发票", "请回复发票抬头 | 云帆设计有限公司"),
    ("lina", "[用公司名称]", "纳税人识别号"),
    ("lina", "91350100M000100Y44", "校验位不对"),
    ("lina", CODE.lower(), "邮箱"),
    ("lina", "caiwu", "没看懂这个邮箱"),
    (
        "lina",
        "caiwu@yunfan.example.com",
        f"可申请开票 | 抬头：云帆设计有限公司 | 税号：{CODE} | 收据不是发票",
    ),
]
APPLICATION = (
    "lina",
    "[申请开票]",
    "已申请开票 1,000.00 元，申请单 FP-202603-0001"
    f" | @sunli {CODE} | @sunli 2026年2月账单 1,000.00 | @sunli SK-202603-0001 | @chenjing FP-202603-0001",
)


async def partly_paid(world: World) -> None:
    """云帆 has paid 1,000 of the 1,400 it owes for February."""
    async with world.db.begin() as session:
        tenant = (await session.scalars(select(Tenant).where(Tenant.name == "云帆设计有限公司"))).one()
        session.add(
            Bill(
                tenant_id=tenant.id, month="2026-02", kind=BillKind.MONTH, status=BillStatus.ISSUED,
                number="ZD-202602-0001", total_fen=140_000, paid_fen=0, due_on=START.date(),
            )
        )  # fmt: skip
    await pay(world, "1000")


async def applied_for(world: World) -> None:
    """It has given its title and asked for the invoice."""
    await world.begins_with(partly_paid)
    await verify_talk(world, [*TITLE, APPLICATION])


@pytest.fixture
async def paid(world: World) -> World:
    await world.begins_with(partly_paid)
    return world


@pytest.fixture
async def applied(world: World) -> World:
    await world.begins_with(applied_for)
    return world


async def pay(world: World, amount: str, method: str = "转账") -> None:
    await world.say("sunli", f"收款 云帆 {amount} {method} 凭证{amount}")
    await world.press("sunli", "确认收款")


async def invoices(world: World) -> list[Invoice]:
    async with world.db.read() as session:
        return list(await session.scalars(select(Invoice).order_by(Invoice.id)))


async def open_fen(world: World) -> int:
    async with world.db.read() as session:
        tenant = (await session.scalars(select(Tenant).where(Tenant.name == "云帆设计有限公司"))).one()
        return sum(item.amount_fen for item in await invoiceable(session, tenant.id))


async def test_an_invoice_goes_from_the_question_to_the_file(applied: World) -> None:
    await verify_talk(
        applied,
        [
            ("lina", "发票", "没有已付、未开票的款项 | FP-202603-0001 1,000.00 元，待开票"),
            ("sunli", "开票", "待开票 1 张 | FP-202603-0001 云帆设计有限公司 1,000.00"),
            ("sunli", "开票 FP-202603-0001", f"待开票 | {CODE} | caiwu@yunfan.example.com"),
            ("sunli", "开票 FP-202603-0001 123", "20 位数字"),
            (
                "sunli",
                f"开票 FP-202603-0001 {NUMBER}",
                f"已登记 FP-202603-0001 | @lina 号码 {NUMBER}，1,000.00 元",
            ),
            ("sunli", "<photo>", "图片已存入，已发给租户"),
            ("sunli", f"开票 FP-202603-0001 {NUMBER}", "现在是“已开票”"),
        ],
    )
    assert applied.phone("lina")[-1].kind == "image"
    applied.new("lina")
    await applied.say("lina", "发票 FP-202603-0001")
    assert [entry.kind for entry in applied.phone("lina")[-2:]] == ["image", "image"]
    found = (await invoices(applied))[0]
    assert (found.state, found.invoice_number, found.amount_fen) == (InvoiceState.ISSUED, NUMBER, 100_000)
    assert await open_fen(applied) == 0


async def test_no_part_of_a_payment_is_invoiced_twice(applied: World) -> None:
    await pay(applied, "600")
    assert await open_fen(applied) == 40_000  # the other 200 are credit: they have paid nothing yet
    await verify_talk(
        applied,
        [
            ("lina", "发票", "可申请开票 400.00 元 | !请回复发票抬头"),
            ("lina", "[申请开票]", "400.00 元，申请单 FP-202603-0002"),
            ("lina", "发票", "没有已付、未开票的款项"),
        ],
    )
    assert [each.amount_fen for each in await invoices(applied)] == [100_000, 40_000]


async def test_one_payment_may_be_chosen(paid: World) -> None:
    await pay(paid, "400")
    await verify_talk(
        paid,
        [
            *TITLE[:-1],
            ("lina", "caiwu@yunfan.example.com", "可申请开票 1,400.00"),
            ("lina", "[先不开]", "没有申请"),
            ("lina", "发票 SK-202603-0002", "可申请开票 400.00"),
            ("lina", "[申请开票]", "400.00 元"),
            ("lina", "发票", "可申请开票 1,000.00"),
        ],
    )


async def test_a_cheque_is_invoiced_once_it_has_cleared(paid: World) -> None:
    await pay(paid, "400", "支票")
    assert await open_fen(paid) == 100_000
    await verify_talk(paid, [("sunli", "支票 到账 SK-202603-0002", "支票到账")])
    assert await open_fen(paid) == 140_000


async def test_a_reversal_withdraws_the_application(applied: World) -> None:
    await verify_talk(
        applied,
        [
            (
                "chenjing",
                "冲正 SK-202603-0001 金额输错",
                "涉及发票 FP-202603-0001 | @sunli 请不要再开 | @lina 已撤销",
            ),
            ("sunli", f"开票 FP-202603-0001 {NUMBER}", "现在是“已撤销”"),
            ("sunli", "开票", "没有待办的开票申请"),
        ],
    )
    await pay(applied, "900")
    assert await open_fen(applied) == 90_000


async def test_a_reversal_of_an_invoiced_payment_asks_for_the_red_letter(paid: World) -> None:
    await pay(paid, "400")
    await verify_talk(
        paid,
        [
            *TITLE,
            ("lina", "[申请开票]", "1,400.00"),
            ("sunli", f"开票 FP-202603-0001 {NUMBER}", "已登记"),
            (
                "chenjing",
                "冲正 SK-202603-0002 金额输错",
                f"涉及发票 FP-202603-0001 | @sunli 【待红冲】FP-202603-0001 发票 {NUMBER} | @sunli SK-202603-0002 已冲正",
            ),
            ("sunli", "开票", "待红冲 1 张"),
            ("lina", "发票", "没有已付、未开票的款项 | 待红冲"),
            ("sunli", f"红冲 FP-202603-0001 {NUMBER}", "请写红字发票的号码"),
            (
                "sunli",
                f"红冲 FP-202603-0001 {RED}",
                "已登记 FP-202603-0001 红冲 | @lina 已红冲 | @lina 请勿入账",
            ),
            ("sunli", f"红冲 FP-202603-0001 {RED}", "不能红冲"),
            ("lina", "发票", "可申请开票 1,000.00"),
            ("lina", "[申请开票]", "FP-202603-0002"),
        ],
    )
    assert [each.state for each in await invoices(paid)] == [InvoiceState.REVERSED, InvoiceState.APPLIED]


async def test_finance_sends_an_application_back(applied: World) -> None:
    await verify_talk(
        applied,
        [
            ("sunli", "开票 0001 撤销", "请写明原因"),
            ("sunli", "开票 0001 撤销 抬头与营业执照不符", "款项可以重新申请 | @lina 抬头与营业执照不符"),
            ("lina", "发票 修改", "请回复发票抬头"),
            ("lina", "云帆设计（杭州）有限公司", "纳税人识别号"),
            ("lina", CODE, "邮箱"),
            ("lina", "[不需要]", "可申请开票 1,000.00 | 抬头：云帆设计（杭州）有限公司 | 微信接收"),
            ("lina", "[申请开票]", "FP-202603-0002"),
        ],
    )


async def test_who_wrote_long_ago_gets_a_neutral_sms_and_the_file_later(applied: World) -> None:
    await applied.leap(at_local(START.date().replace(day=19), 10))
    await applied.show("sunli")
    await applied.say("sunli", f"开票 0001 {NUMBER}")
    assert [entry.text for entry in applied.phone("13800010001")][-1:] == ["file_ready"]
    before = len(applied.phone("lina"))
    await applied.say("lina", "你好")
    assert "image" in [entry.kind for entry in applied.phone("lina")[before:]]


async def test_invoices_are_for_finance_and_for_those_who_see_money(applied: World) -> None:
    await verify_talk(
        applied,
        [
            ("xiaoming", "发票", "只对贵司登记的"),
            ("stranger", "发票", "绑定"),
            ("zhaomin", "发票 FP-202603-0001", "没有这张开票申请"),
            ("zhaomin", "发票 SK-202603-0001", "没有这张收款单"),
            ("zhaomin", "发票", "没有已付、未开票的款项 | !云帆"),
            ("heting", "开票", "没有这项权限"),
            ("zhoumin", "红冲 FP-202603-0001 1", "没有这项权限"),
        ],
    )
    assert not any(CODE in entry.text for who in ("heting", "zhoumin") for entry in applied.phone(who))


async def test_finance_is_reminded_of_what_waits(applied: World) -> None:
    applied.only("invoices.waiting")
    await verify_talk(
        applied,
        [
            ("clock", "2026-03-18 10:00", "@sunli !开票申请已等"),
            (
                "clock",
                "2026-03-19 10:00",
                "@sunli 1 张开票申请已等 3 天以上 | @sunli FP-202603-0001 | @heting !FP-",
            ),
        ],
    )


async def test_finance_is_warned_of_what_may_have_been_invoiced_before(world: World) -> None:
    async with world.db.begin() as session:
        tenant = (await session.scalars(select(Tenant).where(Tenant.name == "云帆设计有限公司"))).one()
        session.add(
            Bill(
                tenant_id=tenant.id, month="2025-12", kind=BillKind.OPENING, status=BillStatus.ISSUED,
                number="ZD-202512-0001", total_fen=50_000, paid_fen=0, due_on=START.date(),
            )
        )  # fmt: skip
    await pay(world, "500")
    await verify_talk(
        world,
        [
            *TITLE,
            ("lina", "[申请开票]", "500.00 元 | @sunli 期初欠费 500.00 | @sunli 启用本系统前是否已经开过票"),
        ],
    )
