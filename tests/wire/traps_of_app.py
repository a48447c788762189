"""Traps of callbacks and of the application: signatures, events, limits, cards, tokens, media.

Numbers that are about what we do not use (19 markdown, 24 group chats, 25 群发) are held to that.
"""

from __future__ import annotations

import base64
import io
import json

from PIL import Image
from sqlalchemy import func, select

from bot.simulator.wire import envelope
from bot.wecom.crypto import WecomCrypto
from models.messages.content import Button, Content
from models.messages.inbox import InboxMessage
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.messages.tell import close_cards
from tests.wire.site import Site
from tests.wire.traps import count, courier, texts, trap


def _picture() -> str:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(data, "JPEG")
    return base64.b64encode(data.getvalue()).decode()


PICTURE = _picture()


@trap(1, 3, 4)
async def address_is_verified(site: Site) -> None:
    """Twenty random ciphertexts hold plus signs and pads of all kinds; each is answered with the bare text. What is
    signed with our key for somebody else is not ours.
    """
    assert all([await site.simulator.verify_callback_url() for _ in range(20)])
    before = await count(site, select(func.count(InboxMessage.id)))
    settings = site.world.settings
    other = WecomCrypto(settings.token, settings.aes_key, "ww-somebody-else")
    sealed = other.encrypt(
        courier(site).inner.message("wangqiang", "text", "4-1", site.clock.now(), Content="帮助").encode()
    )
    query = {"timestamp": "1", "nonce": "2", "msg_signature": other.signature("1", "2", sealed)}
    body = envelope("ww-somebody-else", settings.agent_id, sealed)
    async with site.session.post(settings.callback_url, params=query, data=body) as answer:
        assert answer.status != 200
    assert await count(site, select(func.count(InboxMessage.id))) == before


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
    await site.say("lina", "帮助")
    site.new("lina")
    url = f"{site.config.server.public_url}/sim/people/lina/say"
    for text in ("帮助", "进度"):  # two notices of 微信客服 that differ in nothing
        async with site.session.post(url, json={"text": text}) as answer:
            assert answer.status == 200
    await site.settle()
    assert len(answers := texts(site.new("lina"))) == 2, answers


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
    for _ in range(2):
        async with site.service.core.db.begin() as session:
            await close_cards(session, "", "已看过", site.clock.now())
        await site.settle()
    assert not any("不用再点" in text for text in texts(site.new("zhaolei"))), "a code was used twice"
    entries = [entry for entry in site.world.phones.show("zhaolei", 0) if entry.get("title") == "第二十件"]
    assert [entry["buttons"] for entry in entries] == [[]]


@trap(22)
async def what_a_person_has_to_mend_is_told_and_loses_nothing(site: Site) -> None:
    for code, cure in ((60020, "企业可信IP"), (301002, "agent_id 与 Secret")):
        await site.wait(minutes=61)
        site.new("zhaolei")
        site.new("linfang")
        site.order({"api": "message/send", "errcode": code})
        await site.send("zhaolei", Content(text=f"第二十二件之 {code}"))
        await site.wait(minutes=11)
        assert texts(site.new("zhaolei")) == [f"第二十二件之 {code}"]
        assert any(cure in text for text in texts(site.new("linfang")))


@trap(21)
async def tokens_are_renewed_once(site: Site) -> None:
    site.new("zhaolei")
    site.simulator._tokens.revoke_all()
    for n in range(20):
        await site.send("zhaolei", Content(text=f"第二十一件之 {n}"))
        await site.send("zhoumin", Content(text=f"第二十一件之 {n}"))
    await site.wait(minutes=1)
    assert len(site.world.store.things("token")) == 1
    assert len(site.new("zhaolei")) == 20
    site.order({"api": "gettoken", "errcode": 40001, "times": 50})
    site.simulator._tokens.revoke_all()
    for n in range(20):
        await site.send("zhaolei", Content(text=f"第二十一件之又 {n}"))
    await site.wait(minutes=9)
    (left,) = [fault["times"] for fault in site.world.faults.standing()]
    assert left >= 48, "a wrong secret asked for again and again blocks the address for an hour"
    site.world.faults.reset()
    await site.wait(minutes=12)
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
    await site.say("lina", "报修 A-1203 空调漏水")
    site.new("lina")
    site.order({"api": "media/get", "errcode": 40007, "times": 20})
    url = f"{site.config.server.public_url}/sim/people/lina/say"
    async with site.session.post(url, json={"image": PICTURE}) as answer:
        assert answer.status == 200
    await site.wait(minutes=30)
    site.world.faults.reset()
    assert any("再发一次" in text for text in texts(site.new("lina"))), "JSON with status 200 is no picture"


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
