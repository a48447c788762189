"""收据 and 维修工单 asked for and handed over in chat."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from models.clock import at_local
from models.fees.bill import Bill, BillKind, BillStatus
from models.fees.payment import Payment
from models.messages.media import Media
from models.messages.outbox import OutboxMessage
from models.people.tenant import Tenant
from tests.documents.samples import photo
from tests.fakes.world import START, World, verify_talk

HOSTILE = '#panic("x") *云帆* $1/0$ \\ <script>"}]{\u202e'


async def owes_for_february(world: World) -> None:
    """A chapter: 云帆 owes 1,400."""
    async with world.db.begin() as session:
        tenants = await session.scalars(select(Tenant).where(Tenant.name == "云帆设计有限公司"))
        tenant = tenants.one()
        session.add(
            Bill(
                tenant_id=tenant.id, month="2026-02", kind=BillKind.MONTH, status=BillStatus.ISSUED,
                number="ZD-202602-0001", total_fen=140_000, paid_fen=0, due_on=START.date(),
            )
        )  # fmt: skip


async def paid_a_thousand(world: World) -> None:
    """A chapter: of that, 1,000."""
    await _pay(world)


@pytest.fixture
async def debtor(world: World) -> World:
    await world.begins_with(owes_for_february)
    return world


@pytest.fixture
async def payer(world: World) -> World:
    await world.begins_with(owes_for_february, paid_a_thousand)
    return world


async def _pay(world: World, amount: str = "1000") -> None:
    await world.say("sunli", f"收款 云帆 {amount} 转账 流水号88")
    await world.press("sunli", "确认收款")


def _files(world: World, person: str) -> list[bytes]:
    return [world.platform.media[entry.text] for entry in world.phone(person) if entry.kind == "file"]


def _text(pdf: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


async def test_the_cashier_gets_the_receipt_behind_the_answer(payer: World) -> None:
    answer, file = payer.phone("sunli")[-2:]
    assert (answer.kind, file.kind) == ("text", "file")
    assert "已入账：SK-202603-0001" in answer.text
    text = _text(_files(payer, "sunli")[0])
    for wanted in ("云帆设计有限公司", "人民币壹仟元整", "ZD-202602-0001", "（部分）", "流水号88", "孙丽"):
        assert wanted in text
    assert "截至开具时（2026-03-1609:00），尚未缴400.00元" in text


async def test_a_payment_gives_the_tenant_no_message_more_than_before(debtor: World) -> None:
    await debtor.say("lina", "账单")
    await _pay(debtor)
    assert [entry.kind for entry in debtor.phone("lina")][1:] == ["menu"]


async def test_the_receipt_is_the_same_file_after_more_was_paid(payer: World) -> None:
    await _pay(payer, "500")
    await payer.advance(at_local(START.date(), 15))
    await payer.say("heting", "收据 sk-202603-0001")
    await payer.say("lina", "收据 0001 谢谢")
    first, second = _files(payer, "sunli")
    assert _files(payer, "heting") == _files(payer, "lina") == [first]
    assert "转入预存款100.00" in _text(second)
    assert await _digests(payer) == 2


async def _digests(world: World) -> int:
    async with world.db.read() as session:
        kept = set(await session.scalars(select(Payment.receipt_sha256)))
    return len(kept - {""})


async def test_a_tenant_gets_its_newest_receipt_without_a_number(debtor: World) -> None:
    assert "还没有收款记录" in (await debtor.say("lina", "收据"))[-1]
    await _pay(debtor)
    await _pay(debtor, "100")
    debtor.new("lina")
    assert len(await debtor.say("lina", "收据")) == 1
    assert _files(debtor, "lina") == _files(debtor, "sunli")[1:]


async def test_receipts_are_for_those_who_may_see_the_money(payer: World) -> None:
    await verify_talk(
        payer,
        [
            ("zhaomin", "收据 SK-202603-0001", "没有这张收款单"),
            ("zhaomin", "收据", "还没有收款记录"),
            ("xiaoming", "收据", "只对贵司登记的"),
            ("stranger", "收据", "绑定"),
            ("wangqiang", "收据 SK-202603-0001", "没有这项权限"),
            ("sunli", "收据", "没有这张收款单 | SK-"),
            ("sunli", "收据 %1", "没有这张收款单"),
        ],
    )
    assert not any(_files(payer, who) for who in ("zhaomin", "xiaoming", "stranger", "wangqiang"))


async def test_no_receipt_for_money_taken_back(payer: World) -> None:
    await verify_talk(
        payer,
        [
            ("chenjing", "冲正 SK-202603-0001 金额输错", "已冲正"),
            ("sunli", "收据 SK-202603-0001", "03-16 09:00 冲正，收据作废"),
            ("lina", "收据 SK-202603-0001", "收据作废"),
            ("lina", "收据", "还没有收款记录"),
        ],
    )
    assert len(_files(payer, "sunli")) == 1


async def test_a_receipt_still_waiting_is_withheld_when_the_money_is_taken_back(payer: World) -> None:
    later = at_local(START.date(), 12)
    async with payer.db.begin() as session:
        payment = (await session.scalars(select(Payment))).one()
        payment.reversed_at = START
        receipts = select(OutboxMessage).where(OutboxMessage.guard == f"payment:{payment.id}")
        sent = (await session.scalars(receipts)).one()
        await session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == sent.id)
            .values(status="due", due_at=later, request=None, attempts=0, owner="", in_doubt_since=None)
        )
    await payer.advance(later)
    async with payer.db.read() as session:
        again = await session.get_one(OutboxMessage, sent.id)
    assert (again.status, again.reason) == ("withheld", "收款已冲正")


async def test_a_hostile_company_name_is_only_a_name(debtor: World) -> None:
    async with debtor.db.begin() as session:
        await session.execute(update(Tenant).where(Tenant.name == "云帆设计有限公司").values(name=HOSTILE))
    await _pay(debtor)
    await debtor.say("lina", "报修 灯不亮")
    await debtor.say("zhoumin", "工单 R01")
    for who in ("sunli", "zhoumin"):
        [pdf] = _files(debtor, who)
        assert HOSTILE.replace(" ", "").removesuffix("\u202e") in _text(pdf)


async def test_the_work_order_tells_the_story_with_its_photos(world: World) -> None:
    await world.show("lina", photo())
    await verify_talk(
        world,
        [
            ("lina", "报修 茶水间灯不亮", "R01"),
            ("zhoumin", "派单 R01 王强", "已派给王强"),
            ("wangqiang", "接单", "已接单"),
            ("wangqiang", "到场", "已到场"),
        ],
    )
    await world.show("wangqiang", photo(480, 640))
    await verify_talk(
        world, [("wangqiang", "完工 R01 换灯管两支", "完工"), ("wangqiang", "工单 r1", "file-")]
    )
    pdf = _files(world, "wangqiang")[-1]
    text = _text(pdf)
    for wanted in ("R01", "云帆设计有限公司", "A-1203", "138****0001", "派单→王强", "完工换灯管两支"):
        assert wanted in text
    assert ("报修照片" in text, "完工照片" in text, "无有偿费用" in text) == (True, True, True)
    assert "发出的消息" in text and "王强师傅已接单R01" in text
    assert sum(len(page.images) for page in PdfReader(io.BytesIO(pdf)).pages) == 2


async def test_a_complaint_has_a_sheet_of_its_own(world: World) -> None:
    await verify_talk(world, [("lina", "投诉 走廊三天没打扫", "T01"), ("linfang", "工单 T01", "file-")])
    text = _text(_files(world, "linfang")[-1])
    assert "投诉处理单" in text and "投诉人" in text and "维修" not in text


async def test_a_lost_photo_does_not_cost_the_work_order(world: World) -> None:
    await world.show("lina", photo())
    await world.say("lina", "报修 灯不亮")
    async with world.db.read() as session:
        media = (await session.scalars(select(Media))).one()
    world.core.files.path(media.sha256).unlink()
    await world.say("zhoumin", "工单 R01")
    assert "照片无法显示" in _text(_files(world, "zhoumin")[-1])


async def test_what_staff_tell_each_other_is_not_on_the_sheet(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "报修 灯不亮", "R01"),
            ("zhoumin", "派单 R01 王强", "已派给王强"),
            ("wangqiang", "退单 R01 这家总是挑剔", "已退单"),
            ("zhoumin", "工单 R01", "file-"),
        ],
    )
    text = _text(_files(world, "zhoumin")[-1])
    assert "退单" in text
    assert "挑剔" not in text


async def test_a_work_order_is_for_those_who_see_cases(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "报修 灯不亮", "R01"),
            ("chenjing", "工单 R01", "没有这项权限"),
            ("zhoumin", "工单", "请写明单号"),
            ("zhoumin", "工单 R99", "没有找到单号 R99"),
        ],
    )
    assert not any(_files(world, who) for who in ("chenjing", "zhoumin"))
