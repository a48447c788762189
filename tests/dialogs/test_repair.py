"""Repairs, from chat to chat."""

from __future__ import annotations

from tests.fakes.world import World, talk


async def test_a_repair_from_the_report_to_the_rating(world: World) -> None:
    await talk(
        world,
        [
            ("lina", "报修 3楼空调不冷了", "R01 | 空调 | 30 分钟 | 进度 R01"),
            ("lina", "<photo>", "照片已加到 R01"),
            ("wangqiang", "待办", "新报修 R01 空调 | 云帆设计 | 李娜 138****0001 | 09:30 前接单 | 可领单"),
            ("zhoumin", "[派给王强]", "新报修 R01 | R01 已派给王强"),
            ("lina", "进度", "已派单（王强） | 李娜 登记 | 周敏 派单 → 王强"),
            ("wangqiang", "[接单]", "已派单 R01 空调 | 已接单 R01"),
            ("wangqiang", "[到场]", "已到场 R01"),
            ("wangqiang", "[完工]", "请用一句话写处理结果"),
            ("wangqiang", "更换电容", "R01 已完工 | 请拍一张完工照片"),
            ("wangqiang", "<photo>", "照片已存入 R01"),
            ("lina", "进度 1", "已接单 R01 | 已到现场 | 已完工：更换电容 | 完工 更换电容"),
            ("lina", "[签认]", "R01 已签认 | 打个分"),
            ("lina", "[5 分 ★★★★★]", "R01 已评 5 分"),
            ("wangqiang", "待办", "李娜已签认 | 李娜已评价 5 分 | 没有待办"),
        ],
    )
