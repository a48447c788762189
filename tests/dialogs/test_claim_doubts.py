"""What is no number, no reason and no amount is not written down as one; who may not go on is told who does."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.claims.duty import DutyKind
from models.people.staff import Staff
from tests.fakes.claims import claim_row, duty_row, insured, open_losses, three_shots
from tests.fakes.world import World, verify_talk


@pytest.fixture
async def park(world: World) -> World:
    """The small park with policies and a night shift."""
    await world.begins_with(insured)
    return world


async def test_the_front_desk_raises_the_alarm_at_night_and_is_not_sent_against_closed_doors(
    park: World,
) -> None:
    async with park.db.begin() as session:
        desk = (await session.scalars(select(Staff).where(Staff.userid == "songjia"))).one()
        desk.roles, desk.shift = ["前台"], "all"
    await verify_talk(
        park,
        [
            ("clock", "2026-03-17 02:10", ""),
            ("songjia", "出险 一楼大厅 一直在响", "出了什么事 | 其他损失"),
            ("songjia", "1", "【出险】L01 水浸 一楼大厅 | @lihu 【出险】L01"),
            ("songjia", "水泵房那边", "没看懂时间 | 补充 L01 地点"),
            ("songjia", "刚刚", "02:10 出险 | 发一张照片或位置"),
            *three_shots("songjia"),
            ("songjia", "补充 L01 地点 B座地下室水泵房", "已补充地点 | 后面由负责人办理 | !发“报险"),
            ("songjia", "报险 L01", "没有这项权限"),
            ("songjia", "进度 L01", "描述：一楼大厅 一直在响 | !一直在响 1"),
        ],
    )
    card = next(entry for entry in park.phone("songjia") if "【出险】L01" in entry.text)
    assert list(card.buttons) == ["到场"]
    assert list(next(e for e in park.phone("lihu") if "【出险】L01" in e.text).buttons) == [
        "到场",
        "报险",
        "接手",
    ]


async def test_words_are_no_number_of_a_receipt_or_of_a_case(park: World) -> None:
    await open_losses(park, who="lihu", what="A座前台 电脑被盗 刚刚")
    await verify_talk(
        park,
        [
            ("lihu", "报警 L01", "拨打 110"),
            ("lihu", "还没拿到回执", "不像回执号 | 取消"),
            ("lihu", "取消", "已取消"),
            ("lihu", "补充 L01 报案号 RD1", "还没报险请发“报险 L01”"),
            ("lihu", "补充 L01 原因 撬门", "已补充"),
            ("lihu", "补充 L01 损失 电脑3台", "已补充"),
            ("lihu", "报险 L01", "照着念"),
            ("lihu", "打不通", "“打不通”不像报案号 | 稍后再发“报险 L01”"),
            ("lihu", "电脑3台", "不像报案号"),
        ],
    )
    claim = await claim_row(park)
    assert (claim.police_receipt, claim.insurer_case_number, claim.insurer_told_at) == ("", "", None)
    await verify_talk(
        park,
        [
            ("lihu", "报案号是RD88123", "报险已记录，报案号 RD88123"),
            ("lihu", "补充 L01 报案号 忘了", "照着写全"),
            ("lihu", "补充 L01 报案号 RD88124", "已补充报案号"),
        ],
    )
    assert (await claim_row(park)).insurer_case_number == "RD88124"


async def test_a_duty_that_can_still_be_done_is_done_and_not_explained(park: World) -> None:
    await open_losses(park, what="A座前台 电脑被盗 刚刚")
    await verify_talk(
        park,
        [
            *three_shots("zhoumin"),
            ("zhoumin", "说明 L01", "没有错过而未说明的时限"),
            ("zhoumin", "说明 L01 报警 来不及", "报警还没到时限（03-17 09:00 前），请先办 | 不适用"),
            ("zhoumin", "进度 L01", "○ 向警方报案"),
            ("linfang", "撤案 L01 找到了", "而未说明的：向保险公司报案、《特别事件报告》交总办、向警方报案"),
            ("linfang", "说明 L01 报警 不适用 找到了", "原因已记为“不适用”"),
            ("linfang", "进度 L01", "— 向警方报案，原因：不适用"),
            ("clock", "2026-03-16 21:01", "@zhengwei !超时升级"),
            ("zhoumin", "说明 L01 报告 人手不足", "原因已记为“人手不足” | 下一步"),
            ("zhoumin", "待办", "报告 21:00 前 | 报险 21:00 前 | 待说明原因：报险 | !报警"),
            ("clock", "2026-03-17 10:00", "@linfang !向警方报案"),
            ("linfang", "补充 L01 时间 昨天8点", "已补充时间 | !向警方报案"),
        ],
    )
    assert (await duty_row(park, DutyKind.POLICE)).missed_at is None


async def test_nothing_granted_is_a_refusal_and_who_demands_offers_nothing(park: World) -> None:
    await open_losses(park, what="A-1203 客户财产 天花漏水泡坏电脑 刚刚")
    await verify_talk(
        park,
        [
            *three_shots("zhoumin"),
            ("zhoumin", "补充 L01 原因 楼上爆管", "已补充"),
            ("zhoumin", "补充 L01 损失 电脑三台", "已补充"),
            ("zhoumin", "损失 L01 电脑 3台 18000 9000", "已登记"),
            ("zhoumin", "[完]", "受损清单 1 项"),
            ("zhoumin", "报险 L01", "出险标的：租户财产：电脑（客户财产）"),
            ("zhoumin", "RD77", "报险已记录"),
            ("clock", "2026-03-16 09:02", ""),
            ("zhoumin", "第三方 L01 云帆公司 13800010001 要求赔 20000 元", "不承认责任 | 第六十五条 | !提出赔 | !第六十条"),
            ("linfang", "和解 L01 赔对方 20000 元", "承认责任、答应数额的，可能不赔 | !追偿"),
            ("zhoumin", "估损 L01 12000 李经理", "与受损清单合计 9,000.00 元不同"),
            ("zhoumin", "金额 L01 施救费 80 沙袋", "施救费：80.00 元"),
            ("zhoumin", "金额 L01 施救费 800", "施救费：880.00 元"),
            ("zhoumin", "金额 L01 施救费 更正 800", "施救费：800.00 元"),
            ("zhoumin", "定损 L01 李经理", "已定损"),
            ("zhoumin", "提交 L01 快递", "已提交"),
            ("linfang", "核定 L01 0", "要大于 0 | 拒赔"),
            ("linfang", "核定 L01 8000", "已核定"),
            ("linfang", "协议 L01 8000", "10 天内付款"),
            ("linfang", "赔付 L01 9000", "到账比协议金额多 1,000.00 元"),
            ("zhoumin", "金额 L01 到账赔款 更正 8000", "到账赔款请发：赔付"),
            ("linfang", "金额 L01 到账赔款 更正 8000 多打了", "到账赔款：8,000.00 元 | !到账比协议"),
            ("clock", "2026-03-16 09:04", ""),
            ("zhoumin", "补充 L01 标的 机器设备",
             "已补充标的 | @wangqiang 主责部门由客户服务部改为工程部 | @wangqiang 报案电话"),
        ],
    )  # fmt: skip


async def test_a_refusal_is_no_reason_to_settle_lightly(park: World) -> None:
    await open_losses(park, what="停车场 道闸被撞 刚刚")
    await verify_talk(
        park,
        [
            ("linfang", "补充 L01 原因 货车倒车", "已补充"),
            ("linfang", "补充 L01 损失 道闸一套", "已补充"),
            ("linfang", "报险 L01 RD9", "报险已记录"),
            ("linfang", "拒赔 L01 停车场除外", "已拒赔"),
            ("linfang", "和解 L01 对方赔 2000 元", "仍可以异议，两年内可以起诉 | 一致吗"),
        ],
    )
