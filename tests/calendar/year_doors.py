"""Letters that go to the door and by post, and a suspension from the paper to the money."""

from __future__ import annotations

from models.notices.notice import NoticeKind
from tests.calendar import year_park as who
from tests.calendar.year_story import YearStory


async def signed_by_whom(story: YearStory) -> None:
    """January: a clerk signs, who may not; then the head does. Others are visited."""
    await story.ask("tangxiaoyu", "签收", "")
    await story.ask("lina", "签收", "签收")
    number = await story.letter(who.NO_CHAT, 1)
    await story.world.show("yuqing")
    await story.ask("yuqing", f"送达 {number} 王经理 负责人", number)


async def refused_and_posted(story: YearStory) -> None:
    """February: one is not taken at the door and goes by post, one comes back."""
    taken = await story.letter(who.NO_CHAT, 2)
    await story.world.show("yuqing")
    await story.ask("yuqing", f"拒收 {taken} 前台 说负责人不在 见证 周敏", "被拒收")
    for number, tracking in (
        (taken, "EMS1000000001"),
        (await story.letter(who.WRONG_PHONE, 2), "EMS1000000002"),
    ):
        await story.world.show("yuqing")
        await story.ask("yuqing", f"邮寄 {number} {tracking}", "邮寄单号")


async def post_has_come(story: YearStory) -> None:
    """March: what became of it."""
    await story.ask("yuqing", f"妥投 {await story.letter(who.NO_CHAT, 2)} 3月3日 收发室", "妥投")
    await story.ask("yuqing", f"退件 {await story.letter(who.WRONG_PHONE, 2)} 查无此人", "退件")


async def paper_is_served(story: YearStory) -> None:
    """The last letter has to be signed for on paper."""
    number = await story.letter(who.LESSEE, None, NoticeKind.SUSPENSION)
    await story.world.show("panjun")
    await story.ask("panjun", f"送达 {number} 周知味 负责人", "上门签收")


async def services_are_suspended(story: YearStory) -> None:
    """Asked for with papers, approved by two, carried out; payment restores it."""
    await story.ask("chenjing", f"暂停申请 {who.LESSEE}", "第944条", "要暂停哪些服务")
    await story.ask("chenjing", "加班空调", "合同条款")
    await story.ask("chenjing", "物业服务合同 2025-031 第8条", "请拍下该条款")
    await story.world.show("chenjing")
    await story.ask("chenjing", "无", "安全检查")
    await story.ask("chenjing", "无", "安全检查")
    await story.ask("chenjing", "无", "材料齐全")
    await story.tap("chenjing", "提交申请", "已提交")
    await story.tap("linfang", "同意暂停", "已一人批准")
    await story.tap("zhengwei", "同意暂停", "已批准待执行")
    await story.tap("wangqiang", "已执行", "照片")
    await story.world.show("wangqiang")
    await story.wait(60)
    await story.pay_all(who.LESSEE)
    await story.tap("wangqiang", "已恢复", "")
