"""A line before it stands on a bill, and how quantities and lines are written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from models.fees.money import yuan


class DraftLine(NamedTuple):
    """One amount before it stands on a bill. basis: the arithmetic as printed.

    source: what it was computed from, JSON-able: "unit" sorts it among the lines of that unit; "usage", "price_yuan" and
    "days" with "days_in_month" are compared with last month's when a tenant asks why it is more.
    once: what the line is for, where that is charged once a month and carries no mark: "tenancy:12"; "" otherwise.
    """

    tenant_id: int
    code: str
    name: str
    basis: str
    amount_fen: int
    source: dict[str, Any]
    once: str = ""


def plain(quantity: Decimal) -> str:
    """A quantity as people write it: no exponent, no trailing zeros."""
    return f"{quantity.normalize():f}"


def line_text(name: str, basis: str, amount_fen: int) -> str:
    """A line as it stands in a chat."""
    return f"{name}：{yuan(amount_fen)} 元（{basis}）"
