"""What a gateway for SMS offers."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class SmsStatus(StrEnum):
    """What the gateway knows of a message."""

    DELIVERED = "delivered"
    FAILED = "failed"
    SENT = "sent"
    UNKNOWN = "unknown"  # it has never seen this out_id


class SmsProvider(Protocol):
    """A gateway."""

    async def send(self, template: str, mobile: str, params: dict[str, str], out_id: str) -> str:
        """Submits one message; the provider's id. Raises Refused or Unreachable."""

    async def status(self, out_id: str, mobile: str) -> SmsStatus:
        """What became of it. Raises Refused or Unreachable."""
