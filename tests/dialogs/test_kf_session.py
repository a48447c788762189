"""微信客服 conversations: who has them, what could not be shown after all, and what waits for the customer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.handling import HUMAN
from models.errors import Refused
from models.messages.alarm import alarm
from models.messages.content import Button, Content
from models.messages.inbound import Inbound, Kind
from models.messages.inbox import InboxMessage
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.messages.recall import Recalled, recall
from models.messages.tell import close_cards, tell_contact, tell_staff
from models.messages.window import KfWindow
from models.people.staff import Staff
from models.people.tenant import Contact
from tests.dialogs.test_notices import letters_out
from tests.fakes.world import World


async def event(world: World, person: str, name: str, **data: Any) -> None:
    await world.deliver(person, Kind.EVENT, action=name, data=data)


async def outbox(world: World, **fields: Any) -> list[OutboxMessage]:
    async with world.db.read() as session:
        return list(
            await session.scalars(select(OutboxMessage).filter_by(**fields).order_by(OutboxMessage.id))
        )


async def tell_lina(world: World, key: str, text: str) -> None:
    async with world.db.begin() as session:
        lina = (await session.scalars(select(Contact).where(Contact.name == "李娜"))).one()
        await tell_contact(session, lina, key, Content(text=text), now=world.clock.now())
    await world.engine.settle()


async def test_the_bot_takes_a_new_conversation_once_and_keeps_out_of_a_persons(world: World) -> None:
    world.platform.holders["wmlina"] = 0
    assert await world.say("lina", "帮助")
    assert await world.say("lina", "帮助")
    moves = [sent for api, sent in world.platform.requests if api == "kf/service_state/trans"]
    assert [(sent["external_userid"], sent["service_state"]) for sent in moves] == [("wmlina", 1)]
    await event(world, "lina", "session_status_change", change_type=1, new_servicer_userid="zhoumin")
    assert await world.say("lina", "报修 空调不冷") == []
    async with world.db.read() as session:
        last = (await session.scalars(select(InboxMessage).order_by(InboxMessage.id.desc()))).first()
    assert last and last.error == HUMAN
    await tell_lina(world, "news", "您的报事单有进展。")
    (waits,) = await outbox(world, status=OutboxStatus.WAITING)
    assert "人工会话中" in waits.reason
    await event(world, "lina", "session_status_change", change_type=3)
    answers = await world.say("lina", "帮助")
    assert answers[0] == "您的报事单有进展。" and len(answers) == 2


async def test_a_conversation_found_to_be_a_persons_is_left_alone(world: World) -> None:
    world.platform.holders["wmlina"] = 3
    assert await world.say("lina", "帮助") == []
    (answer,) = await outbox(world, purpose=Purpose.REPLY)
    assert (answer.status, answer.reason) == (OutboxStatus.WITHHELD, "人工会话中，机器人不插话")


async def test_what_a_customer_writes_to_a_person_of_ours_opens_the_window_as_well(world: World) -> None:
    await world.say("lina", "帮助")
    await event(world, "lina", "session_status_change", change_type=1, new_servicer_userid="zhoumin")
    world.clock.set(world.clock.now() + timedelta(hours=3))
    await world.say("lina", "在吗")
    async with world.db.read() as session:
        window = await session.get_one(KfWindow, "wmlina")
    assert (window.last_inbound_at, window.sent) == (world.clock.now(), 0)


async def test_a_letter_that_was_not_shown_after_all_goes_on_by_sms(world: World) -> None:
    await world.say("lina", "帮助")
    await letters_out(world)
    sent = [
        row
        for row in await outbox(world, purpose=Purpose.NOTICE, channel="kf")
        if not row.content.get("file")
    ]
    await event(world, "lina", "msg_send_fail", fail_msgid=sent[0].provider_id, fail_type=4)
    (again,) = await outbox(world, id=sent[0].id)
    assert (again.channel, again.status, again.tried) == ("sms", OutboxStatus.SENT, ["kf"])
    assert "此前kf：微信客服未送达：超过 48 小时" in again.reason
    assert len(world.phone("13800010001")) == 1


async def test_news_refused_once_come_when_the_customer_writes_again(world: World) -> None:
    await world.say("lina", "帮助")
    world.platform.refuse = [Refused(95001, "count", api="kf/send_msg")]
    await tell_lina(world, "one", "第一条")
    await tell_lina(world, "two", "第二条")
    assert [row.status for row in await outbox(world, purpose=Purpose.UPDATE)] == [OutboxStatus.WAITING] * 2
    world.new("lina")
    assert (await world.say("lina", "帮助"))[0] == "第一条\n\n第二条"


async def test_the_sixth_message_waits_and_each_says_how_far_the_window_is_used(world: World) -> None:
    await world.say("lina", "帮助")
    for n in range(6):
        await tell_lina(world, f"n{n}", f"第 {n} 条")
    rows = await outbox(world, purpose=Purpose.UPDATE)
    assert [row.status for row in rows] == [OutboxStatus.SENT] * 4 + [OutboxStatus.WAITING] * 2
    assert "本轮第 2/5 条，窗口到 03-18 09:00" in rows[0].reason
    assert "5 条已用完" in rows[-1].reason


async def test_a_card_too_old_to_change_is_answered_with_a_message(world: World) -> None:
    async with world.db.begin() as session:
        wang = (await session.scalars(select(Staff).where(Staff.userid == "wangqiang"))).one()
        card = Content(title="R01 空调不冷", text="A-1203", buttons=(Button("take:R01", "接单"),))
        await tell_staff(session, [wang], "card", card, now=world.clock.now(), subject="case:99")
    await world.engine.settle()
    world.platform.refuse = [Refused(60140, "expired", api="message/update_template_card")]
    async with world.db.begin() as session:
        await close_cards(session, "case:99", "赵磊已接单", world.clock.now())
    await world.engine.settle()
    assert world.phone("wangqiang")[-1].text == "“R01 空调不冷”：赵磊已接单，卡片上的按钮不用再点。"


async def test_a_member_unknown_to_wecom_is_told_of_once_and_heard_of_again(world: World) -> None:
    for n in range(2):
        world.platform.refuse = [Refused(60111, "userid not found", api="message/send")]
        async with world.db.begin() as session:
            wang = (await session.scalars(select(Staff).where(Staff.userid == "wangqiang"))).one()
            await tell_staff(session, [wang], f"w{n}", Content(text="有新工单"), now=world.clock.now())
        await world.engine.settle()
    alarms = [entry.text for entry in world.phone("linfang") if "收不到发给 王强" in entry.text]
    assert len(alarms) == 1 and "未送达的内容：有新工单" in alarms[0]
    await world.say("wangqiang", "帮助")
    async with world.db.read() as session:
        assert await session.scalar(select(Staff.stale_at).where(Staff.userid == "wangqiang")) is None


async def test_an_interface_that_is_not_configured_pauses_without_losing_anything(world: World) -> None:
    world.platform.refuse = [Refused(60020, "not trusted", api="message/send")] * 8
    async with world.db.begin() as session:
        wang = (await session.scalars(select(Staff).where(Staff.userid == "wangqiang"))).one()
        for n in range(3):
            await tell_staff(session, [wang], f"w{n}", Content(text=f"工单 {n}"), now=world.clock.now())
    await world.advance(world.clock.now() + timedelta(hours=4))
    assert [entry.text for entry in world.phone("wangqiang") if "工单" in entry.text] == [
        "工单 0",
        "工单 1",
        "工单 2",
    ]
    told = [entry.text for entry in world.phone("linfang") if "可信IP" in entry.text]
    assert told and len(told) <= 4


async def test_the_platform_itself_is_listened_to(world: World) -> None:
    for name, data in (
        ("inactive_alert", {}),
        ("kf_account_auth_change", {"auth_del_open_kf_id": ["wk1"]}),
        ("kf_account_auth_change", {"auth_add_open_kf_id": ["wk1"]}),
    ):
        world.count += 1
        news = Inbound(
            "wecom", f"sys{world.count}", "", Kind.EVENT, world.clock.now(), action=name, data=data
        )
        await world.engine.inbox.store(news)
    await world.engine.settle()
    told = [entry.text for entry in world.phone("linfang")]
    assert len(told) == 2 and "长期无人使用" in told[0] and "收回了" in told[1]


async def test_the_same_cause_is_told_once_within_an_hour(world: World) -> None:
    for minutes in (59, 62, 130):
        await world.advance(world.clock.now().replace(minute=0) + timedelta(minutes=minutes))
        async with world.db.begin() as session:
            await alarm(session, "test", f"第 {minutes} 分钟", world.clock.now(), world.core.rules)
    await world.engine.settle()
    assert [entry.text[-6:] for entry in world.phone("linfang")] == [" 59 分钟", "130 分钟"]


async def test_messages_are_taken_back_as_far_as_they_can_be(world: World) -> None:
    await world.say("lina", "帮助")
    await tell_lina(world, "kf", "已发给租户")
    async with world.db.begin() as session:
        wang = (await session.scalars(select(Staff).where(Staff.userid == "wangqiang"))).one()
        await tell_staff(session, [wang], "now", Content(text="现在"), now=world.clock.now(), subject="s")
    await world.engine.settle()
    async with world.db.begin() as session:
        later = world.clock.now() + timedelta(hours=1)
        await tell_staff(session, [wang], "later", Content(text="稍后"), now=world.clock.now(), due_at=later)
    rows = [row.id for row in await outbox(world) if row.dedupe_key.split(":")[0] in ("kf", "now", "later")]
    async with world.db.begin() as session:
        assert await recall(session, rows, world.clock.now()) == Recalled(stopped=1, taken_back=1, gone=1)
    await world.advance(world.clock.now() + timedelta(hours=2))
    assert len(world.platform.recalled) == 1
    assert "稍后" not in [entry.text for entry in world.phone("wangqiang")]
