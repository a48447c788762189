"""Reads where the clock shall go."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.simulator import limits
from models.clock import LOCAL

_BY = re.compile(r"([0-9]{1,6})([dhms])", re.ASCII)
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


class BadMove(ValueError):
    """The clock can not go there; the text is a Chinese sentence."""


def read_move(body: Any, now: datetime) -> datetime:
    """The instant to go to, aware, UTC. A time without offset is the park's. Raises BadMove."""
    if not isinstance(body, dict) or set(body) not in ({"to"}, {"by"}):
        raise BadMove("请提供 to(如 2026-12-01T09:00)或 by(如 3d、2h、30m、45s)。")
    target = _to(body["to"]) if "to" in body else now + _by(body["by"])
    if target < now:
        raise BadMove("时钟只能向前拨，请选一个更晚的时间。")
    if target - now > limits.CLOCK_STEP:
        raise BadMove("一次最多向前拨 366 天，请分几次拨。")
    return target


def _by(text: Any) -> timedelta:
    found = _BY.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise BadMove("by 应为数字加单位，例如 3d、2h、30m、45s。")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _to(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        local = moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)
        return local.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadMove("to 应为日期和时间，例如 2026-12-01T09:00。") from error
