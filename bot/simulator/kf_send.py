"""Messages of the KF account to a customer's phone. [wecom.md 4.4, 4.5]"""

from __future__ import annotations

from aiohttp import web

from bot.simulator.answers import MSGID_USED, ApiError, Json, ok
from bot.simulator.gate import Call, Gate
from bot.simulator.kf_log import KfLog
from bot.simulator.kf_notices import KfNotices
from bot.simulator.kf_rules import MEDIA_TYPES, check_on_event, check_send
from bot.simulator.kf_sessions import Sessions
from bot.simulator.media import IMAGE, media_url
from bot.simulator.people import Person
from bot.simulator.phones import BOT, KF, buttons
from bot.simulator.world import World, secret

_SEND, _ON_EVENT = "kf/send_msg", "kf/send_msg_on_event"


class KfSend:
    """kf/send_msg and kf/send_msg_on_event."""

    def __init__(self, world: World, log: KfLog, sessions: Sessions, notices: KfNotices) -> None:
        self._world = world
        self._log = log
        self._sessions = sessions
        self._notices = notices

    def routes(self, gate: Gate) -> list[web.RouteDef]:
        """Everything this file answers."""
        return [gate.post(_SEND, self._send), gate.post(_ON_EVENT, self._send_on_event)]

    async def _send(self, call: Call) -> Json:
        body = call.body
        content = check_send(body)
        if body["open_kfid"] != self._world.settings.open_kfid:
            raise ApiError(95004)
        customer = self._customer(body["touser"])
        self._check_media(body["msgtype"], content)
        # Before the window: the repetition of a message that got through must not look refused.
        self._check_unused(body)
        self._sessions.check_open(customer.account)
        self._sessions.count(customer.account)
        if call.fault.fail_type is not None:
            return self._fail_later(body, customer, call.fault.fail_type)
        return self._show(_SEND, customer, body, content)

    async def _send_on_event(self, call: Call) -> Json:
        content = check_on_event(call.body)
        self._check_unused(call.body)
        customer = self._customer(self._sessions.take_code(call.body["code"], call.body["msgtype"]))
        return self._show(_ON_EVENT, customer, call.body, content)

    def _customer(self, external_userid: str) -> Person:
        customer = self._world.people.customer(external_userid)
        if customer is None:
            raise ApiError(40096)
        return customer

    def _check_media(self, kind: str, content: Json) -> None:
        if kind in MEDIA_TYPES:
            self._world.media.valid(content["media_id"], kind)
        if kind == "link":
            self._world.media.valid(content["thumb_media_id"], IMAGE)

    def _check_unused(self, body: Json) -> None:
        if body.get("msgid") and self._world.store.get("kf_msgid", body["msgid"]):
            self._world.ledger.note(_SEND, str(body.get("touser", "")), body["msgid"], "msgid used before")
            raise ApiError(MSGID_USED)

    def _show(self, api: str, customer: Person, body: Json, content: Json) -> Json:
        msgid = self._take_msgid(body)
        self._world.phones.add(customer.id, BOT, KF, **self._entry(body["msgtype"], content))
        self._world.ledger.note(api, customer.id, msgid)
        return ok(msgid=msgid)

    def _fail_later(self, body: Json, customer: Person, fail_type: int) -> Json:
        """Accepted is not delivered: the failure comes as an event."""
        msgid = self._take_msgid(body)
        self._world.ledger.note(_SEND, customer.id, msgid, f"fail_type {fail_type}")
        self._log.event(customer.account, "msg_send_fail", fail_msgid=msgid, fail_type=fail_type)
        self._notices.tell_later()
        return ok(msgid=msgid)

    def _take_msgid(self, body: Json) -> str:
        msgid = body.get("msgid") or secret("m", 31)
        self._world.store.put("kf_msgid", msgid, {"at": self._world.stamp()})
        return str(msgid)

    def _entry(self, kind: str, content: Json) -> Json:
        if kind == "text":
            return {"kind": "text", "text": content["content"]}
        if kind == "msgmenu":
            return _menu_entry(content)
        if kind == "link":
            return {
                "kind": "link",
                "title": content["title"],
                "text": content.get("desc", ""),
                "url": content["url"],
            }
        if kind == "location":
            place = " ".join(content[name] for name in ("name", "address") if content.get(name))
            return {"kind": "text", "text": f"[位置] {place}".strip()}
        media = self._world.media.valid(content["media_id"])
        return {"kind": "image" if kind == IMAGE else "file", "title": media.name, "url": media_url(media)}


def _menu_entry(menu: Json) -> Json:
    items = menu.get("list") or []
    clicks = [(item["click"]["id"], item["click"]["content"]) for item in items if item["type"] == "click"]
    texts = [item["text"]["content"] for item in items if item["type"] == "text"]
    views = [item["view"] for item in items if item["type"] == "view"]
    links = [f"{view['content']} {view['url']}" for view in views[1:]]
    parts = [menu.get("head_content", ""), *texts, *links, menu.get("tail_content", "")]
    return {
        "kind": "menu",
        "text": "\n".join(part for part in parts if part),
        "buttons": buttons(clicks),
        "url": views[0]["url"] if views else "",
    }
