"""A park with insurance and a night shift, and the lines of a loss that many dialogues share."""

from __future__ import annotations

from sqlalchemy import select

from models.cases.case import Case
from models.claims.claim import Claim
from models.claims.duty import ClaimDuty, DutyKind
from models.people.staff import Staff
from tests.fakes.policies import add_policies
from tests.fakes.world import Row, World, verify_talk

NIGHT = (
    ("xieyu", "谢雨", "客户服务部", ["客服主管"], "office"),
    ("yuqing", "于晴", "客户服务部", ["客服专员"], "late"),
    ("songjia", "宋佳", "客户服务部", ["客服助理"], "late"),
    ("zhangwu", "张武", "保安部", ["保安"], "early"),
    ("lihu", "李虎", "保安部", ["保安"], "all"),
    ("gaopeng", "高鹏", "工程部", ["工程主管"], "office"),
)


async def insured(world: World) -> None:
    """A chapter: policies, guards round the clock, more people of the desk. No job runs: clocks of claims are none."""
    world.only()
    async with world.db.begin() as session:
        for userid, name, department, roles, shift in NIGHT:
            session.add(
                Staff(userid=userid, name=name, department=department, roles=roles, shift=shift, mobile="139")
            )
    assert await add_policies(world.db, world.core.rules) == ["", "", ""]


def three_shots(who: str) -> list[Row]:
    """The pictures every loss needs, each told apart by one tap."""
    return [
        (who, "<photo>", "拍的是什么"),
        (who, "[远景]", "已记为远景 | 还缺：近景、带比例尺"),
        (who, "<photo>", "还缺：近景、带比例尺"),
        (who, "[近景]", "已记为近景 | 还缺：带比例尺"),
        (who, "<photo>", "还缺：带比例尺"),
        (who, "[带比例尺]", "远景、近景、带比例尺已齐"),
    ]


def reported(who: str, number: str = "RD001") -> list[Row]:
    """The insurer is told, fact by fact."""
    return [
        (who, "报险 L01", "是什么原因"),
        (who, "初步判断：老化", "损失大概有哪些"),
        (
            who,
            "数件物品受损",
            "照着念 | 出险标的 | 保单号码 | 出险原因：初步判断：老化 | 出险时间 | 出险地点 | 损失概况 | 联系人",
        ),
        (who, number, f"报险已记录，报案号 {number}"),
    ]


async def open_losses(world: World, who: str = "zhoumin", what: str = "B座大堂 水浸 刚刚") -> None:
    """One loss, numbered L01."""
    await verify_talk(world, [(who, f"出险 {what}", "L01 已登记")])


async def claim_row(world: World, number: str = "L01") -> Claim:
    """The claim as it stands."""
    async with world.db.read() as session:
        found = await session.scalars(
            select(Claim).join(Case, Case.id == Claim.case_id).where(Case.number == number)
        )
        return found.one()


async def duty_row(world: World, kind: DutyKind, number: str = "L01") -> ClaimDuty:
    """One of its clocks."""
    claim = await claim_row(world, number)
    async with world.db.read() as session:
        found = await session.scalars(
            select(ClaimDuty).where(ClaimDuty.claim_id == claim.id, ClaimDuty.kind == kind)
        )
        return found.one()
