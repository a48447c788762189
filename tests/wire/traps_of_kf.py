"""Traps of 微信客服: notices, cursors, windows, sessions, menus."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from models.messages.content import Button, Content
from models.messages.inbox import InboxMessage
from models.messages.kf_cursor import KfCursor
from models.messages.outbox import OutboxStatus, Purpose
from models.people.identity import Identity
from tests.wire.site import POINTER, Site
from tests.wire.traps import count, texts, trap


@trap(6, 8)
async def every_item_behind_a_notice_is_read(site: Site) -> None:
    """Notices late by more than the life of their token, an empty page, several messages: all are answered, in order."""
    site.order({"api": "callback", "after_s": 700, "times": 3}, {"api": "kf/sync_msg", "empty_page": True})
    url = f"{site.config.server.public_url}/sim/people/lina/say"
    for text in ("帮助", "进度", "帮助"):
        async with site.session.post(url, json={"text": text}) as answer:
            assert answer.status == 200
    await site.wait(minutes=13)
    said = select(func.count(InboxMessage.id)).where(
        InboxMessage.sender == "wmlina", InboxMessage.status == "done"
    )
    assert await count(site, said) >= 3
    assert len(site.new("lina")) >= 3
    site.order({"api": "callback", "drop": True})
    async with site.session.post(url, json={"text": "帮助"}) as answer:
        assert answer.status == 200
    await site.wait(minutes=3)
    assert len(site.new("lina")) == 1, "a notice that never came is made good by the slow poll"


@trap(7)
async def lost_cursor_answers_nothing_old(site: Site) -> None:
    await site.say("zhaomin", "帮助")
    site.new("zhaomin")
    async with site.service.core.db.begin() as session:
        await session.execute(delete(KfCursor))
        await session.execute(delete(InboxMessage).where(InboxMessage.sender == "wmzhaomin"))
    await site.wait(hours=30)
    await site.say("zhaomin", "进度")
    assert len(site.new("zhaomin")) == 1


@trap(9, 10)
async def persons_conversation_is_left_alone(site: Site) -> None:
    log, sessions = site.simulator._log, site.simulator._sessions
    await site.say("lina", "帮助")
    site.new("lina")
    sessions.move("wmlina", 3, "zhoumin")
    log.event("wmlina", "session_status_change", change_type=1, new_servicer_userid="zhoumin")
    log._add(
        5,
        "text",
        {"open_kfid": site.config.wecom.open_kfid, "external_userid": "wmlina"},
        {"content": "我是客服"},
    )
    await site.say("lina", "报修 空调")
    row = await site.send("lina", Content(text="第 10 件", sms=POINTER), purpose=Purpose.NOTICE)
    await site.settle()
    entries = site.new("lina")
    assert [entry["channel"] for entry in entries] == ["sms"]
    assert "人工会话中" in (await site.row(row)).reason
    sessions.move("wmlina", 4, "")
    log.event("wmlina", "session_status_change", change_type=3, old_servicer_userid="zhoumin")
    await site.say("lina", "帮助")
    assert len(site.new("lina")) == 1


@trap(11)
async def five_messages_and_the_rest_merged(site: Site) -> None:
    await site.say("lina", "帮助")
    site.new("lina")
    for n in range(9):
        await site.send("lina", Content(text=f"第十一件之 {n}"))
    await site.settle()
    assert len(site.new("lina")) == 4
    await site.say("lina", "帮助")
    first, *rest = texts(site.new("lina"))
    assert first == "\n\n".join(f"第十一件之 {n}" for n in range(4, 9))
    assert len(rest) == 1


@trap(12)
async def greeting_passes_the_backlog(site: Site) -> None:
    await site.wait(hours=50)
    last = site.world.ledger.lines()[-1]["n"]
    for n in range(40):
        site.simulator._log.message("wmzhaomin", "text", content=f"报修 第 {n} 件")
    site.simulator._sessions.wrote("wmzhaomin")
    async with site.session.post(f"{site.config.server.public_url}/sim/people/lina/open") as answer:
        assert answer.status == 200
    await site.settle()
    (greeting,) = site.new("lina")
    assert "您好" in greeting["text"]
    sends = [line["api"] for line in site.world.ledger.lines(last) if line["api"].startswith("kf/send")]
    assert sends[0] == "kf/send_msg_on_event" and len(sends) > 1


@trap(13)
async def accepted_is_not_delivered(site: Site) -> None:
    await site.say("lina", "帮助")
    site.new("lina")
    site.order({"api": "kf/send_msg", "fail_type": 10})
    row = await site.send("lina", Content(text="第 13 件", sms=POINTER), purpose=Purpose.NOTICE)
    await site.wait(seconds=30)
    assert [entry["channel"] for entry in site.new("lina")] == ["sms"]
    assert "对方拒收" in (await site.row(row)).reason


@trap(14, 28)
async def menus_route_on_their_id_and_give_no_authority(site: Site) -> None:
    await site.say("chensiyuan", "帮助")
    (menu,) = [entry for entry in site.new("chensiyuan") if entry["buttons"]][-1:]
    log, sessions = site.simulator._log, site.simulator._sessions
    for key, label in ((menu["buttons"][0]["key"], "随便写的字"), ("say:账单", "账单"), ("gone:1", "旧菜单")):
        log.message("wmchensiyuan", "text", content=label, menu_id=key)
        sessions.wrote("wmchensiyuan")
    log.event("wmchensiyuan", "enter_session", scene="B-0305", scene_param="role%3Dadmin")
    await site.wait(minutes=2)
    answers = texts(site.new("chensiyuan"))
    assert len(answers) == 3 and "绑定" in answers[1] and "失效" in answers[2]
    await site.say("lina", "帮助")
    site.new("lina")
    labels = tuple(Button(f"say:{n}", "很长的按钮文字" * 9 + str(n)) for n in range(10))
    await site.send("lina", Content(text="第 14 件", buttons=labels))
    await site.settle()
    (shown,) = [entry for entry in site.new("lina") if "第 14 件" in entry["text"]]
    assert [len(each["text"].encode()) <= 128 for each in shown["buttons"]] == [True] * 10
    row = await site.send("lina", Content(text="第 14 件", buttons=(*labels, labels[0])))
    await site.settle()
    assert (await site.row(row)).status is OutboxStatus.DEAD
    assert any("at most 10 entries" in text for text in texts(site.new("linfang")))
    bound = select(func.count(Identity.id)).where(Identity.account == "wmchensiyuan")
    assert await count(site, bound) == 0
