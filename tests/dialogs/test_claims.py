"""A loss of every kind, from the alarm to the closing, as the flow chart of the manual walks it [manual 6.2]."""

from __future__ import annotations

import pytest

from models.claims.duty import DutyKind
from models.messages.inbound import Kind
from tests.fakes.claims import claim_row, duty_row, insured, open_losses, reported, three_shots
from tests.fakes.world import Row, World, verify_talk


@pytest.fixture
async def park(world: World) -> World:
    """The small park with policies and a night shift."""
    await world.begins_with(insured)
    return world


KINDS: dict[str, tuple[str, str, str, str, str]] = {
    # what is said → department, somebody alarmed, what to do at once, the kind
    "B座地下室水泵房 水浸 刚刚 水管爆裂": ("客户服务部", "yuqing", "关总阀", "水浸", "linfang"),
    "A座大堂 玻璃自爆 刚刚": ("客户服务部", "linfang", "疏散楼下行人", "玻璃自爆", "zhengwei"),
    "C座3楼 着火了 刚刚": ("客户服务部", "linfang", "拨 119", "火灾", "zhengwei"),
    "B座机房 冷水机组损坏 刚刚": ("工程部", "wangqiang", "断电挂牌", "机器设备", "linfang"),
    "A座前台 电脑被盗 刚刚": ("客户服务部", "linfang", "拨 110", "盗抢", "zhengwei"),
    "停车场 道闸被撞 刚刚": ("保安部", "lihu", "记下车牌", "车辆", "linfang"),
    "A-1203 客户财产 天花漏水泡坏电脑 刚刚": ("客户服务部", "linfang", "不答应赔偿", "客户财产", "zhengwei"),
    "财务室 现金丢失 刚刚": ("财务部", "chenjing", "核对余额", "现金", "linfang"),
}


@pytest.mark.parametrize("said", KINDS, ids=lambda said: KINDS[said][3])
async def test_a_loss_of_every_kind_alarms_its_department_and_the_lead(park: World, said: str) -> None:
    department, member, advice, kind, lead = KINDS[said]
    await verify_talk(
        park,
        [("clock", "2026-03-16 14:30", ""), ("zhoumin", f"出险 {said}", f"【出险】L01 {kind} | {advice}")],
    )
    for who in (member, lead):
        card = next(entry for entry in park.phone(who) if "【出险】L01" in entry.text)
        assert advice in card.text and f"主责：{department}" in card.text and "到场 14:33:00 前" in card.text
        assert list(card.buttons) == ["到场", "报险", "接手"]
    claim = await claim_row(park)
    assert (claim.kind, claim.department, claim.occurred_known) == (kind, department, True)
    police = {"盗抢", "现金"}
    assert ("报警" in park.phone(lead)[-1].text) == (kind in police)


async def test_step_by_step_for_somebody_who_has_never_seen_a_claim(park: World) -> None:
    await verify_talk(
        park,
        [
            ("zhoumin", "出险", "出了什么事 | 水浸、玻璃自爆、火灾 | 有人受伤先拨 120"),
            ("zhoumin", "不知道", "出了什么事"),
            ("zhoumin", "<photo>", "出了什么事"),
            ("zhoumin", "[水浸]", "【水浸】在哪里"),
            (
                "zhoumin",
                "B座地下室水泵房",
                "【出险】L01 水浸 B座地下室水泵房 | 已附 1 张照片 | 什么时候发生的 | @linfang 【出险】L01",
            ),
            ("zhoumin", "昨晚", "没看懂时间"),
            ("zhoumin", "<photo>", "拍的是什么 | 什么时候发生的"),
            ("zhoumin", "[说不清]", "09:00 发现，出险时间不明 | 下一步：请再拍远景"),
        ],
    )
    assert (await duty_row(park, DutyKind.ARRIVE)).met_at == park.clock.now()
    assert "发现（出险时间不明）后 12 小时内" in (await duty_row(park, DutyKind.REPORT)).basis


