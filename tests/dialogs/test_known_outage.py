"""A known outage answers first, tells once when it is over, and never swallows an emergency."""

from __future__ import annotations

from tests.fakes.world import World, verify_talk


async def announced(world: World) -> None:
    """A chapter: ten past nine, the water will be off from ten on."""
    await verify_talk(
        world,
        [
            ("zhoumin", "公告 停水 A座 今天10:00-16:00 更换水泵", "公告预览"),
            ("zhoumin", "[提交审批]", "G01 已提交"),
            ("zhengwei", "[批准]", "G01 已批准"),
            ("clock", "2026-03-16 09:10", ""),
        ],
    )


async def water_off(world: World) -> None:
    """A chapter: it is eleven."""
    await world.begins_with(announced)
    await verify_talk(world, [("clock", "2026-03-16 11:00", "")])


ANSWER = "A 座计划停水至 16:00（公告 G01）：更换水泵 | 恢复后仍有问题 | !R01"


async def test_it_answers_first_and_tells_once_when_it_is_over(world: World) -> None:
    await world.begins_with(announced)
    await verify_talk(
        world,
        [
            ("lina", "报修 没水了", "A 座计划停水 3月16日 10:00 至 16:00（公告 G01） | !已登记"),
            ("clock", "2026-03-16 10:30", ""),
            ("lina", "报修 没水了", ANSWER),
            ("xiaoming", "水龙头不出水了", ANSWER),
            ("lina", "[恢复后通知我]", "恢复或改期时会在这里告诉您（计划 16:00）"),
            ("lina", "[恢复后通知我]", "恢复或改期时会在这里告诉您"),
            ("zhaomin", "报修 B-0305 没水了", "已登记 R01"),
            ("xiaoming", "[仍要报修]", "已登记 R02（给排水，A-1203）"),
            ("zhoumin", "代报 A-1203 王小明 洗手池没水", "登记 R03 | 请告诉对方：A 座计划停水至 16:00"),
            ("zhoumin", "公告 G01", "先答复报修 2 人，要恢复通知 1 人，仍要报修 1 人"),
            ("zhoumin", "公告改期 G01 到 8:00", "要晚于现在"),
            ("zhoumin", "公告改期 G01 到 18:00", "已改为 3月16日 10:00 至 18:00 | @lina 计划停水改为 3月16日"),
            ("clock", "2026-03-16 16:30", "@lina !恢复"),
            ("clock", "2026-03-16 17:41", "@zhoumin G01 即将结束 | @zhoumin 计划 18:00 结束"),
            ("zhoumin", "[已恢复]", "G01 已记为恢复 | @lina A 座计划停水已经恢复，公告 G01 | @xiaoming !恢复"),
            ("zhoumin", "公告恢复 G01", "已经结束"),
            ("zhoumin", "公告改期 G01 到 20:00", "不能改期"),
            ("clock", "2026-03-16 18:30", "@lina !公告 G01"),
            ("lina", "报修 还是没水", "已登记 R04"),
        ],
    )  # fmt: skip


async def test_at_the_planned_end_only_the_time_is_said_to_have_come(world: World) -> None:
    await world.begins_with(water_off)
    await verify_talk(
        world,
        [
            ("lina", "怎么停水了", "A 座计划停水至 16:00"),
            ("lina", "恢复后通知我", "恢复或改期时会在这里告诉您"),
            ("clock", "2026-03-16 16:01", "@lina A 座计划停水的时间已到（16:00） | @lina 仍有问题请直接发"),
            ("clock", "2026-03-16 19:00", "@lina !公告 G01"),
            ("lina", "[恢复后通知我]", "停用已经结束"),
        ],
    )


async def test_a_choice_left_open_is_no_dead_end(world: World) -> None:
    await world.begins_with(water_off)
    await verify_talk(
        world,
        [
            ("lina", "报修 停水了", ANSWER),
            ("lina", "<photo>", "A 座计划停水至 16:00"),
            ("lina", "空调不冷", "需要为您登记报修吗"),
            ("lina", "报修 停水了", ANSWER),
            ("lina", "仍要报修", "已登记 R01 | 已附 1 张照片"),
        ],
    )


async def test_an_emergency_is_never_swallowed(world: World) -> None:
    await verify_talk(
        world,
        [
            ("zhoumin", "公告 停电 A座 今天10:00-16:00 配电检修", "公告预览"),
            ("zhoumin", "[提交审批]", "G01 已提交"),
            ("zhengwei", "[批准]", "G01 已批准"),
            ("zhoumin", "公告 电梯 A座 今天10:00-16:00 年检", "电梯停用通知"),
            ("zhoumin", "[提交审批]", "G02 已提交"),
            ("zhengwei", "[批准]", "G02 已批准"),
            ("clock", "2026-03-16 11:00", ""),
            ("lina", "停电了", "A 座计划停电至 16:00（公告 G01） | !紧急】R"),
            ("lina", "停电了，配电箱冒烟", "【紧急】R01 | @wangqiang 【紧急】新报修 R01"),
            ("xiaoming", "电梯停了，里面有人出不来", "【紧急】R02 | @wangqiang 【紧急】新报修 R02"),
            ("xiaoming", "报修 电梯不动", "A 座电梯计划停用至 16:00（公告 G02）"),
            ("lina", "停电，闻到燃气味", "【紧急】R03"),
        ],
    )  # fmt: skip
