"""The load generator, a process of its own: `python -m tests.bench.load '{"port": …}'` prints one line of JSON."""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from bot.wecom.crypto import WecomCrypto
from tests.bench.callers import Crowd

TOKEN, AES_KEY, CORP_ID = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "ww-park"
SENDERS = 300


@dataclass(frozen=True, slots=True)
class Order:
    """What to send. `run` keeps message ids of repetitions apart; `per_s` 0 means as fast as answers come."""

    port: int
    messages: int
    run: int
    connections: int = 32
    per_s: float = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it."""

    per_s: float
    p50_ms: float
    p99_ms: float
    refused: int


def request(crypto: WecomCrypto, number: int) -> bytes:
    """One callback as bytes on the wire: encrypted, signed, with an id of its own."""
    plain = (
        f"<xml><ToUserName><![CDATA[{CORP_ID}]]></ToUserName><FromUserName><![CDATA[member{number % SENDERS}]]>"
        "</FromUserName><CreateTime>1774000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA["
        f"报修 A-1203 空调不制冷，滴水，请尽快来看一下 {number}]]></Content><MsgId>{number}</MsgId>"
        "<AgentID>1000002</AgentID></xml>"
    )
    sealed = crypto.encrypt(plain.encode())
    query = {
        "msg_signature": crypto.signature("1774000000", str(number), sealed),
        "timestamp": "1774000000",
        "nonce": str(number),
    }
    body = (
        f"<xml><ToUserName><![CDATA[{CORP_ID}]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt>"
        "<AgentID><![CDATA[1000002]]></AgentID></xml>"
    ).encode()
    head = (
        f"POST /wecom/callback?{urlencode(query)} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def send(order: Order) -> Result:
    """Prepares every request, then sends them all."""
    crypto = WecomCrypto(TOKEN, AES_KEY, CORP_ID)
    first = 10**12 + order.run * 10**7
    crowd = Crowd([request(crypto, first + i) for i in range(order.messages)])
    await crowd.connect(order.port, order.connections)
    gc.freeze()
    seconds = await (crowd.at_rate(order.per_s) if order.per_s else crowd.closed_loop())
    waits = sorted(wait for caller in crowd.callers for wait in caller.latencies_s)
    for caller in crowd.callers:
        caller.close()
    return Result(
        per_s=len(waits) / seconds,
        p50_ms=1000 * waits[len(waits) // 2],
        p99_ms=1000 * waits[len(waits) * 99 // 100],
        refused=sum(caller.refused for caller in crowd.callers),
    )


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(send(Order(**json.loads(sys.argv[1])))))))
