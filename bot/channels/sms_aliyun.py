"""Aliyun SMS (dysmsapi 2017-05-25) through its official package.

SendSms is not idempotent and says so: the package's own repetitions stay off, and after a time-out QuerySendDetails
is asked by our OutId before anything is sent again. The package is imported only when it is configured: it takes
some 0.4 s and 60 MB.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.channels.sms_gateway import SmsStatus
from bot.wecom.answers import clean
from models.clock import Clock, local_date
from models.errors import Refused, Unreachable

ENDPOINT = "dysmsapi.aliyuncs.com"
_PAGE = 50
_MAX_PAGES = 4
_STATES = {1: SmsStatus.SENT, 2: SmsStatus.FAILED, 3: SmsStatus.DELIVERED}
_NEVER_LEFT = "Cannot connect to host"
"""What aiohttp says where there was no connection; the package hands on nothing but the words."""
_SEND, _QUERY = "SendSms", "QuerySendDetails"


@dataclass(frozen=True, slots=True)
class AliyunKey:
    """An access key that may send SMS, and the signature registered for it."""

    key_id: str
    secret: str
    sign: str


class AliyunSms:
    """One account. endpoint: another host, with `http://` in tests."""

    def __init__(self, key: AliyunKey, clock: Clock, endpoint: str = ENDPOINT, timeout_s: float = 10) -> None:
        from alibabacloud_dysmsapi20170525 import models as api  # noqa: PLC0415 - heavy, and seldom needed
        from alibabacloud_dysmsapi20170525.client import Client  # noqa: PLC0415
        from alibabacloud_tea_openapi.utils_models import Config  # noqa: PLC0415
        from darabonba.runtime import RuntimeOptions  # noqa: PLC0415

        protocol, _, host = endpoint.rpartition("://")
        self._api: Any = api
        self._key = key
        self._clock = clock
        self._options: Any = RuntimeOptions(
            autoretry=False,
            max_attempts=1,
            read_timeout=int(timeout_s * 1000),
            connect_timeout=int(timeout_s * 1000),
        )
        settings = Config(
            access_key_id=key.key_id,
            access_key_secret=key.secret,
            endpoint=host,
            protocol=protocol or "https",
        )
        self._client: Any = Client(settings)

    async def send(self, template: str, mobile: str, params: dict[str, str], out_id: str) -> str:
        """Submits one message; its BizId."""
        request = self._api.SendSmsRequest(
            phone_numbers=mobile,
            sign_name=self._key.sign,
            template_code=template,
            template_param=json.dumps(params, ensure_ascii=False),
            out_id=out_id,
        )
        body = await self._call(_SEND, self._client.send_sms_with_options_async, request)
        return str(body.biz_id or "")

    async def status(self, out_id: str, mobile: str) -> SmsStatus:
        """What became of the message: looked for among those of today and, around midnight, of yesterday."""
        today = local_date(self._clock.now())
        for day in (today, today - timedelta(days=1)):
            found = await self._on_day(out_id, mobile, f"{day:%Y%m%d}")
            if found is not SmsStatus.UNKNOWN:
                return found
        return SmsStatus.UNKNOWN

    async def _on_day(self, out_id: str, mobile: str, day: str) -> SmsStatus:
        for page in range(1, _MAX_PAGES + 1):
            request = self._api.QuerySendDetailsRequest(
                phone_number=mobile, send_date=day, page_size=_PAGE, current_page=page
            )
            body = await self._call(_QUERY, self._client.query_send_details_with_options_async, request)
            listed = body.sms_send_detail_dtos
            details = (listed.sms_send_detail_dto or []) if listed else []
            for detail in details:
                if detail.out_id == out_id:
                    return _STATES.get(detail.send_status, SmsStatus.SENT)
            if len(details) < _PAGE:
                break
        return SmsStatus.UNKNOWN

    async def registered(self, template: str) -> tuple[int, str]:
        """State and text of a template at the provider; state 1 is approved."""
        request = self._api.QuerySmsTemplateRequest(template_code=template)
        body = await self._call(
            "QuerySmsTemplate", self._client.query_sms_template_with_options_async, request
        )
        return int(body.template_status or 0), str(body.template_content or "")

    async def _call(self, api: str, method: Any, request: Any) -> Any:
        """The body of a successful answer. What the package raises carries the request, so nothing of it goes on."""
        from darabonba.exceptions import DaraException  # noqa: PLC0415

        try:
            response = await method(request, self._options)
        except DaraException as error:
            code, message, status = str(error.code or ""), str(error.message or ""), _status_of(error)
            failure: Exception = error
        except Exception as error:  # the package lets those of its HTTP library through
            code, message, status = "", type(error).__name__, 0
            failure = error
        else:
            return self._checked(response, api)
        if 400 <= status < 500 and code not in ("", "None"):
            raise Refused(code, clean(message, (self._key.secret, self._key.key_id)), api=api)
        reached = _NEVER_LEFT not in str(failure)
        raise Unreachable(f"HTTP {status}" if status else "no answer", api=api, maybe_done=reached)

    def _checked(self, response: Any, api: str) -> Any:
        body = response.body
        if body is None or not body.code:
            raise Unreachable("no code in the answer", api=api, maybe_done=True)
        if body.code != "OK":
            raise Refused(
                body.code, clean(str(body.message or ""), (self._key.secret, self._key.key_id)), api=api
            )
        return body


def _status_of(error: Any) -> int:
    """HTTP status of an answer; 0 when there was none."""
    for name in ("status_code", "statusCode"):
        if isinstance(value := getattr(error, name, None), int):
            return value
    return 0