async def test_the_whole_way_of_a_flood_until_it_is_closed(park: World) -> None:
    await open_losses(park, what="B座地下室水泵房 水浸 8:40 水管爆裂")
    rows: list[Row] = [
        *three_shots("zhoumin"),
        *reported("zhoumin", "RD20260316001"),
        ("clock", "2026-03-16 09:10", ""),
        ("zhoumin", "报告 已关总阀并抽水", "已发给郑伟 | @zhengwei 【特别事件报告】L01 水浸 | @zhengwei 已关总阀并抽水"),
        ("zhoumin", "损失 L01", "名称 数量 原值 估损"),
        ("zhoumin", "水泵 3台 30000 9000\n电缆 20米 2000 800", "水泵 3台 原值 30,000.00 估损 9,000.00 | 电缆 20米"),
        ("zhoumin", "<photo>", "照片已附在“电缆”上"),
        ("zhoumin", "[完]", "受损清单 2 项，估损合计 9,800.00 元 | 下一步 | 发“估损 L01"),
        ("zhoumin", "估损 L01", "估价 9,800.00 元 | 告诉保险公司的谁了"),
        ("zhoumin", "李经理", "估价已告知李经理 | 下一步：等保险公司同意后再清理、维修"),
        ("clock", "2026-03-16 09:20", ""),
        ("zhoumin", "清理 L01", "还不能清理 | 还缺：保险公司同意清理 | 同意 L01 清理"),
        ("zhoumin", "同意 L01", "保险公司同意什么"),
        ("zhoumin", "[清理和维修]", "谁同意清理、维修的"),
        ("zhoumin", "李经理电话同意", "已记录：保险公司同意清理、维修（李经理电话同意）"),
        ("zhoumin", "清理 L01", "可以清理现场了"),
        ("zhoumin", "出险通知书 L01 交李经理当面签收", "《出险通知书》已记录 | 下一步：等查勘员到场"),
        ("clock", "2026-03-17 10:00", ""),
        ("zhoumin", "定损 L01 李经理现场查勘", "已查勘定损，备资料"),
        ("zhoumin", "提交 L01 快递 SF123", "资料已提交，待核定"),
        ("linfang", "核定 L01 9000 扣除折旧", "已核定，待赔付"),
        ("linfang", "赔付 L01 9000", "已赔付，待结案 | 结案 L01"),
        ("linfang", "结案 L01", "现在是“已结案”"),
        ("zhoumin", "进度 L01", "已结案 | ✓ 到场 03-16 09:00:00 | 报案号：RD20260316001 | 三样齐全 | 李经理电话同意"),
        ("zhoumin", "清理 L01", "现在是“已结案”"),
    ]  # fmt: skip
    await verify_talk(park, rows)


async def test_a_theft_is_proved_by_number_and_picture_of_the_receipt(park: World) -> None:
    await open_losses(park, what="A座前台 电脑被盗 刚刚")
    await verify_talk(
        park,
        [
            ("zhoumin", "<photo>", "已按这张照片记到场 09:00:00"),
            ("zhoumin", "报警 L01", "拨打 110 | 回执号"),
            ("zhoumin", "杭公（科）受字12号", "请拍报警回执发来，收到才算完成"),
            ("zhoumin", "还没拿到", "请拍报警回执的照片"),
            ("clock", "2026-03-16 09:25", ""),
            ("zhoumin", "<photo>", "报警已记录，回执 杭公（科）受字12号"),
        ],
    )
    duty = await duty_row(park, DutyKind.POLICE)
    assert (duty.met_at, duty.missed_at, duty.evidence) == (park.clock.now(), None, "回执 杭公（科）受字12号")
    assert len(duty.evidence_media) == 1


async def test_the_picture_of_the_receipt_may_come_later_by_a_tap(park: World) -> None:
    await open_losses(park, what="A座前台 电脑被盗 刚刚")
    await verify_talk(
        park,
        [
            ("zhoumin", "<photo>", "拍的是什么"),
            ("zhoumin", "[其他]", "已记为其他"),
            ("zhoumin", "报警 L01 受字12号", "请拍报警回执"),
            ("zhoumin", "取消", "已取消"),
            ("clock", "2026-03-16 12:00", ""),
            ("zhoumin", "<photo>", "拍的是什么"),
            ("zhoumin", "[报警回执]", "报警已记录"),
            ("zhoumin", "进度 L01", "✓ 向警方报案 12:00（周敏，回执 受字12号）"),
        ],
    )


async def test_a_location_is_as_good_as_a_picture(park: World) -> None:
    await open_losses(park)
    await verify_talk(
        park, [("lihu", "[到场]", "拍一张现场照片或发送位置"), ("lihu", "到了", "拍一张现场照片")]
    )
    await park.deliver("lihu", Kind.LOCATION, text="稻香路 1 号")
    assert "已记到场，位置：稻香路 1 号" in park.new("lihu")[-1]
    assert (await duty_row(park, DutyKind.ARRIVE)).evidence == "位置：稻香路 1 号"
    await park.deliver("zhoumin", Kind.LOCATION, text="稻香路 1 号")
    assert "已有人到场" in park.new("zhoumin")[-1]


