"""Announcements: drafted by one, approved by another, sent outside the busy minutes, counted, taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.announcements.announcement import Announcement, AnnouncementCopy, AnnouncementState
from models.audit.entry import AuditEntry, first_break
from models.messages.outbox import OutboxMessage
from models.people.identity import Identity
from models.people.tenant import Contact, ContactRole, Tenant
from scheduler.announcements import continue_announcing
from tests.fakes.world import Row, World, verify_talk

DRAFT: list[Row] = [
    ("lina", "你好", ""),
    (
        "zhoumin",
        "公告 停水 A座、C座 今天10:00-16:00 更换水泵，请提前储水",
        "公告预览 | 停水通知 | 范围：A 座、C 座 | 时间：3月16日 10:00 至 16:00 | 收件人 3 人：微信 1 人，短信提示 1 人"
        " | 下次来信时送达 1 人 | 短信每人 2 条，共 2 条，约 0.09 元 | 发送：批准后立即",
    ),
]
SENT: list[Row] = [
    *DRAFT,
    ("zhoumin", "[提交审批]", "G01 已提交 | @zhengwei 公告待批准 G01 | @linfang 短信提示 1 人 | @linfang 拟稿：周敏"),
    ("zhengwei", "[批准]", "G01 已批准，09:03 起发送 | @zhoumin 已由郑伟批准 | @lina !停水通知"),
    ("clock", "2026-03-16 09:05", "@lina 【停水通知】G01 | @lina 3月16日 10:00 至 16:00 | @lina 更换水泵 | @zhaomin !停水"),
]  # fmt: skip


async def test_an_outage_is_announced_counted_and_taken_back(world: World) -> None:
    await verify_talk(
        world,
        [
            *SENT,
            ("zhoumin", "公告", "G01｜已发送｜停水通知 A 座、C 座：更换水泵 | 公告 G01"),
            ("lina", "[知道了]", "感谢您的配合"),
            ("lina", "[知道了]", "感谢您的配合"),
            ("xiaoming", "你好", "【停水通知】G01"),
            (
                "linfang",
                "公告 1",
                "G01 停水通知｜已发送 | 拟稿 周敏 | 收件人 3：微信已发 2，短信已发 1（回执送达 0） | 已看 1，签收 0",
            ),
            ("zhoumin", "公告 G01 未看", "还没有人看过的 1 家 | 无信商贸行 | !云帆"),
            ("zhoumin", "公告撤回 G01", "请写明编号和原因"),
            (
                "zhoumin",
                "公告撤回 G01 改到下周",
                "G01 已撤回：未发出的 0 条 | @lina 【更正】 | @lina 已撤回：改到下周 | @xiaoming 【更正】",
            ),
            ("zhoumin", "公告撤回 G01 再撤", "现在是“已撤回”"),
            ("zhoumin", "公告 G01", "停水通知｜已撤回 | 原因：改到下周"),
        ],
    )  # fmt: skip
    texts = [entry.text.split()[0] for entry in world.phone("13800010005")]
    assert texts == ["announcement", "announcement"], "a pointer, and a pointer to the correction"
    assert world.phone("zhaomin") == [], "nobody outside the audience hears of it"
    async with world.db.read() as session:
        keys = list(await session.scalars(select(OutboxMessage.dedupe_key)))
        acts = list(
            await session.scalars(
                select(AuditEntry.action)
                .where(AuditEntry.action.startswith("announcement"))
                .order_by(AuditEntry.number)
            )
        )
        assert await first_break(session) is None
    assert len(set(keys)) == len(keys)
    assert acts == ["announcement.submit", "announcement.approve", "announcement.recall"]


async def test_who_may_do_what_and_what_is_asked_for(world: World) -> None:
    await verify_talk(
        world,
        [
            ("wangqiang", "公告", "没有这项权限"),
            ("zhengwei", "公告 停水 A座", "没有拟公告的权限"),
            ("zhengwei", "公告", "还没有公告 | !拟新公告"),
            ("zhoumin", "公告", "还没有公告 | 拟新公告请这样发"),
            ("zhoumin", "公告 9", "没有找到公告 9"),
            ("zhoumin", "公告 停电", "停用范围是哪里"),
            ("zhoumin", "Z座", "没看懂范围"),
            ("zhoumin", "B座 9层", "B 座没有 9 层"),
            ("zhoumin", "B座 3层", "从什么时候到什么时候"),
            ("zhoumin", "昨天", "没看懂时间"),
            ("zhoumin", "明天9点到下午4点", "请写原因和提醒"),
            ("zhoumin", "配电柜检修", "停电通知 | 范围：B 座 3 层 | 3月17日 09:00 至 16:00 | 收件人 2 人"),
            ("zhoumin", "[要求签收]", "请租户签收"),
            ("zhoumin", "[不发短信]", "不发短信，没有费用 | 下次来信时送达 1 人"),
            ("zhoumin", "[改范围]", "发给哪些单元的租户"),
            ("zhoumin", "全园区", "收件范围：全园区 | 联系不上：C-0101 无信商贸行，请张贴或上门告知"),
            ("zhoumin", "[发短信]", "短信提示 4 人"),
            ("zhoumin", "[定时发]", "什么时候发"),
            ("zhoumin", "今天 8:00", "这个时间已经过去"),
            ("zhoumin", "今天 22:00", "发送：22:00 起"),
            ("zhoumin", "[提交审批]", "G01 已提交"),
            ("linfang", "待办", "公告待批准 | G01"),
            ("linfang", "[不同意]", "请写不同意的原因"),
            ("linfang", "时间太紧", "未批准 | @zhoumin 未批准（林芳：时间太紧）"),
            ("linfang", "公告 中秋放假安排", "要发哪一类公告"),
            ("linfang", "[通知]", "发给哪些单元"),
            ("linfang", "B-0305", "通知 | 中秋放假安排 | 收件人 2 人"),
            ("linfang", "[提交审批]", "G02 已提交 | @linfang !待批准"),
            ("linfang", "公告撤回 G02 写错了", "G02 已撤回 | @lina !更正"),
            ("zhengwei", "公告 G02", "通知｜已撤回"),
        ],
    )  # fmt: skip


async def test_a_signature_in_chat_counts_once_and_night_is_left_alone(world: World) -> None:
    await verify_talk(
        world,
        [
            ("clock", "2026-03-16 20:50", ""),
            ("lina", "你好", ""),
            ("linfang", "公告 通知 A座 消防演习请配合", "公告预览 | A座 消防演习请配合"),
            ("linfang", "[要求签收]", "请租户签收"),
            ("linfang", "[提交审批]", "G01 已提交"),
            ("clock", "2026-03-16 21:30", ""),
            ("zhengwei", "[批准]", "3月17日 08:33 起发送"),
            ("clock", "2026-03-17 08:32", "@lina !消防演习"),
            ("clock", "2026-03-17 08:34", "@lina 【通知】G01 | @lina 消防演习"),
            ("lina", "[签收]", "已签收公告 G01"),
            ("lina", "[签收]", "已经签收过"),
            ("linfang", "公告 G01", "已看 1，签收 1"),
            ("linfang", "公告 G01 未签", "收件的每家都已有人签收"),
        ],
    )
    await world.press_key("zhaomin", "noted:G01")
    assert "没有找到这则公告" in world.new("zhaomin")[-1]


async def test_an_outage_at_night_is_told_at_once_or_not_at_all(world: World) -> None:
    await verify_talk(
        world,
        [
            ("clock", "2026-03-16 22:10", ""),
            ("lina", "你好", ""),
            ("linfang", "公告 停水 A座 今天22:30-23:50 抢修爆管", "公告预览"),
            ("linfang", "[提交审批]", "G01 已提交"),
            ("zhengwei", "[批准]", "22:10 起发送 | @lina 【停水通知】G01 | @xiaoming !停水"),
            ("linfang", "公告 停水 A座 明天5:00-6:00 检修", "公告预览"),
            ("linfang", "[提交审批]", "G02 已提交"),
            ("zhengwei", "[批准]", "最早 3月17日 08:33 才能发送，那时停用已经结束"),
            ("clock", "2026-03-17 09:00", ""),
            ("xiaoming", "你好", "!停水通知"),
        ],
    )


async def test_who_opted_out_of_sms_hears_of_outages_only_and_a_dead_number_is_not_tried(
    world: World,
) -> None:
    async with world.db.begin() as session:
        for name in ("吴老板", "陈思远"):
            contact = (await session.scalars(select(Contact).where(Contact.name == name))).one()
            contact.sms_refused = name == "吴老板"
            contact.mobile_dead_at = world.clock.now() if name == "陈思远" else None
    await verify_talk(
        world,
        [
            ("zhoumin", "公告 通知 B座、C座 消防演习", "短信提示 1 人 | 联系不上：C-0101 无信商贸行"),
            ("zhoumin", "[提交审批]", "G01 已提交"),
            ("zhengwei", "[批准]", "G01 已批准"),
            ("zhoumin", "公告 停水 B座、C座 今天10:30-16:00 换泵", "短信提示 2 人 | !联系不上"),
            ("zhoumin", "[提交审批]", "G02 已提交"),
            ("zhengwei", "[批准]", "G02 已批准"),
            ("clock", "2026-03-16 09:06", ""),
            ("zhoumin", "公告 G01", "短信已发 1"),
            ("zhoumin", "公告 G02", "短信已发 2"),
        ],
    )
    assert len(world.phone("13800010005")) == 1 and world.phone("13800010002") == []


@pytest.fixture
async def crowd(world: World) -> World:
    """A tenant with 120 people who have all bound their chats."""
    async with world.db.begin() as session:
        tenant = (await session.scalars(select(Tenant).where(Tenant.name.startswith("云帆")))).one()
        people = [
            Contact(tenant_id=tenant.id, name=f"员工{i}", mobile="", role=ContactRole.EMPLOYEE)
            for i in range(120)
        ]
        session.add_all(people)
        await session.flush()
        at = world.clock.now()
        session.add_all(
            Identity(channel="kf", account=f"wmcrowd{i}", contact_id=each.id, bound_at=at, how="登记")
            for i, each in enumerate(people)
        )
    return world


async def test_many_are_told_in_steps_of_fifty(crowd: World) -> None:
    await verify_talk(
        crowd,
        [
            ("zhoumin", "公告 通知 A座 周末保洁", "收件人 122 人"),
            ("zhoumin", "[提交审批]", "G01 已提交"),
            ("zhengwei", "[批准]", "09:03 起发送"),
        ],
    )
    now = crowd.clock.now() + timedelta(minutes=3)
    crowd.clock.set(now)
    assert await continue_announcing(crowd.db, now, crowd.core.rules) == 3, "50, 50 and 22 of them"
    assert await continue_announcing(crowd.db, now, crowd.core.rules) == 0
    async with crowd.db.read() as session:
        announcement = (await session.scalars(select(Announcement))).one()
        copies = await session.scalar(select(func.count()).select_from(AnnouncementCopy))
    assert (announcement.state, announcement.sent_at, copies) == (AnnouncementState.SENT, now, 122)
    await crowd.engine.settle()
    await verify_talk(
        crowd, [("zhoumin", "公告撤回 G01 日期写错", "未发出的 121 条不再发送 | @crowd5 !更正")]
    )
