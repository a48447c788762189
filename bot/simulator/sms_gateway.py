"""A plain HTTP SMS gateway: POST /sms/send, GET /sms/query."""

from __future__ import annotations

from aiohttp import web

from bot.simulator import limits
from bot.simulator.answers import Json
from bot.simulator.faults import Fault
from bot.simulator.gate import parse_json, read_bytes, suffer
from bot.simulator.phones import BOT, SMS
from bot.simulator.sms_reports import SmsReports
from bot.simulator.sms_rules import SmsError, check_key, check_sms, refuse_sms, take_quota
from bot.simulator.world import World

_SEND, _QUERY = "sms/send", "sms/query"


class SmsGateway:
    """Takes messages and tells what became of them: sent, delivered, failed, unknown."""

    def __init__(self, world: World, reports: SmsReports) -> None:
        self._world = world
        self._reports = reports

    def routes(self) -> list[web.RouteDef]:
        """Everything this file answers."""
        return [web.post(f"/{_SEND}", self._handle_send), web.get(f"/{_QUERY}", self._handle_query)]

    async def _handle_send(self, request: web.Request) -> web.StreamResponse:
        async def answer(_fault: Fault) -> Json:
            try:
                return self._send(parse_json(await read_bytes(request, limits.API_BODY_BYTES) or b""))
            except ValueError:
                return refuse_sms("isv.INVALID_PARAMETERS")
            except SmsError as error:
                return refuse_sms(error.code)

        return await suffer(self._world.faults.take(_SEND), request, answer, refuse_sms)

    async def _handle_query(self, request: web.Request) -> web.StreamResponse:
        async def answer(_fault: Fault) -> Json:
            try:
                check_key(self._world, request.query.get("key", ""))
            except SmsError as error:
                return refuse_sms(error.code)
            return self._query(request.query.get("out_id", ""))

        return await suffer(self._world.faults.take(_QUERY), request, answer, refuse_sms)

    def _send(self, body: Json) -> Json:
        text = check_sms(self._world, body)
        take_quota(self._world, body["template"], body["mobile"])
        mobile, out_id = body["mobile"], body["out_id"]
        sms_id = f"sms{self._world.store.next_number('sms'):08d}"
        arrives = not mobile.startswith(limits.SMS_WRONG_NUMBERS)
        if arrives:
            self._world.phones.add(inbox_of(self._world, mobile), BOT, SMS, "text", text=text)
        self._world.ledger.note(_SEND, mobile, out_id, "" if arrives else "wrong number")
        self._world.store.put("sms", out_id, {"id": sms_id, "status": "sent"})
        self._reports.promise(sms_id, mobile, out_id, arrives=arrives)
        return {"code": "OK", "message": "OK", "id": sms_id}

    def _query(self, out_id: str) -> Json:
        known = self._world.store.get("sms", out_id) or {"id": "", "status": "unknown"}
        return {"code": "OK", "message": "OK", "out_id": out_id} | known


def inbox_of(world: World, mobile: str) -> str:
    """Id of the phone with that number; numbers of nobody have a phone of their own."""
    owner = world.people.owner_of(mobile)
    return owner.id if owner else f"sms:{mobile}"
