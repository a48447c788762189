"""统计 and 原因 in chat: figures, lists, the picture, and reasons by word and by tap."""

from __future__ import annotations

from sqlalchemy import select

from models.audit.entry import AuditEntry
from models.kpi.reason import MissReason
from tests.fakes.full_park import everything_open
from tests.fakes.world import Row, World, verify_talk


async def test_the_manager_sees_figures_the_list_behind_them_and_the_picture(world: World) -> None:
    await world.begins_with(everything_open)
    await verify_talk(
        world,
        [
            ("zhengwei", "统计", "通知单差错率 0.00%（0/3 | 当月收缴率 | 未到期 | 没有写明原因"),
            ("zhengwei", "[收缴明细]", "公式：到 2026-04-30 已收 ÷ 应收 | 无信商贸行 | 未写原因 | 补写原因"),
            ("zhengwei", "统计 签收率 3月", "28日前签收率 | 未签收"),
            ("zhengwei", "统计 3月 差错", "没有未达标的项目"),
            ("zhengwei", "统计 1月", "还没有可以统计的数据"),
            ("zhengwei", "统计 图 1月", "还没有账单"),
            ("zhengwei", "统计 图", ""),
            ("sunli", "统计", "没有这项权限"),
            ("zhoumin", "统计 收缴", "没有这项权限"),
        ],
    )
    entry = world.phone("zhengwei")[-1]
    assert entry.kind == "image"
    names = [body["name"] for api, body in world.platform.requests if api == "media/upload"]
    assert names[-1] == "收缴进度-2026年3月.png"


async def test_reasons_are_given_by_word_or_tap(world: World) -> None:
    await world.begins_with(everything_open)
    await verify_talk(
        world,
        [
            ("zhengwei", "统计 收缴 3月", "还有 3 项没有写原因。下一项：ZD-202603-000"),
            ("zhengwei", "[写原因]", "是什么原因？请选择"),
            ("zhengwei", "[资金周转]", "已记录 ZD-202603-000 | 资金周转"),
            ("zhengwei", "统计 收缴 3月", "原因：资金周转 1 项 | 还有 2 项没有写原因"),
            ("zhoumin", "原因 JF-202603-0001", "是什么原因"),
            ("zhoumin", "联系不上 电话停机", "已记录 JF-202603-0001 的原因：联系不上（电话停机）"),
            ("zhoumin", "原因 JF-202603-0002 没心情", "请从这些原因里选一个"),
            ("zhoumin", "原因 JF-202603-0999 其他", "没有列在"),
            ("zhoumin", "原因", "请写明编号"),
            ("wangqiang", "原因 JF-202603-0001 其他", "没有这项权限"),
        ],
    )
    async with world.db.read() as session:
        noted = {row.item[:2]: row.code for row in await session.scalars(select(MissReason))}
        audited = list(
            await session.scalars(
                select(AuditEntry).where(AuditEntry.action == "kpi.reason").order_by(AuditEntry.id)
            )
        )
    assert noted == {"ZD": "资金周转", "JF": "联系不上"}
    assert [entry.actor for entry in audited] == ["staff:zhengwei", "staff:zhoumin"]


async def test_the_picture_comes_by_itself_on_the_first_working_day(world: World) -> None:
    await world.begins_with(everything_open)
    rows: list[Row] = [
        ("leap", "2026-05-05 20:00", ""),
        ("clock", "2026-05-06 09:30", "@zhengwei 【统计】2026年3月账单"),
    ]
    await verify_talk(world, rows)
    assert world.phone("zhengwei")[-1].kind == "image"
    uploads = [data for key, data in world.platform.media.items() if key.startswith("image")]
    assert uploads and uploads[-1].startswith(b"\x89PNG")


async def test_how_the_desk_did_by_category_worker_and_building(world: World) -> None:
    await verify_talk(
        world,
        [
            ("linfang", "统计 报修", "还没有报修"),
            ("lina", "报修 灯不亮", "R01"),
            ("zhaomin", "报修 B-0305 水龙头滴水", "R02"),
            ("zhaolei", "领单 R02", "已接单"),
            ("zhaolei", "完工 R02 换阀芯", "已完工"),
            ("zhaomin", "评价 R02 5", "感谢"),
            ("clock", "2026-03-16 09:45", ""),
            ("wangqiang", "领单 R01", "超时原因 R01-接单"),
            (
                "linfang",
                "统计 报修",
                "报修 2 单（未完 1，重开 0 次） | ✗ 报修接单及时率 50.00% | ✓ 平均评分 5.0",
            ),
            ("linfang", "[按师傅]", "王强 1 单 | 赵磊 1 单｜及时 1/1｜0.0 小时｜5.0 分"),
            ("linfang", "统计 报修 楼栋", "A 座 1 单 | B 座 1 单"),
            ("linfang", "统计 接单", "R01-接单 电气 A-1203：应在 03-16 09:30 前接单，晚了 15 分钟；未写原因"),
            ("linfang", "[写原因]", "超时原因 R01-接单"),
            ("linfang", "[忙于急修]", "已记录 R01-接单 的原因：忙于急修"),
            ("linfang", "统计 接单", "原因：忙于急修 1 项"),
            ("zhoumin", "统计 报修", "没有这项权限"),
            ("linfang", "统计 报修 图", ""),
        ],
    )
    assert world.phone("linfang")[-1].kind == "image"


async def test_the_desk_of_last_month_comes_on_the_first(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "报修 灯不亮", "R01"),
            ("wangqiang", "领单 R01", "已接单"),
            ("wangqiang", "完工 R01 换灯管", "已完工"),
            ("leap", "2026-03-31 20:00", ""),
            (
                "clock",
                "2026-04-01 09:40",
                "@linfang 【统计】2026年3月服务台 | @zhengwei 报修 1 单 | @zhoumin !【统计】",
            ),
        ],
    )