async def test_a_tenants_emergency_becomes_a_claim_with_its_facts_and_locks_the_repair(park: World) -> None:
    await verify_talk(
        park,
        [
            ("lina", "<photo>", ""),
            ("lina", "报修 A-1203 天花板漏水", "【紧急】R01 | 已附 1 张照片"),
            ("wangqiang", "领单 R01", "已接单 R01"),
            (
                "wangqiang",
                "[转出险]",
                "【出险】L01 水浸 A-1203 | 什么时候发生的 | @linfang 【出险】L01 | @lihu ",
            ),
            ("wangqiang", "[说不清]", "09:00 发现，出险时间不明"),
            ("zhoumin", "转出险 R01", "R01 已经转出险，单号 L01"),
            ("wangqiang", "到场 R01", "先别修：属于出险单 L01"),
            (
                "wangqiang",
                "完工 R01 换了水管",
                "R01 属于出险单 L01，现在还不能修 | 远景、近景、带比例尺照片 | 抢修 L01",
            ),
            ("lina", "进度", "!L01"),
            ("lina", "进度 L01", "没有找到单号"),
            ("zhoumin", "抢修 L01 不修要继续漏水", "抢修前必须先拍照"),
        ],
    )
    claim = await claim_row(park)
    assert claim.tenant_id is not None and claim.source_case_id is not None
    await verify_talk(
        park,
        [
            ("clock", "2026-03-16 09:01", ""),
            *three_shots("wangqiang"),
            ("clock", "2026-03-16 09:02", ""),
            ("wangqiang", "抢修 L01 不修要继续漏水", "残件放在哪里"),
            ("wangqiang", "工程部仓库", "可以抢修了"),
            ("wangqiang", "完工 R01 换了水管", "R01 已完工"),
            ("zhoumin", "进度 L01", "抢修：已开始（不修要继续漏水），残件工程部仓库 | 关联报修：R01"),
            ("zhoumin", "清理 L01", "还不能清理"),
        ],
    )


async def test_a_third_party_who_offers_cash_gets_no_text_without_consent(park: World) -> None:
    await open_losses(park, what="停车场 道闸被撞 刚刚")
    await verify_talk(
        park,
        [
            ("lihu", "和解 L01 对方给 500 元现金", "没有这项权限"),
            ("linfang", "和解 L01", "保险法第六十一条 | 不要收现金了事"),
            ("linfang", "和解 L01 对方给 500 元现金", "不能给对方任何和解、免责或收条文字 | 同意 L01 和解"),
            ("linfang", "同意 L01 和解 李经理", "还没有报险"),
            *three_shots("lihu"),
            ("lihu", "接手 L01", "现在由您负责"),
            ("clock", "2026-03-16 09:02", ""),
            ("lihu", "报险 L01", "是什么原因"),
            ("lihu", "对方倒车未看后方", "损失大概"),
            ("lihu", "道闸一套", "照着念 | GZ2025-0701-02"),
            ("lihu", "RD7", "报险已记录"),
            ("linfang", "同意 L01 清理 维修 李经理电话", "同意清理、维修"),
            ("linfang", "和解 L01 对方给 500 元", "不能给对方任何和解"),
            ("linfang", "同意 L01 和解 李经理书面同意", "同意和解"),
            ("linfang", "和解 L01 对方赔偿 2000 元", "请核对 | 第六十一条 | 一致吗"),
            ("linfang", "[不一致]", "没有生成和解文字"),
            ("clock", "2026-03-16 09:04", ""),
            ("linfang", "和解 L01 对方赔偿 2000 元", "一致吗"),
            ("linfang", "[一致]", "可以用的文字 | 对方赔偿 2000 元 | 不影响本中心及保险公司的其他权利"),
        ],
    )


async def test_a_refusal_is_objected_to_and_paid_in_the_end(park: World) -> None:
    await open_losses(park, what="A座大堂 玻璃自爆 刚刚")
    await verify_talk(
        park,
        [
            *three_shots("zhoumin"),
            *reported("zhoumin"),
            ("zhoumin", "报告 已围挡", "已发给郑伟"),
            ("zhoumin", "出险通知书 交李经理", "已记录"),
            ("linfang", "拒赔 L01 固定玻璃除外", "已拒赔"),
            ("linfang", "异议 L01", "不同意的理由"),
            ("linfang", "有玻璃附加险", "异议中"),
            ("linfang", "赔付 L01 3000", "已赔付"),
            ("linfang", "结案", "已结案"),
        ],
    )


