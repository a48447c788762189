"""Pieces that all letters share in chat."""

from __future__ import annotations

from models.notices.documents import Issuer

_NOT_IN_NAMES = frozenset('\\/:*?"<>|')


def pay_text(issuer: Issuer, number: str) -> str:
    """Where to pay, in one line."""
    return (
        f"转账：{issuer.account_name}，{issuer.account_bank}，{issuer.account_number}，请备注 {number}；"
        f"或到{issuer.address}缴纳（{issuer.finance_hours}）。"
    )


def safe_name(name: str) -> str:
    """A company's name as part of a file name."""
    return "".join(char for char in name if char.isprintable() and char not in _NOT_IN_NAMES).strip()[:40]
