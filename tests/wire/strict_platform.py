"""A platform in memory that keeps the real rules and holds against us whatever breaks one, for random histories."""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.channels.sms_gateway import SmsStatus
from models.clock import VirtualClock
from models.errors import Refused, Unreachable
from models.messages.reports import SmsReport

MARK = re.compile(r"#(\d+)#")
REFUSALS: dict[str, tuple[int | str, ...]] = {
    "message/send": (-1, 45009, 45033, 60020, 40058, 40014, 6000),
    "kf/send_msg": (-1, 45009, 45033, 95001, 95002, 95013, 95018, 48007, 45002),
    "sms/send": (
        "isv.BUSINESS_LIMIT_CONTROL", "isp.SYSTEM_ERROR", "isv.AMOUNT_NOT_ENOUGH", "isv.SMS_CONTENT_ILLEGAL", "isv.NEW",
    ),
    "sms/query": (),
}  # fmt: skip
SILENCES = ("never", "lost", "nothing")
"""Not sent at all; done and the answer lost; not done and the answer lost."""
_AFTER = (timedelta(), timedelta(seconds=20), timedelta(minutes=3), timedelta(hours=5))


class Died(BaseException):
    """The process is gone: nobody catches this."""


@dataclass(frozen=True)
class Bounce:
    """msg_send_fail: what was taken could not be shown after all."""

    msgid: str


Event = SmsReport | Bounce


@dataclass
class Customer:
    """Who wrote when, and how much was said since. held: a person of ours has the conversation."""

    wrote_at: datetime
    sent: int = 0
    state: int = 0


