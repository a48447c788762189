"""The application's sending side: messages, recall, menu. [wecom.md 3]"""

from __future__ import annotations

import hashlib
import json

from aiohttp import web

from bot.simulator import limits
from bot.simulator.answers import ApiError, Json, ok
from bot.simulator.app_rules import MEDIA_TYPES, check_message
from bot.simulator.cards import Cards, card_entry
from bot.simulator.fields import Field, check
from bot.simulator.gate import Call, Gate
from bot.simulator.media import media_url
from bot.simulator.menu_rules import check_menu
from bot.simulator.people import Person
from bot.simulator.phones import BOT, WECOM
from bot.simulator.recipients import Recipients, find_recipients, invalid_of, over_quota
from bot.simulator.world import World, secret

_SEND = "message/send"
_UNSEEN = "\u200b\u200c\u200d\ufeff"
"""A phone shows nothing for these at the end of a text."""


class AppApi:
    """message/send, message/update_template_card, message/recall, menu/create, agent/get."""

    def __init__(self, world: World, cards: Cards) -> None:
        self._world = world
        self._cards = cards

    def routes(self, gate: Gate) -> list[web.RouteDef]:
        """Everything this file answers."""
        return [
            gate.post(_SEND, self._send),
            gate.post("message/update_template_card", self._update_card),
            gate.post("message/recall", self._recall),
            gate.post("menu/create", self._create_menu),
            gate.get("menu/get", self._menu),
            gate.get("agent/get", self._agent),
        ]

    async def _agent(self, call: Call) -> Json:
        if call.argument("agentid") != str(self._world.settings.agent_id):
            raise ApiError(301002 if call.argument("agentid") else 41011)
        return ok(agentid=self._world.settings.agent_id, name="服务中心", close=0)

    async def _send(self, call: Call) -> Json:
        body = call.body
        content = check_message(body, self._world.settings.agent_id)
        if body["msgtype"] in MEDIA_TYPES:
            self._world.media.valid(content["media_id"], body["msgtype"])
        recipients = find_recipients(self._world, body)
        if earlier := self._earlier(body):
            self._world.ledger.note(_SEND, str(body["touser"]), str(earlier["msgid"]), "duplicate")
            return earlier
        reply = self._deliver(body, content, recipients)
        if body.get("enable_duplicate_check"):
            self._world.store.put("sent", _digest(body), {"at": self._world.stamp(), "reply": reply})
        return reply

    def _earlier(self, body: Json) -> Json | None:
        """The reply to the same JSON within its interval: it is delivered once."""
        if not body.get("enable_duplicate_check"):
            return None
        sent = self._world.store.get("sent", _digest(body))
        interval_s = body.get("duplicate_check_interval") or limits.DUPLICATE_CHECK_S
        if sent is None or self._world.age_s(sent) > interval_s:
            return None
        reply: Json = sent["reply"]
        return reply

    def _deliver(self, body: Json, content: Json, recipients: Recipients) -> Json:
        msgid, is_card = secret("msg", 40), body["msgtype"] == "template_card"
        response_code = self._cards.register(content) if is_card else ""
        shown = [self._show(member, msgid, body["msgtype"], content) for member in recipients.members]
        numbers = {person: ns for entry in shown for person, ns in entry.items()}
        self._world.store.put("message", msgid, {"at": self._world.stamp(), "shown": numbers})
        reply = ok(**invalid_of(recipients), unlicenseduser="", msgid=msgid)
        return reply | ({"response_code": response_code} if response_code else {})

    def _show(self, member: Person, msgid: str, kind: str, content: Json) -> dict[str, list[int]]:
        if why := over_quota(self._world, member):
            self._world.ledger.note(_SEND, member.id, msgid, why)
            return {}
        numbers = [
            self._world.phones.add(member.id, BOT, WECOM, **entry) for entry in self._entries(kind, content)
        ]
        if kind == "template_card":
            self._cards.shown(content, member, numbers[0])
        self._world.ledger.note(_SEND, member.id, msgid)
        return {member.id: numbers}

    def _entries(self, kind: str, content: Json) -> list[Json]:
        if kind in ("text", "markdown"):
            return [{"kind": "text", "text": content["content"].rstrip(_UNSEEN)}]
        if kind == "template_card":
            return [card_entry(content)]
        if kind == "textcard":
            text = content["description"]
            return [{"kind": "card", "title": content["title"], "text": text, "url": content["url"]}]
        if kind == "news":
            return [
                {
                    "kind": "link",
                    "title": item["title"],
                    "text": item.get("description", ""),
                    "url": item["url"],
                }
                for item in content["articles"]
            ]
        media = self._world.media.valid(content["media_id"])
        shown_as = "image" if kind == "image" else "file"
        return [{"kind": shown_as, "title": media.name, "url": media_url(media)}]

    async def _update_card(self, call: Call) -> Json:
        return self._cards.update(call.body)

    async def _recall(self, call: Call) -> Json:
        """Clears the WeCom client only; what has been read has been read."""
        body = check(call.body, {"msgid": Field(str, required=True)})
        message = self._world.store.get("message", body["msgid"])
        if message is None:
            raise ApiError(40058, "msgid")
        if self._world.age_s(message) > limits.RECALL_LIFE.total_seconds():
            raise ApiError(42052)
        for person, numbers in message["shown"].items():
            for n in numbers:
                gone = {"kind": "text", "title": "", "text": "（消息已撤回）", "buttons": [], "url": ""}
                self._world.phones.change(person, n, **gone, state="已撤回")
        return ok()

    async def _create_menu(self, call: Call) -> Json:
        if call.argument("agentid") != str(self._world.settings.agent_id):
            raise ApiError(301002 if call.argument("agentid") else 41011)
        self._world.store.put("menu", "app", check_menu(call.body))
        return ok()

    async def _menu(self, call: Call) -> Json:
        if call.argument("agentid") != str(self._world.settings.agent_id):
            raise ApiError(301002 if call.argument("agentid") else 41011)
        menu = self._world.store.get("menu", "app")
        if menu is None:
            raise ApiError(46003)
        return ok(**menu)


def _digest(body: Json) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
