"""What a person writes when none of the proposals is right: "云帆 1000、青禾 1500 3月". Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.errors import UserError
from models.fees.money import parse_yuan
from models.fees.wanted import split_targets

_BETWEEN = re.compile(r"[、，；;\n]|,(?![0-9]{3})")
_AMOUNT = re.compile(r"[¥￥]?[0-9][0-9,]*(?:\.[0-9]+)?元?")


@dataclass(frozen=True, slots=True)
class Picked:
    """One tenant as typed. amount_fen: None for all that is left. targets: months and bill numbers."""

    payer: str
    amount_fen: int | None
    targets: tuple[str, ...]


def parse_picked(text: str) -> list[Picked]:
    """The tenants, each with its amount; a single one may go without. Raises: UserError with an example."""
    picked = [_one(piece) for piece in _BETWEEN.split(text) if piece.strip()]
    if not picked:
        raise UserError("请写租户名称或单元号，例如：云帆设计；几家合付请写：云帆 1000、青禾 1500。")
    if len(picked) > 1 and any(each.amount_fen is None for each in picked):
        raise UserError("几家合付请写明每家的金额，例如：云帆 1000、青禾 1500。")
    return picked


def _one(piece: str) -> Picked:
    targets, words = split_targets(piece.split())
    amounts = [word for word in words[1:] if _AMOUNT.fullmatch(word)]
    if len(amounts) > 1:
        raise UserError(f"“{piece.strip()[:20]}”里有不止一个金额，请每家写一个。")
    payer = " ".join(word for word in words if word not in amounts)
    if not payer:
        raise UserError("请先写租户名称或单元号，再写金额，例如：云帆 1000。")
    return Picked(payer, parse_yuan(amounts[0]) if amounts else None, targets)