async def test_dropping_a_claim_needs_a_lead_and_every_duty_named(park: World) -> None:
    await open_losses(park)
    await verify_talk(
        park,
        [
            ("zhoumin", "撤案 L01 损失很小", "没有这项权限"),
            ("linfang", "撤案 L01", "为什么不索赔"),
            ("linfang", "损失低于免赔额", "还有没办或错过而未说明的：到场、向保险公司报案"),
            ("zhoumin", "说明 L01 报险 不适用", "请客服主管或经理说明"),
            ("linfang", "说明 L01 报险 不适用 低于免赔额", "原因已记为“不适用”"),
            ("linfang", "说明 L01 报告 不适用", "不适用"),
            ("linfang", "说明 L01 出险通知书 不适用", "不适用"),
            ("linfang", "撤案 L01 损失低于免赔额", "而未说明的：到场"),
            ("linfang", "<photo>", "已按这张照片记到场"),
            ("linfang", "撤案 L01 损失低于免赔额", "已撤案"),
            ("linfang", "待办", "没有待办"),
        ],
    )


async def test_what_was_not_known_is_supplied_and_the_clocks_follow(park: World) -> None:
    await open_losses(park, what="B座大堂 水浸 8:30发现")
    assert (await claim_row(park)).occurred_at is None
    await verify_talk(
        park,
        [
            ("zhoumin", "补充 L01 天气 晴", "可补充：原因"),
            ("zhoumin", "补充 L01 时间 昨晚11点", "已补充时间"),
            ("zhoumin", "进度 L01", "03-15 23:00 出险 | 向保险公司报案 11:00 前"),
            ("zhoumin", "补充 L01 标的 机器", "已补充标的"),
            ("zhoumin", "进度 L01", "主责 工程部"),
            ("zhoumin", "补充 L01 时间 23:59", "已补充时间"),
            ("zhoumin", "补充 L01 时间 明天8点", "不能晚于"),
        ],
    )


async def test_lists_show_claims_to_whom_they_concern(park: World) -> None:
    await open_losses(park)
    await verify_talk(
        park,
        [
            (
                "zhoumin",
                "待办",
                "【出险理赔】1 单 | L01 水浸 B座大堂 | 到场 09:03:00 前 | 报险 21:00 前 | 负责人 周敏",
            ),
            ("linfang", "待办", "L01 水浸"),
            ("lihu", "待办", "!L01"),
            ("lihu", "接手 L01", "现在由您负责"),
            ("lihu", "待办", "L01 水浸 | 负责人 李虎"),
            ("heting", "待办", "!L01"),
            ("clock", "2026-03-16 09:04", ""),
            ("linfang", "待办", "【超时】L01 | 待说明原因：到场"),
        ],
    )


async def test_numbers_of_claims_and_repairs_do_not_get_mixed_up(park: World) -> None:
    await park.say("lina", "报修 灯不亮")
    await open_losses(park)
    await verify_talk(
        park,
        [
            ("wangqiang", "领单 1", "已接单 R01"),
            ("zhoumin", "进度 1", "R01、L01，请连字母一起发"),
            ("zhoumin", "报警 R01", "不是出险单"),
            ("zhoumin", "转出险 L01", "不是报修单"),
            ("zhoumin", "关联 L01 R01", "R01 已归到 L01"),
            ("zhoumin", "关联 L01 R01", "已经属于一张出险单"),
            ("wangqiang", "完工 R01 换灯管", "现在还不能修"),
        ],
    )


async def test_the_same_loss_reported_twice_is_one_claim(park: World) -> None:
    await open_losses(park, what="B座地下室 水浸 刚刚")
    await verify_talk(
        park,
        [
            ("lihu", "出险 B座地下室水泵房 水浸", "是不是 L01 | 09:00 已有人报过 L01 水浸 B座地下室"),
            ("lihu", "看不懂", "是不是 L01"),
            ("lihu", "[同一件]", "L01 已有人在办 | 下一步"),
            ("lihu", "出险 B座地下室 水浸", "是不是 L01"),
            ("lihu", "[另一件]", "【出险】L02 水浸 B座地下室"),
            ("lihu", "取消", "已取消"),
            ("lihu", "出险 B座地下室 火灾 刚刚", "【出险】L03 火灾"),
            ("clock", "2026-03-16 10:01", ""),
            ("lihu", "出险 B座地下室 水浸 刚刚", "【出险】L04 水浸"),
        ],
    )


async def test_a_repair_about_a_loss_that_is_known_comes_under_its_lock(park: World) -> None:
    await open_losses(park, what="A-1203 水浸 刚刚")
    await verify_talk(
        park,
        [
            ("lina", "报修 A-1203 天花板漏水", "【紧急】R01"),
            ("wangqiang", "领单 R01", "已接单 R01"),
            ("wangqiang", "转出险 R01", "是不是 L01"),
            ("wangqiang", "[同一件]", "L01 已有人在办"),
            ("wangqiang", "完工 R01 好了", "R01 属于出险单 L01"),
        ],
    )
