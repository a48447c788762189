"""The channels against the simulator: over HTTP, encrypted, with its strict limits."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.channels.base import Again, NextChannel, Sent, Unknown
from bot.channels.sms import SmsChannel
from bot.channels.sms_http import HttpSmsProvider
from bot.channels.wecom_app import WecomApp
from bot.channels.wecom_kf import WecomKf
from bot.simulator.people import Person
from bot.simulator.server import Simulator, SimulatorSettings
from bot.wecom.client import WecomClient
from bot.wecom.crypto import WecomCrypto
from bot.wecom.envelope import KfNotice, open_callback, open_echo
from models.clock import VirtualClock
from models.errors import Refused
from models.messages.content import Button, Content, Sms
from models.messages.inbound import Inbound, Kind

KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
LINA = Person("lina", "李娜", "tenant", "云图科技", "A-301", (), "13800138000", "wmLina")
WANG = Person("wang", "王工", "staff", "", "", ("engineer",), "13800138001", "wang")
BUTTONS = (Button("take:R07", "接单"), Button("pass:R07", "改派"))


@dataclass
class Site:
    """The simulator on one port, and the little of a service that listens to its callbacks."""

    base_url: str
    simulator: Simulator
    session: aiohttp.ClientSession
    client: WecomClient
    app: WecomApp
    kf: WecomKf
    sms: SmsChannel
    arrived: list[Inbound | KfNotice] = field(default_factory=list)

    async def order(self, *faults: dict[str, Any]) -> None:
        async with self.session.post(f"{self.base_url}/sim/faults", json=list(faults)) as response:
            assert response.status == 200

    async def do(self, person: Person, act: str, body: dict[str, Any]) -> None:
        url = f"{self.base_url}/sim/people/{person.id}/{act}"
        async with self.session.post(url, json=body) as response:
            assert response.status == 200, await response.text()
        await self.simulator.settled()

    async def phone(self, person: Person) -> list[dict[str, Any]]:
        async with self.session.get(f"{self.base_url}/sim/people/{person.id}/phone?after=0") as response:
            shown = await response.json()
        return [entry for entry in shown if entry["from"] != "me"]

    async def pulled(self) -> list[Inbound]:
        notice = next(each for each in reversed(self.arrived) if isinstance(each, KfNotice))
        return [each async for page in self.kf.pull(notice, "") for each in page.items]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    port, clock = unused_port(), VirtualClock(datetime(2026, 11, 26, 1, 0, tzinfo=UTC))
    base_url = f"http://127.0.0.1:{port}"
    settings = SimulatorSettings(
        corp_id="ww-park",
        agent_id=1000002,
        secret="canary-secret",
        token="tok",
        aes_key=KEY,
        open_kfid="wkPark",
        callback_url=f"{base_url}/wecom/callback",
        sms_report_url=f"{base_url}/sms/report/http",
        sms_key="canary-key",
        sms_templates={"SMS_BILL": "您有一份账单待查收,金额${sum}元。"},
        sms_signature="科技园",
        kf_page_items=3,
    )
    simulator = Simulator(settings, [LINA, WANG], clock)
    crypto, arrived = WecomCrypto("tok", KEY, "ww-park"), list[Inbound | KfNotice]()

    async def callback(request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.Response(body=open_echo(crypto, request.rel_url.raw_query_string))
        arrived.append(open_callback(crypto, request.query, await request.read(), clock.now()))
        return web.Response()

    service = web.Application()
    service.router.add_route("*", "/wecom/callback", callback)
    simulator.add_routes(service)
    server = TestServer(service, port=port)
    await server.start_server()
    await simulator.start()
    async with aiohttp.ClientSession() as session:
        client = WecomClient(session, base_url, "ww-park", "canary-secret", clock, timeout_s=5)
        gateway = HttpSmsProvider(session, base_url, "canary-key", "科技园")
        app, kf = WecomApp(client, 1000002), WecomKf(client, "wkPark", clock)
        yield Site(base_url, simulator, session, client, app, kf, SmsChannel(gateway), arrived)
    await simulator.close()
    await server.close()


async def test_callback_address_is_verified(site: Site) -> None:
    assert await site.simulator.verify_callback_url()


async def test_member_writes_and_is_answered(site: Site) -> None:
    await site.do(WANG, "say", {"text": "接单 R07"})
    (got,) = site.arrived
    assert isinstance(got, Inbound)
    assert (got.sender, got.kind, got.text) == ("wang", Kind.TEXT, "接单 R07")
    assert isinstance(await site.app.send(site.app.render(Content("好的"), "wang", "r1")), Sent)
    assert [entry["text"] for entry in await site.phone(WANG)] == ["好的"]


async def test_card_is_pressed_and_turned_grey_once(site: Site) -> None:
    request = site.app.render(Content("漏水", title="R07", buttons=BUTTONS), "wang", "case:7:new")
    assert isinstance(await site.app.send(request), Sent)
    (card,) = await site.phone(WANG)
    await site.do(WANG, "press", {"message": card["n"], "key": "take:R07"})
    (got,) = site.arrived
    assert isinstance(got, Inbound)
    assert (got.kind, got.action) == (Kind.PRESS, "take:R07")
    assert got.data["task_id"] == request.body["template_card"]["task_id"]
    update = site.app.card_update(["wang"], got.data["response_code"], "已接单")
    assert isinstance(await site.app.send(update), Sent)
    assert isinstance(await site.app.send(update), NextChannel)


@pytest.mark.parametrize("buttons", [(), BUTTONS], ids=["text", "card"])
async def test_lost_answer_does_not_double_a_message(site: Site, buttons: tuple[Button, ...]) -> None:
    await site.order({"api": "message/send", "deliver_then_drop": True})
    request = site.app.render(Content("漏水", buttons=buttons), "wang", "case:8:new")
    first = await site.app.send(request)
    assert isinstance(first, Again)
    assert first.maybe_sent
    assert isinstance(await site.app.send(request), Sent)
    assert len(await site.phone(WANG)) == 1


async def test_lost_answer_does_not_double_a_kf_message(site: Site) -> None:
    await site.do(LINA, "say", {"text": "报修"})
    await site.order({"api": "kf/send_msg", "deliver_then_drop": True})
    request = site.kf.render(Content("已受理"), "wmLina", "reply:1")
    outcomes = [await site.kf.send(request) for _ in range(3)]
    assert [type(outcome) for outcome in outcomes][-1] is Sent
    assert [entry["text"] for entry in await site.phone(LINA)] == ["已受理"]


async def test_many_messages_over_pages_with_an_empty_one(site: Site) -> None:
    for number in range(10):
        await site.do(LINA, "say", {"text": f"报修 {number}"})
    await site.order({"api": "kf/sync_msg", "empty_page": True})
    got = await site.pulled()
    assert [each.text for each in got if each.kind is Kind.TEXT] == [f"报修 {number}" for number in range(10)]
    assert got[0].action == "enter_session"
    assert len({each.key for each in got}) == len(got)


async def test_welcome_goes_out_under_its_code(site: Site) -> None:
    await site.do(LINA, "say", {"text": "您好"})
    entered = next(each for each in await site.pulled() if each.action == "enter_session")
    assert isinstance(
        await site.kf.welcome(entered.data["welcome_code"], Content("欢迎", buttons=BUTTONS)), Sent
    )
    assert [entry["kind"] for entry in await site.phone(LINA)] == ["menu"]


async def test_sixth_message_takes_another_way(site: Site) -> None:
    await site.do(LINA, "say", {"text": "您好"})
    outcomes = [
        await _new_session(site, site.kf.render(Content(f"第 {n} 条"), "wmLina", f"n{n}")) for n in range(6)
    ]
    assert [type(outcome) for outcome in outcomes] == [Sent] * 5 + [NextChannel]


async def _new_session(site: Site, request: Any) -> Any:
    """What the outbox does: again when told so."""
    outcome = await site.kf.send(request)
    return await site.kf.send(request) if isinstance(outcome, Again) else outcome


async def test_picture_of_a_member_is_fetched(site: Site) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + b"0" * 100
    await site.do(WANG, "say", {"image": base64.b64encode(picture).decode()})
    (got,) = site.arrived
    assert isinstance(got, Inbound)
    assert got.kind is Kind.IMAGE
    assert (await site.client.download(got.media_id))[0] == picture
    with pytest.raises(Refused):
        await site.client.download("no-such-media")


async def test_file_reaches_a_phone_under_its_name(site: Site) -> None:
    media_id = await site.app.upload("file", "催款通知.pdf", b"%PDF-1.7 test")
    content = Content(file="notice:1", file_name="催款通知.pdf")
    assert isinstance(await site.app.send(site.app.render(content, "wang", "k", media_id)), Sent)
    (entry,) = await site.phone(WANG)
    assert (entry["kind"], entry["text"] or entry["title"]) == ("file", "催款通知.pdf")


async def test_sms_lost_answer_is_asked_about(site: Site) -> None:
    await site.order({"api": "sms/send", "deliver_then_drop": True})
    request = site.sms.render(
        Content("账单", sms=Sms("SMS_BILL", (("sum", "¥1,200.00"),))), LINA.mobile, "n1"
    )
    assert await site.sms.ask(request) is None
    assert isinstance(await site.sms.send(request), Unknown)
    assert isinstance(await site.sms.ask(request), Sent)
    assert len(await site.phone(LINA)) == 1


async def test_revoked_tokens_are_renewed_under_way(site: Site) -> None:
    await site.app.send(site.app.render(Content("一"), "wang", "k1"))
    await site.order({"api": "gettoken", "revoke": True})
    requests = [site.app.render(Content(f"第 {n} 条"), "wang", f"k{n}") for n in range(20)]
    outcomes = await asyncio.gather(*(site.app.send(request) for request in requests))
    assert {type(outcome) for outcome in outcomes} == {Sent}
