"""A stand-in for dysmsapi: checks the signature of every request by the published algorithm, answers as ordered."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from aiohttp import web
from aiohttp.test_utils import TestServer

KEY_ID, SECRET = "LTAI-test", "canary-secret-4711"


@dataclass
class FakeAliyun:
    """`codes`: what the next SendSms are answered; `drop`: how many are taken, and the answer is lost."""

    codes: list[tuple[int, str, str]] = field(default_factory=list)
    drop: int = 0
    sent: list[dict[str, str]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=dict)
    templates: dict[str, tuple[int, str]] = field(default_factory=dict)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        assert request.headers["Authorization"] == _authorization(request), "signature"
        query = dict(request.query)
        if request.headers["x-acs-action"] == "QuerySendDetails":
            self.asked.append(query)
            return web.json_response(self._details(query))
        if request.headers["x-acs-action"] == "QuerySmsTemplate":
            state, content = self.templates[query["TemplateCode"]]
            return web.json_response({"Code": "OK", "TemplateStatus": state, "TemplateContent": content})
        status, code, message = self.codes.pop(0) if self.codes else (200, "OK", "OK")
        if code == "OK":
            self.sent.append(query)
        if self.drop:
            self.drop -= 1
            assert request.transport
            request.transport.close()
            await asyncio.sleep(0)
        return web.json_response(
            {"Code": code, "Message": message, "BizId": "biz1", "RequestId": "r"}, status=status
        )

    def _details(self, query: dict[str, str]) -> dict[str, Any]:
        same = [sent for sent in self.sent if sent["PhoneNumbers"] == query["PhoneNumber"]]
        details = [{"OutId": sent["OutId"], "SendStatus": self.states.get(sent["OutId"], 1)} for sent in same]
        return {
            "Code": "OK",
            "Message": "OK",
            "TotalCount": len(details),
            "SmsSendDetailDTOs": {"SmsSendDetailDTO": details},
        }


@asynccontextmanager
async def aliyun() -> AsyncIterator[tuple[FakeAliyun, str]]:
    """The stand-in and its address."""
    fake, app = FakeAliyun(), web.Application()
    app.router.add_post("/", fake.handle)
    server = TestServer(app)
    await server.start_server()
    try:
        yield fake, f"http://127.0.0.1:{server.port}"
    finally:
        await server.close()


def _authorization(request: web.Request) -> str:
    """ACS3-HMAC-SHA256 over the request as it came."""
    named = request.headers["Authorization"].partition("SignedHeaders=")[2].partition(",")[0]
    signed = sorted(named.split(";"))
    assert {"host", "x-acs-action", "x-acs-date", "x-acs-version", "x-acs-signature-nonce"} <= set(signed)
    headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in signed)
    query = "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(request.query.items()))
    body_hash = request.headers["x-acs-content-sha256"]
    canonical = "\n".join([request.method, request.path, query, headers, ";".join(signed), body_hash])
    text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
    return f"ACS3-HMAC-SHA256 Credential={KEY_ID},SignedHeaders={';'.join(signed)},Signature={signature}"


def params_of(sent: dict[str, str]) -> dict[str, str]:
    """The values of the template."""
    found: dict[str, str] = json.loads(sent["TemplateParam"])
    return found
