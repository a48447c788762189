"""How long a message waits after a try, and whether a try may have arrived. Pure."""

from __future__ import annotations

from datetime import datetime

from bot.channels.base import Again, NextChannel, Sent
from models.messages.outbox import LEASE, OutboxMessage, Purpose

_MAX_WAIT_S = 3600.0
_NO_BACK_OFF_S = 60.0


def wait_s(row: OutboxMessage, outcome: Again) -> float:
    """Longer each time, and not the same for all, so that they do not come back together."""
    if outcome.after_s >= _NO_BACK_OFF_S:
        return outcome.after_s
    spread = 1 + row.id % 8 / 20
    return min(_MAX_WAIT_S, outcome.after_s * spread * float(2 ** (row.attempts - 1)))


def may_have_arrived(row: OutboxMessage, outcome: NextChannel) -> bool:
    """Whether an earlier try was never answered, and the repetition is refused for a reason that the first had not.

    A letter goes on all the same: an SMS that points to it is no second copy, and it must reach somebody.
    """
    return doubt_before(row) is not None and not outcome.stale and row.purpose is not Purpose.NOTICE


def doubt_before(row: OutboxMessage) -> datetime | None:
    """Since when an earlier try may have arrived; None where only the present one could have."""
    since, begun = row.in_doubt_since, taken_up(row)
    return since if since and begun and since < begun else None


def taken_up(row: OutboxMessage) -> datetime | None:
    """When the present try began."""
    return row.lease_until and row.lease_until - LEASE


def went(row: OutboxMessage, outcome: Sent) -> datetime | None:
    """When the try began that arrived; of several earlier ones the first."""
    return doubt_before(row) or taken_up(row) if outcome.before else taken_up(row)
