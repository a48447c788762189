"""Faults on order: what the next calls of an API, or the next callbacks, shall suffer."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.simulator.answers import Json

CALLBACK = "callback"
_MAX_DELAY_S = 60
_MAX_AFTER_S = 30 * 86_400


class BadOrder(ValueError):
    """The order makes no sense; the text is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One order. `times` counts down; None is "until reset".

    errcode: answered instead of doing anything; http, html: the same with a status, with a page instead of JSON.
    drop: the connection is closed, nothing done (a callback: never sent, a report: never sent).
    deliver_then_drop: done, but the answer is lost.
    repeat: a callback is delivered so many times.
    after_s: a callback is held back so many seconds of the park's clock: late, or out of order.
    fail_type: kf/send_msg answers 0, shows nothing, and tells msg_send_fail later.
    empty_page: kf/sync_msg answers an empty page with has_more 1.
    revoke: every access token given so far is void at once.
    """

    api: str
    times: int | None = 1
    errcode: int | str | None = None
    http: int | None = None
    delay_s: float = 0
    drop: bool = False
    html: bool = False
    deliver_then_drop: bool = False
    repeat: int = 1
    after_s: float = 0
    fail_type: int | None = None
    empty_page: bool = False
    revoke: bool = False


_NOTHING = Fault("", times=None)
_TYPES: dict[str, tuple[type, ...]] = {
    "api": (str,),
    "times": (int,),
    "errcode": (int, str),
    "http": (int,),
    "delay_s": (int, float),
    "drop": (bool,),
    "html": (bool,),
    "deliver_then_drop": (bool,),
    "repeat": (int,),
    "after_s": (int, float),
    "fail_type": (int,),
    "empty_page": (bool,),
    "revoke": (bool,),
}


class Faults:
    """Orders are used up in the order in which they were given."""

    def __init__(self) -> None:
        self._standing: list[Fault] = []

    def order(self, orders: Any) -> list[Fault]:
        """Takes a list of orders or none of them. Raises BadOrder."""
        if not isinstance(orders, list):
            raise BadOrder('请提供故障列表，例如 [{"api": "message/send", "errcode": -1, "times": 2}]。')
        faults = [_read(order) for order in orders]
        self._standing += [fault for fault in faults if not fault.revoke]
        return faults

    def take(self, api: str) -> Fault:
        """What the next call of `api` suffers; an empty fault when nothing was ordered."""
        for index, fault in enumerate(self._standing):
            if fault.api == api:
                if fault.times == 1:
                    del self._standing[index]
                elif fault.times is not None:
                    self._standing[index] = replace(fault, times=fault.times - 1)
                return fault
        return _NOTHING

    def standing(self) -> list[Json]:
        """The orders not used up, without what they do not say."""
        return [
            {name: value for name, value in asdict(fault).items() if value != getattr(_NOTHING, name)}
            | {"times": fault.times}
            for fault in self._standing
        ]

    def reset(self) -> None:
        """Forgets all orders."""
        self._standing.clear()


def _read(order: Any) -> Fault:
    if not isinstance(order, dict) or not isinstance(order.get("api"), str) or not order["api"]:
        raise BadOrder('每个故障都要写明 api，例如 "message/send"、"kf/send_msg"、"sms/send" 或 "callback"。')
    for name, value in order.items():
        if name not in _TYPES:
            raise BadOrder(f"不认识的故障字段 {name}，可用：{'、'.join(_TYPES)}。")
        if not isinstance(value, _TYPES[name]) or (isinstance(value, bool) and bool not in _TYPES[name]):
            raise BadOrder(f"故障字段 {name} 的值不对，请检查后重试。")
    times = order.get("times", None if "repeat" in order else 1)
    fault = Fault(**(order | {"times": times}))
    if (times is not None and times < 1) or not 1 <= fault.repeat <= 100:
        raise BadOrder("times 至少为 1,repeat 为 1 到 100。")
    if not 0 <= fault.after_s <= _MAX_AFTER_S:
        raise BadOrder("after_s 为 0 秒到 30 天。")
    if not 0 <= fault.delay_s <= _MAX_DELAY_S or not 200 <= (fault.http or 200) <= 599:
        raise BadOrder(f"delay_s 为 0 到 {_MAX_DELAY_S} 秒，http 为 200 到 599。")
    return fault
