"""The KF account's reading side and its sessions. [wecom.md 4.2, 4.6, 4.7]"""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from bot.simulator import limits
from bot.simulator.answers import ApiError, Json, ok
from bot.simulator.fields import Field, Fields, check
from bot.simulator.gate import Call, Gate
from bot.simulator.kf_log import KfLog
from bot.simulator.kf_sessions import HUMAN, Sessions
from bot.simulator.world import World

_OPEN_KFID = Field(str, required=True)
_SYNC: Fields = {
    "cursor": Field(str, bytes=limits.KF_CURSOR_BYTES),
    "token": Field(str, bytes=128, too_long=95007),
    "limit": Field(int, one_of=range(1, limits.KF_PAGE_ITEMS + 1)),
    "voice_format": Field(int, one_of=(0, 1)),
    "open_kfid": _OPEN_KFID,
}
_STATE: Fields = {"open_kfid": _OPEN_KFID, "external_userid": Field(str, required=True, missing=40096)}
_TRANS: Fields = _STATE | {
    "service_state": Field(int, required=True, one_of=(0, 1, 2, 3, 4)),
    "servicer_userid": Field(str),
}
_CUSTOMERS: Fields = {
    "external_userid_list": Field(list, required=True, items=limits.KF_CUSTOMERS_PER_CALL),
    "need_enter_session_context": Field(int, one_of=(0, 1)),
}
_CONTACT_WAY: Fields = {"open_kfid": _OPEN_KFID, "scene": Field(str, pattern=limits.KF_SCENE)}
_ACCOUNTS: Fields = {"offset": Field(int), "limit": Field(int, one_of=range(1, 101))}


class KfApi:
    """sync_msg, service_state, customer, add_contact_way, account."""

    def __init__(self, world: World, log: KfLog, sessions: Sessions) -> None:
        self._world = world
        self._log = log
        self._sessions = sessions

    def routes(self, gate: Gate) -> list[web.RouteDef]:
        """Everything this file answers."""
        return [
            gate.post("kf/sync_msg", self._sync),
            gate.post("kf/service_state/get", self._state),
            gate.post("kf/service_state/trans", self._trans),
            gate.post("kf/customer/batchget", self._customers),
            gate.post("kf/add_contact_way", self._contact_way),
            gate.post("kf/account/list", self._accounts),
        ]

    async def _sync(self, call: Call) -> Json:
        body = self._checked(call, _SYNC)
        if not body.get("token"):
            self._count_poll()
        elif not self._log.is_token(body["token"]):
            self._count_poll()
            raise ApiError(95007)
        cursor = body.get("cursor", "")
        if call.fault.empty_page:
            return ok(**self._log.empty_page(cursor))
        limit = min(body.get("limit", limits.KF_PAGE_ITEMS), self._world.settings.kf_page_items)
        return ok(**self._log.page(cursor, limit))

    async def _state(self, call: Call) -> Json:
        session = self._sessions.of(self._customer(self._checked(call, _STATE)))
        return ok(service_state=session.state, servicer_userid=session.servicer)

    async def _trans(self, call: Call) -> Json:
        body = self._checked(call, _TRANS)
        customer, servicer = self._customer(body), body.get("servicer_userid", "")
        if body["service_state"] == HUMAN:
            if not servicer:
                raise ApiError(40058, "servicer_userid")
            if self._world.people.member(servicer) is None:
                raise ApiError(95014)
        code = self._sessions.move(customer, body["service_state"], servicer)
        return ok(**({"msg_code": code} if code else {}))

    async def _customers(self, call: Call) -> Json:
        body = check(call.body, _CUSTOMERS)
        found, invalid = [], []
        for account in body["external_userid_list"]:
            person = self._world.people.customer(account) if isinstance(account, str) else None
            if person is None:
                invalid.append(account)
            else:
                found.append({"external_userid": account, "nickname": person.name, "avatar": "", "gender": 0})
        return ok(customer_list=found, invalid_external_userid=invalid)

    async def _contact_way(self, call: Call) -> Json:
        body = self._checked(call, _CONTACT_WAY)
        scene = body.get("scene", "")
        return ok(url=f"https://work.weixin.qq.com/kfid/{body['open_kfid']}?enc_scene={scene or 'default'}")

    async def _accounts(self, call: Call) -> Json:
        check(call.body, _ACCOUNTS)
        account = {
            "open_kfid": self._world.settings.open_kfid,
            "name": "服务中心",
            "avatar": "",
            "manage_privilege": True,
        }
        return ok(account_list=[account])

    def _checked(self, call: Call, fields: Fields) -> Json:
        body = check(call.body, fields)
        if body["open_kfid"] != self._world.settings.open_kfid:
            raise ApiError(95004)
        return body

    def _customer(self, body: Json) -> str:
        customer = self._world.people.customer(body["external_userid"])
        if customer is None:
            raise ApiError(40096)
        return customer.account

    def _count_poll(self) -> None:
        """Ten a minute may come without a good token. [community]"""
        now = self._world.now()
        polls = self._world.rates.count("kf poll", now, timedelta(minutes=1))
        if polls >= limits.KF_SYNC_WITHOUT_TOKEN_PER_MINUTE:
            raise ApiError(45009)
        self._world.rates.hit("kf poll", now)
