"""Compares outcomes without their wording."""

from __future__ import annotations

from typing import Any

from bot.channels.base import Outcome


def without_reason(outcome: Outcome) -> dict[str, Any]:
    fields = {
        name: getattr(outcome, name) for name in type(outcome).__slots__ if name not in ("reason", "cure")
    }
    return {"outcome": type(outcome).__name__, **fields}
