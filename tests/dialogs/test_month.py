"""A month of fees in chat: readings, draft, check, approval, bills, money. The park's February is read already."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select, update

from models.fees.account import books_balance
from models.fees.bill import Bill, BillRun, ServiceCharge
from models.fees.meter import Reading
from models.fees.payment import Payment
from models.people.staff import Staff
from tests.fakes.march import (
    READINGS,
    issue,
    march_issued,
    march_read,
    quiet_until_21_march,
    quiet_until_25_march,
)
from tests.fakes.world import World, verify_talk

WRONG_WORDS = [
    ("chenjing", "出账 13月"),
    ("chenjing", "复核 你好"),
    ("zhengwei", "批准 3月"),
    ("zhengwei", "欠费 无此公司"),
    ("liuyan", "缺抄 三十月"),
]


async def _count(world: World, condition: ColumnElement[bool]) -> int:
    async with world.db.read() as session:
        return await session.scalar(select(func.count()).where(condition)) or 0


async def test_readings_are_taken_many_at_once_and_odd_ones_asked_about(world: World) -> None:
    await world.begins_with(quiet_until_21_march)
    await verify_talk(
        world,
        [
            ("liuyan", "抄表", "请粘贴读数 | 还缺 8 块表"),
            (
                "liuyan",
                "A-1203 电 15000\nA-1203 水 90\nZ-1 电 3\n乱写",
                "已记 1 条 | 用量为 0 | 小于上次 | 第 3 行 | 第 4 行",
            ),
            ("liuyan", "抄表 待确认", "A-1203 电表"),
            ("liuyan", "[确认]", "已确认 | 没有待确认的读数了"),
            ("liuyan", "抄表 A-1203 电 15000", "与已记相同 1 条"),
            ("liuyan", "抄表 缺", "还缺 7 块表 | A-1203 水表"),
        ],
    )
    assert await _count(world, Reading.month == "2026-03") == 1


async def test_what_happens_to_meters_is_told_in_one_line(world: World) -> None:
    await world.begins_with(quiet_until_21_march)
    await verify_talk(
        world,
        [
            ("liuyan", "抄表 换表 E-A1203 旧止 15200 新起 0 倍率 40", "2026-03-20 换表"),
            ("liuyan", "抄表 换表 E-A1203 旧止 15200 新起 0 倍率 40", "已经登记过"),
            ("liuyan", "抄表 A-1203 电 5", "已记 1 条"),
            ("liuyan", "抄表 翻转 W-A1203 00012", "走满归零"),
            ("liuyan", "抄表 交接 E-B0306 15010 2026-03-10", "2026-03-10 的交接读数"),
            ("liuyan", "抄表 换表 E-A1203", "请写成"),
            ("liuyan", "抄表 翻转 你好", "请写成"),
            ("liuyan", "抄表 换表 E-A1203 旧止 1 新起 0 2026-02-30", "没有“2026-02-30”这一天"),
        ],
    )
    assert await _count(world, Reading.rollover) == 1


async def test_a_month_goes_from_readings_to_paid_bills(world: World) -> None:
    await world.begins_with(march_issued)
    await verify_talk(
        world,
        [
            ("zhengwei", "批准", "没有待批准的账单"),
            ("chenjing", "出账", "已经发出"),
            # 100 ㎡ × 10 + 340 × 1 + 12 × 5
            ("lina", "账单", "1 期 | 1,400.00 | 2026-04-15"),
            ("lina", "明细", "物业服务费 A-1203：1,000.00 | 340 度 × 1 元/度 | 60.00 | 应付 1,400.00"),
            ("lina", "为什么比上月多?", "2026年3月账单 1,400.00 元 | 上月没有账单"),
            ("lina", "明细 2月", "没有2026年2月账单"),
            # × 40: 10 × 40 = 400 度
            ("zhaomin", "明细 3月", "倍率 40 = 400 度 | !A-1203"),
            (
                "sunli",
                "收款 云帆 1000 转账 流水号88",
                "请确认收款：云帆设计有限公司 | 现欠 1,400.00 | 还欠 400.00",
            ),
            ("sunli", "[确认收款]", "已入账：SK-202603-0001 | 2026年3月账单：1,000.00 | 还欠 400.00"),
            ("lina", "账单", "已付 1,000.00，还需付 400.00"),
            ("sunli", "收款 A-1203 500 现金", "结清，余 100.00 元转预存"),
            ("sunli", "是", "转预存：100.00 | 全部结清"),
            ("lina", "账单", "没有未付账单 | 预存余额 100.00"),
            ("heting", "欠费", "欠费 2 家 | !云帆"),
            ("sunli", "日结", "2 笔，合计 1,500.00 | 现金：1 笔 | 转账：1 笔"),
            ("chenjing", "冲正 SK-202603-0002 金额输错", "已冲正 | 已告知租户"),
            ("lina", "账单", "还需付 400.00"),
        ],
    )
    async with world.db.read() as session:
        assert await books_balance(session) == []


async def test_the_payer_hears_that_the_money_has_come(world: World) -> None:
    await world.begins_with(march_issued)
    await world.say("lina", "账单")
    await world.say("sunli", "收款 云帆 1400 转账")
    await world.press("sunli", "确认收款")
    assert any("已收到贵司" in text and "全部结清" in text for text in world.new("lina"))
    assert not any("已收到" in entry.text for entry in world.phone("xiaoming"))


async def test_paid_work_is_put_on_the_months_bill(world: World) -> None:
    await world.begins_with(quiet_until_25_march)
    async with world.db.begin() as session:
        await session.execute(update(Staff).where(Staff.userid == "zhoumin").values(roles=["客服助理"]))
    await verify_talk(
        world,
        [
            ("zhoumin", "有偿", "还没有有偿服务费"),
            ("zhoumin", "有偿 A-1203 更换 门锁 120.50", "云帆设计有限公司 更换 门锁 120.50 | 2026-03"),
            ("zhoumin", "有偿 A-1203 更换 门锁 120.50", "已记过同样一笔"),
            ("zhoumin", "有偿 A-1204 换锁 20", "没有租户"),
            ("zhoumin", "有偿 B-0305 保洁 80", "青禾科技有限公司 保洁"),
            ("zhoumin", "有偿 撤销", "请写明编号"),
            ("wangqiang", "有偿 A-1203 换锁 5", "没有这项权限"),
            (
                "zhoumin",
                "有偿 提交",
                "2 笔，合计 200.50 元 | A-1203 云帆设计有限公司：1 笔，120.50 元 | 已提交财务"
                " | @chenjing 【有偿服务汇总】周敏提交 | @chenjing B-0305 青禾科技有限公司：1 笔，80.00 元",
            ),
        ],
    )
    await verify_talk(
        world,
        [
            ("liuyan", READINGS, "已记 10 条 | 本月已全部抄齐 | @chenjing 3月读数已全部抄齐"),
            *issue("3 家租户 | 14 项"),
            ("lina", "明细", "更换 门锁：120.50 元（有偿服务单）"),
            ("zhoumin", "有偿 撤销 999", "没有这笔"),
        ],
    )
    async with world.db.read() as session:
        assert (await session.scalars(select(ServiceCharge))).first().bill_id is not None


async def test_a_run_is_sent_back_with_a_reason_and_made_again(world: World) -> None:
    await world.begins_with(march_read)
    await verify_talk(
        world,
        [
            ("chenjing", "出账 3月", "3 家租户"),
            ("chenjing", "[退回]", "请写明退回的原因"),
            ("chenjing", "缺一块表", "已退回"),
            ("chenjing", "复核", "已被退回：缺一块表"),
            ("chenjing", "出账", "3 家租户"),
            ("chenjing", "复核", "已复核"),
            ("zhengwei", "驳回", "请写明原因"),
            ("zhengwei", "驳回 A-1203 电费偏高", "已退回"),
            ("zhengwei", "批准", "没有待批准"),
            ("chenjing", "出账", "3 家租户"),
            ("chenjing", "复核 3月", ""),
            ("zhengwei", "批准 3月", "已批准"),
        ],
    )
    assert any("A-1203 电费偏高" in entry.text for entry in world.phone("chenjing"))


async def test_money_words_are_for_those_who_may(world: World) -> None:
    await world.begins_with(march_issued)
    await verify_talk(
        world,
        [
            ("wangqiang", "抄表 A-1203 电 16000", "没有这项权限"),
            ("liuyan", "出账", "没有这项权限"),
            ("sunli", "复核", "没有这项权限"),
            ("chenjing", "批准", "没有这项权限"),
            ("heting", "冲正 SK-202603-0001 错", "没有这项权限"),
            ("zhoumin", "欠费", "没有这项权限"),
            ("xiaoming", "账单", "只对贵司登记的"),
            ("xiaoming", "明细", "只对贵司登记的"),
            ("stranger", "账单", "绑定"),
        ],
    )
    assert await _count(world, Reading.value == 16000) == 0


async def test_nobody_gets_at_a_run_by_a_made_up_key(world: World) -> None:
    await world.begins_with(march_issued)
    for key in ("check:1", "bill_approve:1", "bill_reject:1", "reading_ok:1", "check:x", "bill_return:"):
        await world.press_key("wangqiang", key)
    for key in ("bill_approve:999", "bill_approve:x", "bill_approve:", "bill_reject:1"):
        await world.press_key("zhengwei", key)
    assert all("没有这项权限" in text for text in world.new("wangqiang"))
    assert any("没有找到这次出账" in text for text in world.new("zhengwei"))
    async with world.db.read() as session:
        assert (await session.scalars(select(BillRun))).one().issued_by == "staff:zhengwei"


async def test_one_message_delivered_twice_is_one_payment(world: World) -> None:
    await world.begins_with(march_issued)
    await world.say("sunli", "收款 云帆 100 现金", key="m1")
    await world.say("sunli", "是", key="m2")
    await world.say("sunli", "是", key="m2")
    async with world.db.read() as session:
        assert await session.scalar(select(func.count(Payment.id))) == 1


async def test_the_cashier_is_asked_which_of_several_pays(world: World) -> None:
    await world.begins_with(march_issued)
    await verify_talk(
        world,
        [
            ("sunli", "收款 有限公司 100 现金", "请选择付款的租户 | 云帆设计有限公司 | 青禾科技有限公司"),
            ("sunli", "第三家", "请选择付款的租户"),
            ("sunli", "2", "请确认收款：青禾科技有限公司"),
            ("sunli", "也许", "请确认收款"),
            ("sunli", "否", "没有入账"),
            ("sunli", "收款 无此公司 100 现金", "没有找到租户"),
            ("sunli", "收款 云帆", "请写成"),
            ("sunli", "日结", "没有收款"),
        ],
    )
    assert await _count(world, Payment.id > 0) == 0


async def test_a_wrong_argument_is_answered_with_the_next_step(world: World) -> None:
    for who, word in WRONG_WORDS:
        world.new(who)
        answers = await world.say(who, word)
        assert len(answers) == 1, word
        assert "出了点问题" not in answers[0], word
        assert await _count(world, Bill.id > 0) == 0, word


async def test_a_list_too_long_for_one_message_is_not_cut_unseen(world: World) -> None:
    long = "抄表\n" + "\n".join(f"A-1203 电 {15000 + number}" for number in range(200))
    await verify_talk(
        world, [("liuyan", long, "太长，没有处理 | 分成几条发送"), ("liuyan", "缺抄", "A-1203 电表")]
    )
