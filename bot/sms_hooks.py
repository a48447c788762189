"""What SMS providers push to us: delivery reports, and what people reply (上行). One address for each provider."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web

from bot.core import Core
from bot.request_body import bounded
from models.errors import BadCallback
from models.messages.reports import SmsReport, take_reports
from models.messages.sms_reply import SmsReply, take_replies

log = structlog.get_logger(__name__)

MAX_REPORTS = 500


@dataclass(frozen=True, slots=True)
class SmsKeys:
    """What a push must carry. http: in the header X-Sms-Key; aliyun: in the address as `?key=`, for it signs nothing.

    Without a key of ours nobody is heard.
    """

    http: str = ""
    aliyun: str = ""


class SmsHooks:
    """`POST /sms/report/{provider}`."""

    def __init__(self, core: Core, keys: SmsKeys) -> None:
        self._core = core
        self._keys = keys

    def add_to(self, app: web.Application) -> None:
        """Registers the route."""
        app.router.add_post("/sms/report/{provider}", self.report)

    async def report(self, request: web.Request) -> web.Response:
        """Takes reports and replies; the same again changes nothing. A forged one can only be refused: it lacks the key."""
        provider = request.match_info["provider"]
        if not self._knows_key(provider, request):
            return web.json_response({"error": "forbidden"}, status=403)
        try:
            items = _items(await bounded(request))
            reports = [_READERS[provider](item) for item in items if not _is_reply(item)]
            replies = [_reply(item) for item in items if _is_reply(item)]
        except BadCallback as bad:
            log.warning("sms report refused", reason=bad.reason, status=bad.status)
            return web.Response(status=bad.status)
        now, rules = self._core.clock.now(), self._core.rules
        async with self._core.db.begin() as session:
            await take_reports(session, reports, now, rules)
            await take_replies(session, replies, now, rules)
        return web.json_response({"code": 0, "msg": "成功"})

    def _knows_key(self, provider: str, request: web.Request) -> bool:
        """The header is bytes of a stranger, UTF-8 or not."""
        if provider == "http":
            expected, given = self._keys.http, request.headers.get("X-Sms-Key", "")
        elif provider == "aliyun":
            expected, given = self._keys.aliyun, request.query.get("key", "")
        else:
            return False
        told = given.encode("utf-8", "surrogateescape")
        return bool(expected) and hmac.compare_digest(told, expected.encode())


def _items(body: bytes) -> list[dict[str, Any]]:
    try:
        items: Any = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise BadCallback("report", 400) from exc
    if not isinstance(items, list) or len(items) > MAX_REPORTS or not all(isinstance(x, dict) for x in items):
        raise BadCallback("report", 400)
    return items


def _is_reply(item: Mapping[str, Any]) -> bool:
    return "content" in item and "success" not in item


def _plain_report(item: dict[str, Any]) -> SmsReport:
    """`out_id`, `success`, `code` of the plain gateway."""
    return SmsReport(_text(item, "out_id"), _success(item), str(item.get("code", ""))[:60], _raw(item))


def _aliyun_report(item: dict[str, Any]) -> SmsReport:
    """SmsReport of Aliyun: `out_id`, `success`, `err_code`, `biz_id`."""
    return SmsReport(_text(item, "out_id"), _success(item), str(item.get("err_code", ""))[:60], _raw(item))


_READERS = {"http": _plain_report, "aliyun": _aliyun_report}


def _reply(item: dict[str, Any]) -> SmsReply:
    """SmsUp of Aliyun (`phone_number`, `sequence_id`), or `mobile` and `id` of the plain gateway."""
    mobile = str(item.get("phone_number") or item.get("mobile") or "")[:20].removeprefix("+86")
    key = str(item.get("sequence_id") or item.get("id") or "")[:60]
    if not mobile or not key:
        raise BadCallback("report", 400)
    return SmsReply(key, mobile, str(item["content"])[:200], _raw(item))


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    if not isinstance(value, str | int) or value == "":
        raise BadCallback("report", 400)
    return str(value)


def _success(item: Mapping[str, Any]) -> bool:
    if "success" not in item:
        raise BadCallback("report", 400)
    return item["success"] is True


def _raw(item: dict[str, Any]) -> dict[str, Any]:
    """The push as evidence: its fields as texts, within bounds."""
    return {str(name)[:60]: str(value)[:300] for name, value in list(item.items())[:30]}
