"""What SMS have cost, by template: providers charge by pieces of text, and not for what carriers report as failed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.outbox import OutboxMessage, OutboxStatus
from models.messages.sms_lint import segments

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_FORGOTTEN = "（正文已删除）"
_TAKEN = (OutboxStatus.SENT, OutboxStatus.UNKNOWN, OutboxStatus.DEAD)


@dataclass(slots=True)
class SmsCost:
    """One template. failed: reported as not delivered, or refused; charged: pieces of all others."""

    template: str
    sent: int = 0
    delivered: int = 0
    failed: int = 0
    charged: int = 0

    def fen(self, price_fen: float) -> int:
        """In whole fen, at so much for a piece."""
        return round(self.charged * price_fen)


async def sms_costs(
    session: AsyncSession, since: datetime, until: datetime, texts: Mapping[str, str], sign: str
) -> list[SmsCost]:
    """By template code, of what was settled in that time; `texts` as they are registered."""
    rows = await session.execute(
        select(OutboxMessage.request, OutboxMessage.status, OutboxMessage.delivered_at)
        .where(OutboxMessage.channel == "sms", OutboxMessage.status.in_(_TAKEN))
        .where(OutboxMessage.settled_at >= since, OutboxMessage.settled_at < until)
    )
    found: dict[str, SmsCost] = {}
    for request, status, delivered_at in rows:
        body: dict[str, Any] = (request or {}).get("body", {})
        code = str(body.get("template", _FORGOTTEN))
        cost = found.setdefault(code, SmsCost(code))
        if status is OutboxStatus.DEAD:
            cost.failed += 1
            continue
        cost.sent += 1
        cost.delivered += delivered_at is not None
        cost.charged += segments(_filled(texts.get(code, ""), body.get("params", {})), sign)
    return sorted(found.values(), key=lambda cost: cost.template)


def _filled(text: str, params: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda variable: str(params.get(variable[1], "")), text)


def total_of(costs: Sequence[SmsCost]) -> SmsCost:
    """All templates together."""
    return SmsCost(
        "合计",
        sum(cost.sent for cost in costs),
        sum(cost.delivered for cost in costs),
        sum(cost.failed for cost in costs),
        sum(cost.charged for cost in costs),
    )
