"""What trips a naive implementation, number by number as in the protocol notes, driven through the whole service.

Numbers that are about what we do not use (19 markdown, 24 group chats, 25 群发) are held to that.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from bot.config import Config
from models.messages.content import Button, Content
from models.messages.inbox import InboxMessage
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.messages.window import KfCursor
from models.people.identity import Identity
from tests.wire.site import POINTER, Site, open_site

Trap = Callable[[Site], Awaitable[None]]
TRAPS: dict[int, Trap] = {}


@pytest.fixture
async def site(config: Config, tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Site]:
    async with open_site(config, tmp_path, sqlite_template) as opened:
        yield opened


def trap(*numbers: int) -> Callable[[Trap], Trap]:
    def add(function: Trap) -> Trap:
        TRAPS.update(dict.fromkeys(numbers, function))
        return function

    return add


def texts(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["text"] for entry in entries]


async def count(site: Site, statement: Any) -> int:
    async with site.service.core.db.read() as session:
        return await session.scalar(statement) or 0


def courier(site: Site) -> Any:
    return site.simulator._courier


@trap(1, 3, 4)
async def address_is_verified(site: Site) -> None:
    """Twenty random ciphertexts hold plus signs and pads of all kinds; each is answered with the bare text."""
    assert all([await site.simulator.verify_callback_url() for _ in range(20)])


@trap(2)
async def stored_before_it_is_answered(site: Site) -> None:
    before = await count(site, select(func.count(InboxMessage.id)))
    inner = courier(site).inner.message("wangqiang", "text", "2-1", site.clock.now(), Content="帮助")
    site.order({"api": "callback", "repeat": 3, "times": 1})
    assert await courier(site).deliver(inner)
    assert await count(site, select(func.count(InboxMessage.id))) == before + 1
    await site.settle()
    assert len(site.new("wangqiang")) == 1


@trap(5)
async def events_of_one_second_are_two(site: Site) -> None:
    for key in ("say:帮助", "say:值班"):
        assert await courier(site).deliver(
            courier(site).inner.event("wangqiang", "click", site.clock.now(), EventKey=key)
        )
    await site.settle()
    assert len(site.new("wangqiang")) == 2


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
    bound = select(func.count(Identity.id)).where(Identity.account == "wmchensiyuan")
    assert await count(site, bound) == 0


@trap(15)
async def files_do_not_reach_an_application(site: Site) -> None:
    url = f"{site.config.server.public_url}/sim/people/wangqiang/say"
    async with site.session.post(url, json={"file": "JVBERi0xLjc=", "name": "a.pdf"}) as answer:
        assert answer.status == 200
    await site.settle()
    assert site.new("wangqiang") == []


@trap(16)
async def unknown_members_are_told_of(site: Site) -> None:
    site.world.people._members.pop("liuyan")
    row = await site.send("zhaolei", Content(text="x"))
    async with site.service.core.db.begin() as session:
        message = await session.get_one(OutboxMessage, row)
        message.recipient, message.account = "staff:liuyan", "liuyan"
    await site.settle()
    assert (await site.row(row)).status is OutboxStatus.DEAD
    assert any("收不到发给 刘燕" in text for text in texts(site.new("linfang")))


@trap(17)
async def nothing_is_dropped_silently(site: Site) -> None:
    site.new("heting")
    for n in range(70):
        await site.send("heting", Content(text=f"第十七件之 {n}"))
    await site.wait(minutes=5)
    assert texts(site.new("heting")) == [f"第十七件之 {n}" for n in range(70)]


@trap(18)
async def limits_are_bytes(site: Site) -> None:
    long = "".join(f"第{n}句话，写得长一些。" for n in range(300))
    site.new("zhaolei")
    await site.send("zhaolei", Content(text=long[:600]))
    async with site.service.core.db.begin() as session:
        from models.messages.outbox import enqueue  # noqa: PLC0415

        await enqueue(
            session, "trap18", Content(text=long), recipient="staff:zhaolei", account="zhaolei",
            purpose=Purpose.WORK, now=site.clock.now(),
        )  # fmt: skip
    await site.wait(minutes=1)
    assert "".join(texts(site.new("zhaolei"))) == long[:600] + long


@trap(20)
async def cards_have_one_id_and_their_codes_work_once(site: Site) -> None:
    site.new("zhaolei")
    card = Content(title="第二十件", text="x", buttons=(Button("say:值班", "值班"),))
    await site.send("zhaolei", card)
    await site.settle()
    (shown,) = site.new("zhaolei")
    url = f"{site.config.server.public_url}/sim/people/zhaolei/press"
    for _ in range(2):
        async with site.session.post(url, json={"message": shown["n"], "key": "say:值班"}) as answer:
            assert answer.status == 200
        await site.settle()
    assert len(site.new("zhaolei")) == 2


@trap(21, 22)
async def tokens_are_renewed_once(site: Site) -> None:
    site.new("zhaolei")
    site.simulator._tokens.revoke_all()
    for n in range(20):
        await site.send("zhaolei", Content(text=f"第二十一件之 {n}"))
        await site.send("zhoumin", Content(text=f"第二十一件之 {n}"))
    await site.wait(minutes=1)
    assert len(site.world.store.things("token")) == 1
    assert len(site.new("zhaolei")) == 20


@trap(23)
async def media_that_has_gone_is_uploaded_again(site: Site) -> None:
    class Paper:
        async def load(self, _reference: str) -> bytes:
            return b"%PDF-1.7"

    site.service.engine.outbox._attachments = Paper()
    site.new("zhaolei")
    site.order({"api": "message/send", "errcode": 40007})
    await site.send("zhaolei", Content(file="x:1", file_name="一.pdf"))
    await site.settle()
    assert [entry["kind"] for entry in site.new("zhaolei")] == ["file"]


@trap(26, 27)
async def odd_xml_is_read(site: Site) -> None:
    """Ids beyond 2^53, LOCATION in capitals, one or many of what may repeat, events that wechatpy does not know."""
    inner, now = courier(site).inner, site.clock.now()
    site.new("wangqiang")
    for n in (7300000000000000001, 7300000000000000002):
        await courier(site).deliver(inner.message("wangqiang", "text", str(n), now, Content="帮助"))
    await courier(site).deliver(inner.event("wangqiang", "LOCATION", now, Latitude=30.1, Longitude=120.1))
    await courier(site).deliver(inner.event("sys", "kf_account_auth_change", now, AuthDelOpenKfId="wk1"))
    await courier(site).deliver(inner.event("wangqiang", "share_agent_change", now))
    await site.settle()
    assert len(site.new("wangqiang")) == 2
    assert any("收回了" in text for text in texts(site.new("linfang")))


@trap(19, 24, 25)
async def what_we_do_not_use(site: Site) -> None:
    async with site.service.core.db.read() as session:
        requests = [row for row in await session.scalars(select(OutboxMessage.request)) if row]
    apis = {request["api"] for request in requests}
    assert apis <= {
        "message/send",
        "message/update_template_card",
        "kf/send_msg",
        "kf/send_msg_on_event",
        "sms/send",
    }
    assert "markdown" not in json.dumps(requests)


async def test_no_trap_is_stepped_into(site: Site) -> None:
    assert sorted(TRAPS) == list(range(1, 29))
    wrong = []
    for number, function in sorted(TRAPS.items()):
        if number != min(n for n, f in TRAPS.items() if f is function):
            continue
        try:
            await function(site)
        except AssertionError as error:
            wrong.append(f"{number} {function.__name__}: {error}")
        await site.wait(minutes=1)
    assert wrong == [], "\n".join(wrong)
    lost = [line for line in site.world.ledger.lines() if line["why"].startswith("over ")]
    assert lost == []
