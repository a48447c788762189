"""单价, 公摊, 违约金, 押金, 清运 and 估读 in chat."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select, update

from models.fees.account import books_balance
from models.fees.bill import Bill, BillKind, BillLine, BillStatus
from models.fees.deposit import Deposit, DepositRefund
from models.fees.meter import Meter, MeterKind, Reading, Tariff
from models.fees.payment import credit_fen
from models.fees.penalty_agreement import PenaltyAgreement, PenaltyWaiver
from models.fees.pool import ShareBasis, SharedPool
from models.people.staff import Staff
from models.people.tenant import Tenant
from models.people.unit import Unit
from tests.fakes.march import issue, quiet_until_25_march
from tests.fakes.world import World, verify_talk

READINGS = """抄表 A-1203 电 15340
A-1203水表112
A-1204 电 15010
A-1204 水 105
B-0305 电 15010
B-0305 水 130
B-0306 电 15100
B-0306 水 105
C-0101 电 15500
C-0101 水 120"""


async def _hall(world: World) -> None:
    """The hall of building A with a main meter that serves A-1203 and A-1204."""
    async with world.db.begin() as session:
        hall = Unit(code="A-公区", building="A", floor="1", area=Decimal(0), common=True)
        session.add(hall)
        await session.flush()
        main = Meter(
            number="ZD-A", unit_id=hall.id, kind=MeterKind.ELECTRICITY, multiplier=Decimal(1), digits=6
        )
        session.add(main)
        await session.flush()
        session.add(
            Reading(
                meter_id=main.id, month="2026-02", value=Decimal(5000), read_at=world.clock.now(),
                entered_by="import", doubts=[], confirmed=True,
            )
        )  # fmt: skip
        session.add(
            SharedPool(
                name="A座公共用电", kind=MeterKind.ELECTRICITY, basis=ShareBasis.AREA, buildings=["A"],
                unit_ids=[], main_ids=[main.id], sub_ids=[],
            )
        )  # fmt: skip


async def test_a_price_is_set_for_a_coming_day_only(world: World) -> None:
    await verify_talk(
        world,
        [
            ("sunli", "单价", "水：5 元/吨（2026-01-01 起） | 电：1 元/度"),
            ("sunli", "单价 电 0.95 2026-05-01", "由财务主管办理"),
            ("chenjing", "单价 电 0.95", "请写成：单价 项目 价格 生效日"),
            ("chenjing", "单价 电 便宜 2026-05-01", "没看懂单价“便宜”"),
            ("chenjing", "单价 气 0.95 2026-05-01", "没有收费项目“气” | 水 | 电"),
            ("chenjing", "单价 电 0.95 2026-03-16", "只能从今天（2026-03-16）以后的日子起"),
            ("chenjing", "单价 电 0.95 2026-03-01", "已经计费的日子不能改"),
            (
                "chenjing",
                "单价 电价 0.95 5月1日",
                "2026-05-01 起 0.95 元/度（此前 1） | 2026年5月账单 | 2026-04-20 之后的用量",
            ),
            ("chenjing", "单价", "电：1 元/度（2026-01-01 起），2026-05-01 起 0.95 元/度"),
            ("chenjing", "单价 撤销 水 2026-05-01", "没有从 2026-05-01 起"),
            ("chenjing", "单价 撤销 电 2026-05-01", "已撤销：电 2026-05-01 起 0.95"),
            ("wangqiang", "单价", "没有这项权限"),
        ],
    )
    async with world.db.read() as session:
        assert len(list(await session.scalars(select(Tariff).where(Tariff.code == "电")))) == 1


async def test_a_negative_pool_stops_finance_who_lets_it_wait(world: World) -> None:
    await world.begins_with(quiet_until_25_march)
    await _hall(world)
    await world.say("liuyan", READINGS + "\nA-公区 电 5200")
    await verify_talk(
        world,
        [
            ("chenjing", "公摊", "A座公共用电：总表 ZD-A，A按面积"),
            (
                "chenjing",
                "出账",
                "公摊“A座公共用电”2026年3月为负数 | 总表 ZD-A 共 200 度 | 2 块分表之和 350 度 | E-A1203 340 度 | 已停止出账",
            ),
            ("chenjing", "复核", "没有待复核"),
            ("sunli", "公摊 暂缓 A座公共用电 待查", "由财务主管办理"),
            ("chenjing", "公摊 暂缓 没有的 待查", "已登记：A座公共用电"),
            ("chenjing", "公摊 暂缓 A座公共用电", "请写明原因"),
            ("chenjing", "公摊 暂缓 A座公共用电 总表待校", "用量并入下月"),
            ("chenjing", "公摊", "2026年3月暂缓：总表待校"),
            ("chenjing", "公摊 暂缓 A座 2月 二月也等等", "2026年2月暂缓"),
            ("chenjing", "公摊 恢复 A座 2026-02", "2026年2月恢复分摊"),
            ("chenjing", "公摊 恢复 A座", "恢复分摊"),
            ("chenjing", "公摊 恢复 A座", "没有暂缓"),
            ("liuyan", "抄表 ZD-A 5450", "已记 1 条"),
        ],
    )
    await verify_talk(world, issue())
    await verify_talk(
        world,
        [
            # 450 − 350 = 100 度; 100 of 180.5 ㎡, A-1204 is empty
            (
                "lina",
                "明细",
                "公摊电费 A-1203（A座公共用电）：55.40 元 | 450 − 分表 350 = 100 度 | 按面积 100/180.5 ㎡",
            ),
            ("chenjing", "公摊", "2026-03（已出账） | 100.00 元，其中空置单元由中心承担 44.60 元"),
            ("liuyan", "抄表 ZD-A 5451", "已计入公摊，不能修改"),
        ],
    )


async def test_a_meter_nobody_could_read_is_estimated_and_settled(world: World) -> None:
    await world.begins_with(quiet_until_25_march)
    await world.say("liuyan", "\n".join(READINGS.splitlines()[1:]).join(["抄表 ", ""]))
    await verify_talk(
        world,
        [
            ("liuyan", "抄表 缺", "A-1203 电表"),
            ("liuyan", "抄表 估 E-A1203", "还没有用量记录 | 抄表 估 E-A1203 15000"),
            ("liuyan", "抄表 估", "请写明是哪块表"),
            ("liuyan", "抄表 估 A-1203 电 15300", "请确认估读：E-A1203 2026年3月 | 由上次 15000 | 计 300"),
            ("liuyan", "也许", "请确认估读"),
            ("liuyan", "否", "没有估读"),
            ("liuyan", "抄表 估 3月 A-1203 电 15300", "请确认估读"),
            ("liuyan", "[记下估读]", "估读 15300 已记下"),
            ("liuyan", "抄表 缺", "已全部抄齐"),
            ("wangqiang", "抄表 估 E-A1203 15300", "没有这项权限"),
        ],
    )
    await verify_talk(world, issue())
    await verify_talk(
        world,
        [
            ("lina", "明细", "电费 A-1203（估）：300.00 元（（15300 估 − 15000） = 300 度"),
            ("liuyan", "3月\n抄表 A-1203 电 15310", ""),
            ("liuyan", "抄表 2026-03\nA-1203 电 15310", "已按估读出账"),
        ],
    )


async def test_a_deposit_on_the_bill_is_held_and_given_back(world: World) -> None:
    await world.begins_with(quiet_until_25_march)
    async with world.db.begin() as session:
        await session.execute(update(Staff).where(Staff.userid == "zhoumin").values(roles=["客服助理"]))
    await verify_talk(
        world,
        [
            ("zhoumin", "押金", "没有登记押金"),
            ("zhoumin", "押金 B-0305 门禁卡押金 100", "青禾科技有限公司 门禁卡押金"),
            ("zhoumin", "[撤销]", "已撤销：门禁卡押金 100.00"),
            (
                "zhoumin",
                "押金 A-1203 装修 5000",
                "已登记押金（编号 | 云帆设计有限公司 装修押金 5,000.00 | 2026-03",
            ),
            ("zhoumin", "押金 A-1203 装修押金 5000", "已登记过同样一笔"),
            ("zhoumin", "押金 A-1203 保证金 5000", "押金项目应为装修押金、门禁卡押金之一"),
            ("zhoumin", "押金 A-1203 装修押金 5000 现金", "由收费员或出纳员办理"),
            ("zhoumin", "押金 A-1204 门禁卡押金 100", "没有租户"),
            ("zhoumin", "清运 A-1203", "请写明金额，例如：清运 A-1203 800"),
            ("zhoumin", "清运 A-1203 800", "垃圾清运费 A-1203 800.00 元（按约定金额，一次性收取，不退）"),
            ("zhoumin", "清运 A-1203 900", "本月已记过清运费"),
            ("zhoumin", "退押金 A-1203 转账 合格", "没有这项权限"),
            ("chenjing", "退押金 A-1203 转账 合格", "没有可退的押金"),
        ],
    )
    await world.say("liuyan", READINGS)
    await verify_talk(world, issue())
    await verify_talk(
        world,
        [
            (
                "lina",
                "明细",
                "装修押金 A-1203：5,000.00 元（押金，期满验收无误后退还） | 垃圾清运费 A-1203：800.00",
            ),
            ("zhoumin", "[撤销]", "已在账单上"),
            ("chenjing", "押金 A-1203", "在账单 ZD-202603-0001，未付清"),
            ("sunli", "收款 云帆 7200 转账", "请确认收款"),
            ("sunli", "是", "全部结清"),
            ("zhoumin", "押金 A-1203", "现押 5,000.00 元 | 已收（ZD-202603-0001）"),
            ("chenjing", "退押金 A-1203 装修押金 6000 转账 合格", "现押 5,000.00 元，不能退 6,000.00"),
            (
                "chenjing",
                "退押金 A-1203 装修押金 4500 转账 扣墙面修补500",
                "转账退 4,500.00 元，退后还押 500.00",
            ),
            (
                "chenjing",
                "[确认退还]",
                "已登记退押金 TY-202603-0001 | 还押 500.00 元 | @lina 已退还贵司装修押金 4,500.00",
            ),
            ("chenjing", "退押金 A-1203 现金 修补费退回", "退后结清"),
            ("chenjing", "否", "没有退押金"),
        ],
    )
    async with world.db.read() as session:
        assert await books_balance(session) == []
        refund = (await session.scalars(select(DepositRefund))).one()
        assert (refund.amount_fen, refund.refunded_by, refund.reason) == (
            450_000,
            "staff:chenjing",
            "扣墙面修补500",
        )
        tenant = (await session.scalars(select(Tenant).where(Tenant.name == "云帆设计有限公司"))).one()
        assert await credit_fen(session, tenant.id) == 0


async def test_a_deposit_taken_at_the_counter_is_in_the_till_and_no_credit(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "账单", "没有未付账单"),
            (
                "sunli",
                "押金 A-1203 门禁卡押金 100 现金",
                "请确认收押金：云帆设计有限公司 A-1203 门禁卡押金，现金 100.00",
            ),
            ("sunli", "[确认收押金]", "押金单 YJ-202603-0001 | @lina 已收到贵司门禁卡押金 100.00"),
            ("sunli", "日结", "1 笔，合计 100.00 元"),
            ("lina", "账单", "没有未付账单 | !预存 | 代管贵司押金 100.00 元"),
            ("sunli", "押金", "现押 100.00 元 | 已收（YJ-202603-0001）"),
            ("chenjing", "退押金 A-1203 门禁卡 现金 卡已交回", "退后结清"),
            ("chenjing", "是", "TY-202603-0001 | 已退 100.00 元"),
            ("chenjing", "退押金 A-1203 门禁卡 现金 再退", "没有可退的门禁卡"),
        ],
    )
    async with world.db.read() as session:
        assert (await session.scalars(select(Deposit))).one().number == "YJ-202603-0001"
    assert [entry.text for entry in world.phone("sunli") if entry.kind == "file"]
    assert [entry.text for entry in world.phone("chenjing") if entry.kind == "file"]


async def test_a_deposit_waiting_for_the_bill_may_be_paid_at_the_counter_instead(world: World) -> None:
    await world.begins_with(quiet_until_25_march)
    await verify_talk(
        world,
        [
            ("heting", "押金 A-1203 装修押金 5000", "随 2026-03 账单收"),
            ("heting", "押金 A-1203 装修押金 5000 转账 流水9", "（流水9）"),
            ("heting", "是", "YJ-202603-0001"),
        ],
    )
    await world.say("liuyan", READINGS)
    await verify_talk(world, issue())
    await verify_talk(world, [("lina", "明细", "共 3 项，合计 1,400.00 元")])


async def test_penalty_is_seen_by_staff_and_let_off_by_the_manager(world: World) -> None:
    await verify_talk(world, [("chenjing", "违约金", "未开启 | 没有登记合同约定")])
    async with world.db.begin() as session:
        tenant = (await session.scalars(select(Tenant).where(Tenant.name == "云帆设计有限公司"))).one()
        session.add(
            PenaltyAgreement(
                tenant_id=tenant.id, contract_reference="DX-018 第 9 条", daily_rate=Decimal("0.0005"),
                from_on=date(2026, 1, 1),
            )
        )  # fmt: skip
        session.add(
            Bill(
                tenant_id=tenant.id, month="2026-01", kind=BillKind.OPENING, status=BillStatus.ISSUED,
                number="QC202601-0001", total_fen=140_000, due_on=date(2026, 3, 6),
                issued_at=world.clock.now(),
                )
        )  # fmt: skip
        await session.flush()
        bill = (await session.scalars(select(Bill))).one()
        session.add(
            BillLine(
                bill_id=bill.id,
                position=1,
                code="期初",
                name="期初欠费",
                basis="",
                amount_fen=140_000,
                source={},
            )
        )
    await verify_talk(
        world,
        [
            (
                "chenjing",
                "违约金",
                "DX-018 第 9 条 | 每日 0.5‰ | 偏高 | QC202601-0001）：7.00 元，尚未计入账单",
            ),
            ("chenjing", "违约金 免 QC202601-0001 首次逾期", "由项目经理批准"),
            ("zhengwei", "违约金 免 QC202601-0001", "请写明原因"),
            ("zhengwei", "违约金 免 ZD-999999-0001 首次", "没有这份账单"),
            ("zhengwei", "违约金 免 QC202601-0001 首次逾期", "已免收"),
            ("wangqiang", "违约金", "没有这项权限"),
        ],
    )
    async with world.db.read() as session:
        assert (await session.scalars(select(PenaltyWaiver))).one().reason == "首次逾期"
