"""A small stand-in for the simulator's control contract, to test the page of phones by itself.

It answers like the real thing: messages numbered per person, cards that change in place, a clock that only goes forward.
"""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

STORY = {
    "title": "一次报修",
    "intro": "从一句话到完工。",
    "steps": [
        {
            "who": "lina",
            "do": "say",
            "text": "报修 3楼空调不冷了",
            "remember": {"单号": "(R[0-9]+)"},
            "look": "单号",
        },
        {"who": "lina", "do": "photo", "look": "照片"},
        {"who": "zhoumin", "do": "say", "text": "派单 {单号} 王强", "look": "卡片"},
        {"who": "wangqiang", "do": "press", "button": "接单", "look": "变灰"},
    ],
}
"""A story of its own: the shipped one may change without touching what the page can do."""
PAGE = Path(__file__).parents[2] / "bot" / "simulator" / "page"
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HOSTILE = '<img src=x onerror="window.hacked=1">\u202e公司'
TENANTS = (
    ("lina", "李娜", "星河设计有限公司", "A座 301", "13800000001"),
    ("zhaolei", "赵磊", "云帆科技（上海）有限公司", "B座 1202", "13800000002"),
    ("smith", "John Smith-Müller 🙂", HOSTILE, "C座 05", "13800000003"),
)
STAFF = (
    ("zhoumin", "周敏", "客户服务部", ["客服专员"]),
    ("wangqiang", "王强", "工程部", ["技工", "值班"]),
    ("chenjing", "陈静", "财务部", ["财务主管"]),
    ("zhengwei", "郑伟", "总办", ["项目经理"]),
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
UNITS = {"h": "hours", "d": "days", "m": "minutes"}


def _people() -> list[dict[str, Any]]:
    tenants = [
        {
            "id": id_,
            "name": name,
            "kind": "tenant",
            "company": company,
            "unit": unit,
            "roles": ["经办人"],
            "mobile": mobile,
        }
        for id_, name, company, unit, mobile in TENANTS
    ]
    staff = [
        {"id": id_, "name": name, "kind": "staff", "company": "物业服务中心", "unit": unit, "roles": roles}
        for id_, name, unit, roles in STAFF
    ]
    return tenants + staff


@dataclass
class FakePhones:
    """The state behind the fake: what is on each phone, and what was asked of it."""

    now: datetime = START
    people: list[dict[str, Any]] = field(default_factory=_people)
    phones: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    said: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    pressed: list[tuple[str, int, str]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    media: list[bytes] = field(default_factory=list)
    clock_may_arrive: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.clock_may_arrive.set()

    def put(self, person: str, sender: str = "bot", **message: Any) -> dict[str, Any]:
        """Lays one message on a phone; the channel is the person's chat unless said otherwise."""
        phone = self.phones.setdefault(person, [])
        tenant = any(each["id"] == person and each["kind"] == "tenant" for each in self.people)
        row = {
            "n": len(phone) + 1,
            "at": self.now.isoformat(),
            "from": sender,
            "channel": "kf" if tenant else "wecom",
            "kind": "text",
            "text": "",
            "buttons": [],
            "url": "",
            "rev": 1,
        } | message
        phone.append(row)
        return row

    def change(self, person: str, n: int, **fields: Any) -> None:
        """Changes a card in place, as an updated template card does."""
        row = self.phones[person][n - 1]
        row.update(fields, rev=row["rev"] + 1)

    def app(self) -> web.Application:
        """The web application that speaks the contract."""
        app = web.Application(client_max_size=30 * 1024 * 1024)
        app.router.add_get("/", self._page)
        app.router.add_get("/sim/static/story.json", self._story)
        app.router.add_static("/sim/static/", PAGE)
        app.router.add_get("/sim/people", self._list)
        app.router.add_get("/sim/people/{id}/phone", self._phone)
        app.router.add_post("/sim/people/{id}/say", self._say)
        app.router.add_post("/sim/people/{id}/open", self._open)
        app.router.add_post("/sim/people/{id}/press", self._press)
        app.router.add_get("/sim/clock", self._clock)
        app.router.add_post("/sim/clock", self._move)
        app.router.add_get("/media/{index}", self._media)
        app.router.add_get("/bill.pdf", self._pdf)
        return app

    async def _story(self, _: web.Request) -> web.Response:
        return web.json_response({"stories": [STORY]})

    async def _page(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE / "index.html")

    async def _pdf(self, _: web.Request) -> web.Response:
        return web.Response(body=PDF, content_type="application/pdf")

    async def _list(self, _: web.Request) -> web.Response:
        return web.json_response(self.people)

    async def _phone(self, request: web.Request) -> web.Response:
        after = int(request.query.get("after", "0"))
        phone = self.phones.get(request.match_info["id"], [])
        return web.json_response([row for row in phone if row["n"] > after])

    async def _open(self, request: web.Request) -> web.Response:
        person = request.match_info["id"]
        self.opened.append(person)
        if not self.phones.get(person):
            self.put(person, text="您好，这里是物业服务中心。\n发送“帮助”看看我能做什么。")
        return web.json_response({})

    async def _say(self, request: web.Request) -> web.Response:
        person, body = request.match_info["id"], await request.json()
        self.said.append((person, body))
        text = body.get("text", "")
        if text == "出错":
            return web.json_response({"error": "会话已过期，请先打开聊天。"}, status=409)
        if "image" in body:
            self._keep_picture(person, body["image"])
        if "file" in body:
            self.put(person, "me", kind="file", title=body["name"], url="/bill.pdf")
        if "location" in body:
            self.put(person, "me", text=f"[位置] {body['location']['label']}")
        if text:
            self.put(person, "me", text=text)
        self._answer(person, text)
        return web.json_response({})

    def _keep_picture(self, person: str, encoded: str) -> None:
        self.media.append(base64.b64decode(encoded))
        self.put(person, "me", kind="image", url=f"/media/{len(self.media) - 1}")

    def _answer(self, person: str, text: str) -> None:
        if text.startswith("报修"):
            self._report(person, text)
        elif text == "帮助":
            words = ("报修", "进度", "账单")
            buttons = [{"key": f"help:{word}", "text": word} for word in words]
            self.put(person, kind="menu", text="您可以直接说，也可以点一下：", buttons=buttons)
        elif text != "沉默":
            self.put(person, text=f"收到：{text or '照片已附到 R07'}")

    def _report(self, person: str, text: str) -> None:
        self.put(
            person,
            text=f"已登记报修 R07：{text[2:].strip()}（A座 301）。\n我们会尽快安排，发送“进度”随时查看。",
        )
        for staff in ("zhoumin", "wangqiang"):
            buttons = [{"key": "R07:accept", "text": "接单"}, {"key": "R07:pass", "text": "改派"}]
            self.put(
                staff,
                kind="card",
                title="新报修 R07",
                text=f"A座 301 · 李娜\n{text}\n时限：30 分钟内到场",
                buttons=buttons,
            )

    async def _press(self, request: web.Request) -> web.Response:
        person, body = request.match_info["id"], await request.json()
        self.pressed.append((person, body["message"], body["key"]))
        row = self.phones[person][body["message"] - 1]
        if not row["buttons"]:
            return web.json_response({"error": "这张卡片已经处理过了。"}, status=409)
        if row["kind"] == "card":
            self.change(person, row["n"], buttons=[], state="已接单 · 王强")
        self.put(person, text="好的，已接单。")
        return web.json_response({})

    async def _clock(self, _: web.Request) -> web.Response:
        return web.json_response({"now": self.now.isoformat()})

    async def _move(self, request: web.Request) -> web.Response:
        body = await request.json()
        if "by" in body:
            to = self.now + timedelta(**{UNITS[body["by"][-1]]: int(body["by"][:-1])})
        else:
            to = datetime.fromisoformat(body["to"])
        await self.clock_may_arrive.wait()
        self.now = max(self.now, to)
        return web.json_response({"now": self.now.isoformat()})

    async def _media(self, request: web.Request) -> web.Response:
        return web.Response(body=self.media[int(request.match_info["index"])], content_type="image/jpeg")
