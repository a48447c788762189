"""One fault, many voices: merged by a tap, told to every reporter, and nobody's word ends it for the others."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from models.calendar.period import Month
from models.cases.case import Case, Deadline
from models.cases.merge_proposal import MergeProposal
from models.kpi.desk import By, desk_month
from models.people.tenant import Contact, Tenancy, Tenant
from models.people.unit import Unit
from tests.fakes.world import World, verify_talk


async def neighbours(world: World) -> None:
    """Lina's company moves in beside the other one in building B, so that two tenants share an installation."""
    async with world.db.begin() as session:
        tenant = (await session.scalars(select(Tenant).where(Tenant.name.startswith("云帆")))).one()
        unit = Unit(code="B-0501", building="B", floor="5", area=Decimal(10))
        session.add(unit)
        await session.flush()
        price = Decimal("1.00")
        session.add(
            Tenancy(tenant_id=tenant.id, unit_id=unit.id, start_on=date(2026, 1, 1), price_yuan=price)
        )


async def reported(world: World) -> None:
    """Both tenants say that there is no water."""
    await neighbours(world)
    await verify_talk(
        world,
        [
            ("zhaomin", "报修 B-0305 停水了", "R01"),
            ("zhaomin", "<photo>", "照片已加到 R01"),
            (
                "lina",
                "报修 B-0501 水龙头不出水",
                "R02 | @zhoumin 是同一件吗？R01 和 R02 | @zhoumin 相隔 0 分钟 | @zhoumin 都说到停水",
            ),
        ],
    )


async def merged(world: World) -> None:
    """The desk says it is one fault."""
    await verify_talk(
        world,
        [
            ("lina", "<photo>", "照片已加到 R02"),
            ("zhoumin", "待办", "是不是同一件 | R02 和 R01 | 并单 R02 R01"),
            ("zhoumin", "[合并]", "R02 已并入 R01 | 拆单 R02 | @lina R02 与附近报来的是同一个故障 | @lina !青禾"),
        ],
    )  # fmt: skip


async def test_every_reporter_is_told_each_step_and_rates(world: World) -> None:
    await world.begins_with(reported, merged)
    await verify_talk(
        world,
        [
            ("zhoumin", "待办", "!是不是同一件 | R01 | !R02"),
            ("zhoumin", "派单 R01 王强", "已派给王强 | @zhaomin R01 已派给王强师傅 | @lina R02 已派给王强师傅"),
            ("wangqiang", "[接单]", "同一件：R02 B-0501（云帆设计有限公司） | @lina 王强师傅已接单 R02 | @zhaomin 接单 R01"),
            ("lina", "补充 R02 五楼整层都没水", "已补充到 R02 | @wangqiang R02 租户补充：五楼整层都没水"),
            ("lina", "<photo>", "照片已加到 R02"),
            ("lina", "进度 R02", "已合并处理·已接单（王强） | 周敏 派单 → 王强 | !R01 | !青禾 | !赵敏 | !停水了"),
            ("zhaomin", "进度 R01", "已接单（王强） | !R02 | !李娜 | !云帆"),
            ("zhoumin", "进度 R01", "同一件：R02 B-0501（云帆设计有限公司 李娜） | R02 李娜 登记 | 并入 R02"),
            ("wangqiang", "[到场]", "@lina 王强师傅已到现场处理 R02"),
            ("wangqiang", "完工 R01 更换水泵", "已完工 | @lina R02 已完工：更换水泵 | @zhaomin R01 已完工：更换水泵"),
            ("lina", "[签认]", "R02 已签认 | 打个分"),
            ("lina", "[5 分 ★★★★★]", "R02 已评 5 分"),
            ("zhaomin", "进度 R01", "已完工，待签认"),
            ("zhaomin", "[有问题，重修]", "R01 已重新安排 | @lina !R02"),
        ],
    )  # fmt: skip
    images = [entry for entry in world.phone("wangqiang") if entry.kind == "image"]
    assert len(images) == 3, "both tenants' pictures, and the one that came later"
    async with world.db.read() as session:
        rated = {case.number: case.rating for case in await session.scalars(select(Case).order_by(Case.id))}
        month = await desk_month(session, Month(2026, 3), world.clock.now(), world.core.rules)
    assert rated == {"R01": None, "R02": 5}
    assert (month.rated, month.groups[By.CATEGORY][0].count) == (1, 1), "one order, and the stars of both"


async def test_a_reporter_who_leaves_ends_it_for_nobody_else(world: World) -> None:
    await world.begins_with(reported, merged)
    await verify_talk(
        world,
        [
            ("zhoumin", "派单 R01 王强", "已派给王强"),
            ("zhaomin", "取消 R01", "R01 已取消 | @wangqiang 已派单 R02 给排水 | @lina R02 已派给王强师傅 | @lina !已撤销"),
            ("wangqiang", "接单 R02", "已接单 R02 | @lina 王强师傅已接单 R02 | @zhaomin !R02"),
            ("zhaomin", "报修 B-0305 停水了", "R03 | @zhoumin R02 和 R03"),
            ("zhoumin", "并单 R03 R02", "R03 已并入 R02（已接单）"),
            ("zhaomin", "取消 R03", "R03 已取消 | @lina !R02 | @wangqiang !R02"),
            ("lina", "进度 R02", "已接单（王强）"),
        ],
    )  # fmt: skip


