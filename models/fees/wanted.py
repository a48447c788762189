"""What a cashier typed after 收款: payer, amount, way to pay, the bills it is for, and the rest."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from models.calendar.period import Month
from models.errors import UserError
from models.fees.bill import Bill, BillKind
from models.fees.bill_view import bill_label
from models.fees.money import parse_yuan
from models.rules import PaymentRules

_HOW_TO = "请写成：收款 租户 金额 方式，例如：收款 云帆设计 1409.50 转账 3月 流水号0312"
_MONTH = r"(?:[0-9]{4}年)?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})月(?:份)?|[0-9]{4}-[0-9]{2}|本月|上月"
_TARGET = re.compile(rf"(?:{_MONTH}|期初(?:欠费)?|ZD-[0-9]{{6}}-[0-9]+)", re.IGNORECASE)
_BETWEEN = re.compile(r"[、,和+]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """payer: part of a tenant's name, or a unit. targets: months and bill numbers the money is for, as typed."""

    payer: str
    amount_fen: int
    method: str
    reference: str
    targets: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For the answers of a form."""
        return asdict(self) | {"targets": list(self.targets)}

    @classmethod
    def from_json(cls, data: dict[str, object]) -> Wanted:
        """The inverse of `to_json`; other keys are left alone."""
        targets = data.get("targets")
        return cls(
            str(data["payer"]),
            int(str(data["amount_fen"])),
            str(data["method"]),
            str(data["reference"]),
            tuple(map(str, targets)) if isinstance(targets, list) else (),
        )


def parse_wanted(text: str, rules: PaymentRules | None = None) -> Wanted:
    """ "云帆设计 1409.50 转账 3月 流水号0312" in parts; the name may hold blanks.

    Raises: UserError with an example.
    """
    rules = rules or PaymentRules()
    words = unicodedata.normalize("NFKC", text).split()
    at = next((i for i, word in enumerate(words) if rules.method(word)), None)
    if at is None or at < 2:
        raise UserError(f"{_HOW_TO}。方式可以是：{'、'.join(rules.methods)}。")
    amount_fen = parse_yuan(words[at - 1])
    if not amount_fen:
        raise UserError(f"金额要大于 0。{_HOW_TO}")
    targets, rest = split_targets(words[at + 1 :])
    return Wanted(
        " ".join(words[: at - 1]), amount_fen, rules.method(words[at]) or "", " ".join(rest)[:100], targets
    )


def split_targets(words: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Months and bill numbers among the words, and the other words."""
    targets: list[str] = []
    rest = []
    for word in words:
        pieces = [piece for piece in _BETWEEN.split(word.strip("。，；")) if piece]
        if pieces and all(_TARGET.fullmatch(piece) for piece in pieces):
            targets += pieces
        else:
            rest.append(word)
    return tuple(targets), rest


def bills_meant(bills: Sequence[Bill], targets: Sequence[str], today: date) -> list[int]:
    """Ids of the open bills the payer names, in that order.

    Raises: UserError when one of them is not open.
    """
    found: list[int] = []
    for target in targets:
        hits = [bill.id for bill in bills if _is_meant(bill, target, today)]
        if not hits:
            there = "、".join(bill_label(bill) for bill in bills[:6]) or "没有"
            raise UserError(f"{target}没有未付的账单。这家未付的账单：{there}。请核对后重新发送。")
        found += [bill_id for bill_id in hits if bill_id not in found]
    return found


def _is_meant(bill: Bill, target: str, today: date) -> bool:
    if target.startswith("期初"):
        return bill.kind is BillKind.OPENING
    if target.upper().startswith("ZD-"):
        return bill.number == target.upper()
    return bill.month == str(Month.parse(target, today))