@dataclass
class StrictPlatform:
    """Shows messages, counts by their mark.

    broken: rules that we broke. events: what will be told later, and when. tell: told before the answer to the sending.
    bounce_next: the next message to a customer will not be shown. die_next: who sends dies when it has been taken.
    dead: whoever calls is no longer there.
    """

    clock: VirtualClock
    chance: random.Random
    customers: dict[str, Customer] = field(default_factory=dict)
    shown: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    broken: list[str] = field(default_factory=list)
    faults: dict[str, deque[int | str]] = field(default_factory=lambda: defaultdict(deque))
    events: list[tuple[datetime, Event]] = field(default_factory=list)
    tell: Callable[[Event], Awaitable[None]] | None = None
    bounce_next: bool = False
    die_next: bool = False
    dead: bool = False
    reports_after: Sequence[timedelta] = _AFTER
    reported: float = 0.7
    failing: float = 0.15
    """Of all SMS, those that the carrier can not deliver; each is reported, and so many of those that arrive."""
    _members: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    _numbers: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    _used: set[str] = field(default_factory=set)
    _same: dict[str, datetime] = field(default_factory=dict)
    _carried: dict[str, SmsStatus] = field(default_factory=dict)

    async def call(self, api: str, body: Mapping[str, Any] | None = None, **_: Any) -> dict[str, Any]:
        """What WecomClient would do."""
        if self.dead:
            raise Died
        sent = json.loads(json.dumps(body or {}))
        if api == "kf/service_state/get":
            return {"service_state": self.customers[sent["external_userid"]].state}
        if api == "kf/service_state/trans":
            self.customers[sent["external_userid"]].state = sent["service_state"]
            return {}
        fault = self._fault(api)
        if fault not in ("lost", ""):
            self._fail(api, fault)
        answer = await self._kf(sent) if api == "kf/send_msg" else self._app(sent)
        self._taken(api, fault)
        return answer

    def _taken(self, api: str, fault: int | str) -> None:
        """The message is out; whether its sender hears of it is another matter."""
        if self.die_next:
            self.die_next = False
            raise Died
        if fault == "lost":
            self._fail(api, fault)

    async def _report(self, event: Event) -> None:
        """Now, before the answer to the sending; or later."""
        after = self.chance.choice(self.reports_after)
        if not self.tell or after:
            self.events.append((self.clock.now() + after, event))
            return
        try:
            await self.tell(event)
        except Died:  # who was told did not say that it was heard: it is told again
            self.events.append((self.clock.now(), event))
            raise

    def _fault(self, api: str) -> int | str:
        if self.dead:
            raise Died
        return self.faults[api].popleft() if self.faults[api] else ""

    def _fail(self, api: str, fault: int | str) -> None:
        if fault == "never":
            raise Unreachable("refused", api=api, maybe_done=False)
        if fault in ("lost", "nothing"):
            raise Unreachable("silence", api=api, maybe_done=True)
        raise Refused(fault, "ordered", api=api)

    async def _kf(self, sent: dict[str, Any]) -> dict[str, Any]:
        customer, now = self.customers[sent["touser"]], self.clock.now()
        if sent["msgid"] in self._used:
            raise Refused(95033, "msgid used", api="kf/send_msg")
        if customer.state not in (0, 1):
            raise Refused(95018, "state", api="kf/send_msg")
        if now - customer.wrote_at > timedelta(hours=48):
            self.broken.append(f"KF after 48 h: {sent}")
            raise Refused(95002, "time", api="kf/send_msg")
        if customer.sent >= 5:
            self.broken.append(f"KF sixth message: {sent}")
            raise Refused(95001, "count", api="kf/send_msg")
        customer.sent += 1
        self._used.add(sent["msgid"])
        if self.bounce_next:
            self.bounce_next = False
            await self._report(Bounce(sent["msgid"]))
            return {"msgid": sent["msgid"]}
        self._show("kf", json.dumps(sent, ensure_ascii=False))
        return {"msgid": sent["msgid"]}

    def _app(self, sent: dict[str, Any]) -> dict[str, Any]:
        identity, now, member = json.dumps(sent, sort_keys=True), self.clock.now(), sent["touser"]
        if (at := self._same.get(identity)) and now - at < timedelta(hours=4):
            return {"msgid": "same"}
        hits = [at for at in self._members[member] if at > now - timedelta(hours=1)]
        if sum(at > now - timedelta(minutes=1) for at in hits) >= 30 or len(hits) >= 1000:
            self.broken.append(f"dropped silently: {member}")
        self._members[member] = [*hits, now]
        self._same[identity] = now
        self._show("wecom", json.dumps(sent, ensure_ascii=False))
        return {"msgid": f"m{len(self._same)}"}

    def _show(self, channel: str, text: str) -> None:
        self.shown[channel].update(MARK.findall(text))

    async def upload(self, kind: str, name: str, data: bytes) -> str:
        """Nothing here has files."""
        raise NotImplementedError

    async def send(self, template: str, mobile: str, params: dict[str, str], out_id: str) -> str:
        """The SMS gateway: no idempotence, limits for each number."""
        del template
        fault = self._fault("sms/send")
        if fault not in ("lost", ""):
            self._fail("sms/send", fault)
        now = self.clock.now()
        hits = [at for at in self._numbers[mobile] if at > now - timedelta(days=1)]
        if len(hits) >= 50:
            self.broken.append(f"SMS over the cap: {mobile}")
        self._numbers[mobile] = [*hits, now]
        arrives = self.chance.random() >= self.failing
        self._carried[out_id] = SmsStatus.DELIVERED if arrives else SmsStatus.FAILED
        self.shown["sms"][params["code"]] += arrives
        if not arrives or self.chance.random() < self.reported:
            await self._report(SmsReport(out_id, arrives, "DELIVRD" if arrives else "UNDELIV"))
        self._taken("sms/send", fault)
        return f"biz-{out_id}"

    async def status(self, out_id: str, mobile: str) -> SmsStatus:
        """QuerySendDetails."""
        del mobile
        fault = self._fault("sms/query")
        if fault:
            self._fail("sms/query", fault)
        known = self._carried.get(out_id, SmsStatus.UNKNOWN)
        return self.chance.choice((known, SmsStatus.SENT)) if known is not SmsStatus.UNKNOWN else known