async def test_what_was_merged_wrongly_is_taken_apart_by_either_side(world: World) -> None:
    await world.begins_with(reported, merged)
    await verify_talk(
        world,
        [
            ("lina", "[不是同一件]", "R02 已恢复单独处理 | @wangqiang 新报修 R02"),
            ("lina", "不是同一件 R02", "R02 现在是“待派单”"),
            ("zhoumin", "并单 R02", "请写并到哪一单"),
            ("zhoumin", "R01", "R02 已并入 R01"),
            ("zhoumin", "并单 R02 R01", "R02 已经合并到别的单 | 拆单 R02"),
            ("zhoumin", "拆单 R02", "R02 已拆单 | @lina R02 正在重新安排师傅"),
            ("zhoumin", "并单 R02 R02", "两个不同的单号"),
            ("zhoumin", "并单 R02 R77", "没有找到单号 R77"),
            ("wangqiang", "领单 R02", "已接单 R02"),
            ("zhoumin", "并单 R02 R01", "R01 已并入 R02（已接单） | @zhaomin R01 与附近报来的是同一个故障"),
            ("zhoumin", "撤单 R02 误报", "R02 已撤单 | @lina R02 已撤销（误报） | @zhaomin R01 已撤销（误报）"),
            ("wangqiang", "并单 R02 R01", "没有这项权限"),
        ],
    )  # fmt: skip


async def test_whoever_had_the_merged_case_need_not_go(world: World) -> None:
    await world.begins_with(reported)
    await verify_talk(
        world,
        [
            ("wangqiang", "领单 R01", "已接单 R01"),
            ("wangqiang", "到场 R01", "R01"),
            ("zhaolei", "领单 R02", "已接单 R02"),
            ("zhoumin", "[合并]", "R02 已并入 R01（已到场） | @zhaolei R02 与 R01 是同一件 | @zhaolei 您不用再处理 R02"),
            ("zhaolei", "待办", "没有待办"),
        ],
    )  # fmt: skip
    async with world.db.read() as session:
        running = await session.execute(
            select(Case.number, Deadline.kind)
            .join(Deadline, Deadline.case_id == Case.id)
            .where(Deadline.met_at.is_(None), Deadline.dropped_at.is_(None))
        )
        assert {row.number for row in running} == {"R01"}, "the merged case has no clock of its own"


async def test_what_is_not_the_same_is_asked_once(world: World) -> None:
    await world.begins_with(reported)
    await verify_talk(
        world,
        [
            ("zhoumin", "[不是同一件]", "R01 和 R02 分开处理"),
            ("zhoumin", "待办", "!是不是同一件"),
            ("zhaomin", "报修 B-0306 空调不冷", "R03 | @zhoumin !是同一件吗"),
            ("zhaomin", "报修 B-0306 空调漏冷凝水", "R04 | @zhoumin 同一单元 B-0306，都是空调"),
            ("wangqiang", "完工 R03 加氟", "R03 现在是"),
            ("zhoumin", "撤单 R03 租户说好了", "R03 已撤单"),
            ("zhoumin", "[合并]", "R03 现在是“已取消”，不能合并"),
        ],
    )  # fmt: skip
    async with world.db.read() as session:
        verdicts = list(await session.scalars(select(MergeProposal.verdict).order_by(MergeProposal.id)))
    assert verdicts == ["apart", ""]


async def test_the_more_urgent_of_two_sets_the_pace_and_walk_ins_are_told_by_sms(world: World) -> None:
    async with world.db.read() as session:
        mobile = await session.scalar(select(Contact.mobile).where(Contact.name == "陈思远"))
    await verify_talk(
        world,
        [
            ("zhaomin", "报修 B-0305 电梯按钮不亮", "R01"),
            ("zhoumin", "代报 B-0306 陈思远 电梯困人了", "已为青禾科技有限公司（陈思远）登记 R02 | @zhoumin 都说到电梯"),
            ("zhoumin", "[合并]", "R02 已并入 R01 | @wangqiang !R03"),
            ("zhoumin", "进度 R01", "同一件：R02"),
            ("wangqiang", "领单 R01", "等级：紧急"),
            ("wangqiang", "完工 R01 放人并复位", "已完工"),
        ],
    )  # fmt: skip
    assert world.phone(str(mobile))[-1].text == "case_done R02"


async def test_saying_it_again_within_minutes_is_no_second_order(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "报修 空调不冷", "已登记 R01"),
            ("lina", "报修 空调还是不冷，快点来人啊！", "已登记为 R01，不用重复发送"),
            ("lina", "空调不冷了", "已登记为 R01"),
            ("lina", "报修 空调不冷，外机还很响", "已登记 R02"),
            ("lina", "报修 空调不冷 3 台", "已登记 R03"),
            ("clock", "2026-03-16 09:11", ""),
            ("lina", "报修 空调不冷", "已登记 R04"),
        ],
    )


async def test_what_staff_find_and_what_tenants_report_in_one_lobby_may_be_one(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "报修 A座1楼大堂灯不亮", "R01"),
            ("zhoumin", "代报 公共区域 B座1楼大堂灯不亮", "R02 | !是同一件吗"),
            (
                "zhoumin",
                "代报 公共区域 A座1楼大堂灯不亮了一半",
                "R03 | 是同一件吗？R01 和 R03 | 同在1楼大堂，都是电气",
            ),
            ("zhoumin", "[合并]", "R03 已并入 R01"),
        ],
    )
