"""Several workers on one repair, walk-ins, call-backs, hand-over, reasons: who is told what, and when."""

from __future__ import annotations

from datetime import timedelta

from tests.fakes.world import START, World, verify_talk


async def test_two_technicians_on_one_repair(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "报修 玻璃门整扇掉下来了", "R01"),
            ("wangqiang", "领单", "已接单"),
            (
                "wangqiang",
                "加派 R01 赵磊",
                "R01 已加派赵磊 | @zhaolei 请协助 R01 | @zhaolei 师傅：王强、赵磊",
            ),
            ("wangqiang", "加派 R01 赵磊", "已经有赵磊在处理"),
            ("zhaolei", "待办", "我的任务 | R01"),
            ("zhaolei", "[到场]", "@lina 王强、赵磊师傅已到现场"),
            ("zhaolei", "<photo>", "照片已存入 R01"),
            ("lina", "补充 R01 门框也歪了", "已补充 | @wangqiang 门框也歪了 | @zhaolei 门框也歪了"),
            ("zhaolei", "报价 R01 300 换门", "这一步由负责的师傅或派单员操作"),
            ("lina", "进度", "已到场（王强、赵磊）"),
            ("zhaolei", "完工 R01 换了合页", "已完工 | @wangqiang R01 赵磊已完工"),
            ("lina", "[签认]", "已签认 | @zhaolei 李娜已签认 | @wangqiang 李娜已签认"),
        ],
    )


async def test_a_helper_steps_back_and_a_new_try_begins_alone(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "报修 灯不亮", "R01"),
            ("wangqiang", "领单", "已接单"),
            ("zhoumin", "加派 R01 赵磊", "已加派赵磊"),
            ("zhaolei", "不再协助 R01", "已不再协助 | @wangqiang 赵磊不再协助"),
            ("zhaolei", "完工 R01 好了", "这一步由负责的师傅"),
            ("zhoumin", "加派 R01 赵磊", "已加派"),
            ("zhoumin", "改派 R01 赵磊", "已派给赵磊 | @wangqiang 已改派给赵磊"),
            ("zhaolei", "接单", "!师傅：王强"),
            ("zhoumin", "加派 R01 周敏", "没有处理报修的权限"),
        ],
    )


async def test_somebody_at_the_counter_without_a_chat(world: World) -> None:
    await verify_talk(
        world,
        [
            ("zhoumin", "代报 A-1203 空调不冷 张三 139 0000 1234", "（张三）登记 R01 | 短信到 139****1234"),
            ("wangqiang", "领单 R01", "张三 139****1234 | 云帆设计 | 描述：空调不冷"),
            ("lina", "进度 R01", "空调不冷"),
            ("wangqiang", "完工 R01 加氟", "已完工"),
            ("zhoumin", "代报 A-1203 灯不亮 李娜 13800010001", "（李娜）登记 R02 | @lina 已为您登记报修 R02"),
            (
                "zhoumin",
                "代报 公共区域 2楼走廊灯坏了 刘先生 13711112222",
                "R03 电气（2楼走廊） | 137****2222",
            ),
            ("zhoumin", "代报 公共区域 大堂地砖松了", "R04 土建（大堂） | !短信"),
            ("wangqiang", "领单 R04", "公共区域 | 周敏"),
            ("wangqiang", "报价 R04 200 换砖", "没有人能同意报价"),
            ("wangqiang", "完工 R04 已重铺", "已完工"),
            ("zhoumin", "工单 R04", ""),
            ("zhoumin", "回访 R04 5 看过了", "已回访"),
            ("zhoumin", "代报 公共区域 大堂地砖松了", "登记 R05"),
            ("zhoumin", "代报 公共区域 大堂地砖松了", "刚才已登记为 R05"),
        ],
    )
    assert [entry.text for entry in world.phone("13900001234")] == ["case_new R01", "case_ready R01"]
    assert [entry.text for entry in world.phone("13711112222")] == ["case_new R03"]
    assert world.phone("zhoumin")[-3].kind == "file" or any(e.kind == "file" for e in world.phone("zhoumin"))


async def test_a_low_rating_is_a_call_of_those_above(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "报修 灯不亮", "R01"),
            ("wangqiang", "领单", "已接单"),
            ("wangqiang", "完工 换灯管", "已完工"),
            (
                "lina",
                "评价 2 地上一片狼藉",
                "很抱歉 | @linfang 打了 2 分：地上一片狼藉 | @wangqiang 李娜已评价 2 分",
            ),
            ("lina", "评价 R01 5", "低分，待主管回访 | 重开 R01"),
            ("zhoumin", "办结 R01 打过电话", "没有这项权限"),
            ("linfang", "待办", "低分待回访 | R01"),
            ("linfang", "[租户认可，办结]", "请写回访的情况"),
            ("linfang", "已道歉，派保洁清理", "R01 已办结 | @wangqiang 林芳已办结"),
            ("lina", "进度 R01", "已关闭 | 办结 已道歉"),
        ],
    )


