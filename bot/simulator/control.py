"""The control contract of phones: who there is, what they do, what they see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.simulator import limits
from bot.simulator.answers import Json
from bot.simulator.gate import parse_json, read_bytes, reply
from bot.simulator.messages import BadMessage, read_message
from bot.simulator.people import STAFF, Person
from bot.simulator.staff_acts import StaffActs
from bot.simulator.tenant_acts import TenantActs
from bot.simulator.world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class NotPossible(Exception):
    """Answered with an HTTP status and a Chinese sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Control:
    """`/sim/people…` and `/sim/media…`."""

    def __init__(self, world: World, staff: StaffActs, tenants: TenantActs) -> None:
        self._world = world
        self._staff = staff
        self._tenants = tenants

    def routes(self) -> list[web.RouteDef]:
        """Everything this file answers."""
        person = "/sim/people/{id}"
        return [
            web.get("/sim/people", guarded(self._people)),
            web.get(f"{person}/phone", guarded(self._phone)),
            web.post(f"{person}/say", guarded(self._say)),
            web.post(f"{person}/open", guarded(self._open)),
            web.post(f"{person}/press", guarded(self._press)),
            web.get("/sim/media/{id}", guarded(self._media)),
        ]

    async def _people(self, _request: web.Request) -> web.StreamResponse:
        return reply([_shown(person) for person in self._world.people.all()])

    async def _phone(self, request: web.Request) -> web.StreamResponse:
        after = request.query.get("after", "0")
        if not (after.isascii() and after.isdigit() and len(after) < 16):
            raise NotPossible(400, "after 应为 0 或更大的整数。")
        owner = request.match_info["id"]
        if not owner.startswith("sms:"):
            owner = self._person(request).id
        return reply(self._world.phones.show(owner, int(after)))

    async def _say(self, request: web.Request) -> web.StreamResponse:
        person = self._person(request)
        try:
            message = read_message(await read_body(request))
        except BadMessage as error:
            raise NotPossible(400, str(error)) from error
        acts = self._staff if person.kind == STAFF else self._tenants
        return reply({"n": await acts.say(person, message)})

    async def _open(self, request: web.Request) -> web.StreamResponse:
        person = self._person(request)
        acts = self._staff if person.kind == STAFF else self._tenants
        return reply({"answered": await acts.open(person)})

    async def _press(self, request: web.Request) -> web.StreamResponse:
        person, body = self._person(request), await read_body(request)
        n, key = body.get("message"), body.get("key")
        if not isinstance(n, int) or isinstance(n, bool) or not isinstance(key, str):
            raise NotPossible(400, "请提供 message(消息编号)和 key(按钮)。")
        if n == 0 and person.kind == STAFF:
            return await self._press_menu(person, key)
        entry = self._pressable(person, n, key)
        if person.kind == STAFF:
            await self._staff.press(person, entry, key)
            return reply({"n": n})
        return reply({"n": await self._tenants.press(person, entry, key)})

    async def _press_menu(self, person: Person, key: str) -> web.StreamResponse:
        if not await self._staff.press_menu(person, key):
            raise NotPossible(404, "应用菜单里没有这一项。")
        return reply({"n": 0})

    def _pressable(self, person: Person, n: int, key: str) -> Json:
        entry = self._world.phones.entry(person.id, n)
        if entry is None:
            raise NotPossible(404, "没有这条消息，请刷新后重试。")
        if not any(button["key"] == key for button in entry["buttons"]):
            if entry.get("rev"):
                raise NotPossible(409, "这张卡片已经处理过，按钮不能再点。")
            raise NotPossible(400, "这条消息没有这个按钮。")
        return entry

    async def _media(self, request: web.Request) -> web.StreamResponse:
        media = self._world.media.find(request.match_info["id"])
        if media is None:
            raise NotPossible(404, "文件不存在。")
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=86400"}
        if media.content_type not in ("image/jpeg", "image/png", "application/pdf"):
            # What people upload must not run as a page of this origin.
            headers |= {"Content-Disposition": "attachment", "Content-Security-Policy": "sandbox"}
        body = self._world.media.body(media.id)
        return web.Response(body=body, content_type=media.content_type, headers=headers)

    def _person(self, request: web.Request) -> Person:
        person = self._world.people.find(request.match_info["id"])
        if person is None:
            raise NotPossible(404, "没有这个人，请在 /sim/people 查看名单。")
        return person


def guarded(handler: Handler) -> Handler:
    """The handler, with NotPossible turned into an answer."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except NotPossible as error:
            return reply({"error": str(error)}, error.status)

    return handle


async def read_body(request: web.Request) -> Any:
    """The JSON in the body. Raises NotPossible."""
    raw = await read_bytes(request, limits.CONTROL_BODY_BYTES)
    if raw is None:
        raise NotPossible(413, "内容太大，请压缩后再发。")
    try:
        return parse_json(raw)
    except ValueError as error:
        raise NotPossible(400, "请求内容不是有效的 JSON。") from error


def _shown(person: Person) -> Json:
    return {
        "id": person.id,
        "name": person.name,
        "kind": person.kind,
        "company": person.company,
        "unit": person.unit,
        "roles": list(person.roles),
        "mobile": person.mobile,
    }
