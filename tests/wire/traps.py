"""A registry of traps by their number in the protocol notes, and what their tests share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.wire.site import Site

Trap = Callable[[Site], Awaitable[None]]
TRAPS: dict[int, Trap] = {}


def trap(*numbers: int) -> Callable[[Trap], Trap]:
    def add(function: Trap) -> Trap:
        TRAPS.update(dict.fromkeys(numbers, function))
        return function

    return add


def texts(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["text"] for entry in entries]


async def count(site: Site, statement: Any) -> int:
    async with site.service.core.db.read() as session:
        return await session.scalar(statement) or 0


def courier(site: Site) -> Any:
    return site.simulator._courier
