"""A simulator over real HTTP, with a service that only writes down what it is told."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from aiohttp import ClientSession, FormData, web
from aiohttp.test_utils import TestServer

from bot.simulator.people import Person
from bot.simulator.server import Simulator
from bot.simulator.settings import SimulatorSettings
from bot.wecom.crypto import WecomCrypto
from models.clock import VirtualClock

CORP, SECRET, TOKEN, AGENT, KFID = "ww-park", "application-secret", "QDG6eK", 1000002, "wk-service"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
SMS_KEY = "gateway-key"
START = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
AMR = b"#!AMR\n" + bytes(40)

LINA = Person("lina", "李娜", "tenant", "星河科技", "A-301", (), "13800000001", "wmLina")
WANG = Person("wang", "王强", "tenant", "远航贸易", "B-102", (), "13800000002", "wmWang")
ZHAO = Person("ZhaoMin", "赵敏", "staff", "", "", ("service",), "13900000001", "ZhaoMin")
QIAN = Person("qian", "钱工", "staff", "", "", ("engineer",), "13900000002", "qian")
PEOPLE = (LINA, WANG, ZHAO, QIAN)

TEMPLATES = {"code_bind": "绑定码${code},十分钟内有效。", "notice_bill": "${month}账单${amount}元,请留意。"}


@dataclass(slots=True)
class Service:
    """What the service heard. `answers`: HTTP statuses of the coming answers, then 200."""

    heard: list[dict[str, str]] = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    crypto: WecomCrypto = field(default_factory=lambda: WecomCrypto(TOKEN, AES_KEY, CORP))

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/wecom/callback", self._callback)
        app.router.add_get("/wecom/callback", self._echo)
        app.router.add_post("/sms/report/http", self._report)
        return app

    async def _callback(self, request: web.Request) -> web.Response:
        outer = ElementTree.fromstring(await request.text())  # noqa: S314  our own simulator
        encrypted = outer.findtext("Encrypt") or ""
        query = request.query
        self.crypto.verify(query["msg_signature"], query["timestamp"], query["nonce"], encrypted)
        inner = ElementTree.fromstring(self.crypto.decrypt(encrypted))  # noqa: S314
        self.heard.append({element.tag: element.text or "" for element in inner})
        return web.Response(status=self._status())

    async def _echo(self, request: web.Request) -> web.Response:
        query = request.query
        self.crypto.verify(query["msg_signature"], query["timestamp"], query["nonce"], query["echostr"])
        return web.Response(body=self.crypto.decrypt(query["echostr"]))

    async def _report(self, request: web.Request) -> web.Response:
        assert request.headers["X-Sms-Key"] == SMS_KEY
        status = self._status()
        if status == 200:
            self.reports += await request.json()
        return web.Response(status=status)

    def _status(self) -> int:
        return self.answers.pop(0) if self.answers else 200


@dataclass(slots=True)
class Stage:
    """Simulator, service, clock, and a client that knows the token."""

    simulator: Simulator
    service: Service
    clock: VirtualClock
    http: ClientSession
    base: str
    token: str = ""

    def wait(self, **duration: float) -> None:
        self.clock.set(self.clock.now() + timedelta(**duration))

    async def renew_token(self) -> None:
        url = f"{self.base}/cgi-bin/gettoken?corpid={CORP}&corpsecret={SECRET}"
        self.token = (await self.get_json(url))["access_token"]

    async def call(self, api: str, body: Any, **query: Any) -> dict[str, Any]:
        params = {"access_token": self.token} | query
        async with self.http.post(f"{self.base}/cgi-bin/{api}", json=body, params=params) as response:
            assert response.status == 200
            return await response.json()

    async def get_json(self, url: str) -> Any:
        async with self.http.get(url if url.startswith("http") else self.base + url) as response:
            return await response.json()

    async def upload(self, kind: str, name: str, body: bytes) -> dict[str, Any]:
        form = FormData(quote_fields=False)
        form.add_field("media", io.BytesIO(body), filename=name)
        params = {"access_token": self.token, "type": kind}
        async with self.http.post(f"{self.base}/cgi-bin/media/upload", data=form, params=params) as response:
            return await response.json()

    async def post(self, path: str, body: Any) -> tuple[int, Any]:
        data = io.BytesIO(json.dumps(body).encode())
        async with self.http.post(f"{self.base}{path}", data=data) as response:
            return response.status, await response.json()

    async def say(self, person: str, what: Any) -> int:
        status, answer = await self.post(
            f"/sim/people/{person}/say", {"text": what} if isinstance(what, str) else what
        )
        assert status == 200, answer
        return int(answer["n"])

    async def phone(self, person: str, after: int = 0) -> list[dict[str, Any]]:
        return list(await self.get_json(f"/sim/people/{person}/phone?after={after}"))

    async def send(self, message: dict[str, Any], to: str = "qian") -> dict[str, Any]:
        return await self.call("message/send", {"touser": to, "agentid": AGENT, **message})

    async def kf_send(self, message: dict[str, Any], to: str = "wmLina", **more: Any) -> dict[str, Any]:
        return await self.call("kf/send_msg", {"touser": to, "open_kfid": KFID, **message, **more})

    async def sync(self, **more: Any) -> dict[str, Any]:
        notice = [told for told in self.service.heard if told.get("Event") == "kf_msg_or_event"]
        token = {"token": notice[-1]["Token"]} if notice else {}
        return await self.call("kf/sync_msg", {"open_kfid": KFID} | token | more)

    async def sms(self, **changed: Any) -> dict[str, Any]:
        body = {
            "key": SMS_KEY,
            "sign": "园区物业",
            "template": "notice_bill",
            "mobile": LINA.mobile,
            "params": {"month": "11月", "amount": "1280.50"},
            "out_id": "outbox-1",
        }
        return (await self.post("/sms/send", body | changed))[1]


@asynccontextmanager
async def open_stage(
    store: Path | None = None, start: datetime = START, *, moves: bool = False, **settings: Any
) -> AsyncIterator[Stage]:
    """Everything running, with a token in hand. `moves`: the clock can be moved over HTTP."""
    service, clock = Service(), VirtualClock(start)
    service_server = TestServer(service.app())
    await service_server.start_server()
    known = _settings(str(service_server.make_url("")).rstrip("/")) | settings

    async def move(to: datetime) -> None:
        clock.set(to)

    simulator = Simulator(
        SimulatorSettings(**known), PEOPLE, clock, store=store, move_clock=move if moves else None
    )
    app = web.Application()
    simulator.add_routes(app)
    server = TestServer(app)
    await server.start_server()
    await simulator.start()
    async with ClientSession() as http:
        stage = Stage(simulator, service, clock, http, str(server.make_url("")).rstrip("/"))
        await stage.renew_token()
        yield stage
    await simulator.close()
    await server.close()
    await service_server.close()


def _settings(service: str) -> dict[str, Any]:
    return {
        "corp_id": CORP,
        "agent_id": AGENT,
        "secret": SECRET,
        "token": TOKEN,
        "aes_key": AES_KEY,
        "open_kfid": KFID,
        "callback_url": f"{service}/wecom/callback",
        "sms_report_url": f"{service}/sms/report/http",
        "sms_key": SMS_KEY,
        "sms_templates": TEMPLATES,
        "sms_signature": "园区物业",
    }


def text(content: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": content}}


def card(task_id: str = "task-1", **more: Any) -> dict[str, Any]:
    body = {
        "card_type": "button_interaction",
        "main_title": {"title": "工单 R07"},
        "sub_title_text": "A-301 空调漏水",
        "button_list": [{"text": "接单", "key": "accept", "style": 1}, {"text": "改派", "key": "pass"}],
        "task_id": task_id,
    }
    return {"msgtype": "template_card", "template_card": body | more}


def notice(**more: Any) -> dict[str, Any]:
    body = {
        "card_type": "text_notice",
        "main_title": {"title": "账单"},
        "card_action": {"type": 1, "url": "https://park.example/n/1"},
    }
    return {"msgtype": "template_card", "template_card": body | more}


def menu(*items: dict[str, Any], head: str = "请选择") -> dict[str, Any]:
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": head, "list": list(items)}}


def click(key: str, label: str) -> dict[str, Any]:
    return {"type": "click", "click": {"id": key, "content": label}}