async def test_a_low_rating_nobody_calls_about_climbs(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "报修 灯不亮", "R01"),
            ("wangqiang", "领单", ""),
            ("wangqiang", "完工 换灯管", ""),
            ("lina", "评价 1", "很抱歉"),
            ("clock", "2026-03-16 13:05", "@linfang 【超时提醒】R01 | @linfang 办结 R01"),
            ("clock", "2026-03-16 17:10", "@linfang 【超时升级】R01 | @zhengwei 【超时升级】R01"),
            ("linfang", "[重开再修]", "R01 已重开 | @lina 正在重新安排师傅"),
        ],
    )


async def test_the_desk_telephones_about_some(world: World) -> None:
    """Of those nobody answered one in five is drawn; R01 to R06 hold at least one, R04."""
    world.only("cases.close_unanswered", "cases.call_list")
    async with world.at_once():
        for number in range(1, 7):
            await world.say("lina", f"报修 第{number}盏灯不亮")
            await world.say("wangqiang", f"领单 R{number:02}")
            await world.say("wangqiang", f"完工 R{number:02} 换灯管")
    await verify_talk(
        world,
        [
            ("clock", "2026-03-19 09:30", "@zhoumin 【请回访】 | @zhoumin 没有答复 | @zhoumin 138****0001"),
            ("zhoumin", "回访单", "没有答复 | 李娜 13800010001 | 打完电话请发"),
            ("lina", "回访单", "!13800010001"),
        ],
    )


async def test_the_next_shift_reads_what_is_open(world: World) -> None:
    await verify_talk(
        world,
        [
            ("zhoumin", "交接", "没有未完的单"),
            ("lina", "报修 灯不亮", "R01"),
            ("zhaomin", "报修 B-0305 水龙头滴水", "R02"),
            ("lina", "投诉 走廊没人扫", "T01"),
            ("zhaolei", "领单 R02", "已接单"),
            (
                "clock",
                "2026-03-16 14:01",
                "@zhoumin 【交接】 | @zhoumin 未完报修 2 单，其中超时 2 单 | @zhaolei R02 给排水",
            ),
            (
                "zhoumin",
                "交接",
                "R01 电气 A-1203｜待派单｜接单已超时 | R02 给排水 B-0305｜已接单（赵磊） | 待受理投诉 1 件",
            ),
            ("wangqiang", "交接", "R01 电气 | !R02"),
        ],
    )


async def test_whoever_met_a_target_late_is_asked_why(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "报修 灯不亮", "R01"),
            ("clock", "2026-03-16 09:21", "@zhoumin 【快到时限】R01 | @zhoumin 09:30 前接单"),
            ("clock", "2026-03-16 09:45", "@zhoumin 【超时提醒】R01"),
            ("wangqiang", "领单", "已接单 | 超时原因 R01-接单 | 晚了 15 分钟"),
            ("wangqiang", "[忙于急修]", "已记录 R01-接单 的原因：忙于急修"),
            ("wangqiang", "原因 R01-接单 人手不足 两人请假", "已记录 R01-接单 的原因：人手不足（两人请假）"),
            ("wangqiang", "原因 R01-接单 心情不好", "请从这些原因里选一个"),
            ("wangqiang", "原因 R01-完工 其他", "没有列在"),
            ("lina", "投诉 走廊没人扫", "T01"),
            ("clock", "2026-03-16 10:30", "@zhoumin 【超时提醒】T01"),
            ("zhoumin", "受理 T01", "已受理 | 超时原因 T01-受理"),
            ("zhoumin", "[其他]", "已记录 T01-受理 的原因：其他"),
        ],
    )


async def test_a_repair_at_night_is_due_in_the_morning_and_wakes_nobody(world: World) -> None:
    await world.advance(START + timedelta(hours=14, minutes=30))
    before = {who: len(world.phone(who)) for who in ("zhoumin", "linfang")}
    await verify_talk(
        world,
        [("lina", "报修 灯不亮", "R01 | 明早 | !30 分钟内安排"), ("wangqiang", "待办", "03-17 09:00 前接单")],
    )
    await world.advance(START + timedelta(hours=23, minutes=20))
    assert {who: len(world.phone(who)) for who in before} == before
    await world.advance(START + timedelta(hours=23, minutes=51))
    assert any("R01" in entry.text for entry in world.phone("zhoumin"))
    assert not any("超时" in entry.text for entry in world.phone("zhoumin"))
