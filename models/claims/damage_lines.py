"""Reading lines of the damage list: 办公桌 2张 3000 1500 (name, quantity with unit, original value, estimate). Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from models.errors import UserError
from models.fees.money import parse_yuan, yuan

EXAMPLE = "办公桌 2张 3000 1500"
MOST_LINES = 50
_LEADING = re.compile(r"^\s*(?:\d{1,2}[.、)）]\s*|[-·*]\s*)")
_QUANTITY = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*(m[23]|[^\d\s.]{1,6})")
_UNITS = {"m2": "㎡", "m3": "m³"}
"""Signs that the folding of wide characters has taken apart."""
_VALUE = re.compile(r"(?:原值|估损|损失|价值)?[:：]?([\d,]+(?:\.\d+)?)(万)?元?")


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it will stand on the list; money is for the whole line, None where it was not said."""

    name: str
    quantity: Decimal
    unit: str
    original_value_fen: int | None
    estimate_fen: int | None

    def facts(self) -> dict[str, object]:
        """As the move 损失 keeps it."""
        return {
            "name": self.name, "quantity": str(self.quantity), "unit": self.unit,
            "original_value_fen": self.original_value_fen, "estimate_fen": self.estimate_fen,
        }  # fmt: skip

    @property
    def words(self) -> str:
        """Read back to whoever wrote it."""
        worth, loss = self.original_value_fen, self.estimate_fen
        original = "原值未填" if worth is None else f"原值 {yuan(worth)}"
        estimate = "估损未填" if loss is None else f"估损 {yuan(loss)}"
        odd = "（估损高于原值，请核对）" if worth is not None and loss is not None and loss > worth else ""
        return f"{self.name} {self.quantity.normalize():f}{self.unit} {original} {estimate}{odd}"


def read_lines(text: str) -> list[Line]:
    """Every line of the text. Raises UserError that names the first line that can not be read."""
    rows = [_LEADING.sub("", row) for row in unicodedata.normalize("NFKC", text).splitlines() if row.strip()]
    if len(rows) > MOST_LINES:
        raise UserError(f"一次最多 {MOST_LINES} 行，请分几次发。")
    return [_read(row) for row in rows]


def _read(row: str) -> Line:
    words = row.replace("，", " ").replace(",", " ") if not re.search(r"\d,\d{3}", row) else row
    name, *rest = words.split()
    if not rest or not name or name[0].isdecimal():
        raise UserError(f"这一行没看懂：“{row[:30]}”。请写成：{EXAMPLE}（名称 数量 原值 估损）。")
    quantity, unit, counted, values = Decimal(1), "件", False, list[int]()
    for word in rest:
        if value := _VALUE.fullmatch(word):
            values.append(_fen(value))
        elif match := _QUANTITY.fullmatch(word):
            quantity, unit, counted = Decimal(match[1]), _UNITS.get(match[2], match[2]), True
        elif not values and not counted:
            name = f"{name} {word}"
        else:
            raise UserError(f"“{row[:30]}”里的“{word[:10]}”没看懂。请写成：{EXAMPLE}。")
    if len(values) > 2 or quantity <= 0:
        raise UserError(f"“{row[:30]}”请写成：{EXAMPLE}（名称 数量 原值 估损，各一个）。")
    original, estimate = (values[0], values[1]) if len(values) == 2 else (None, values[0] if values else None)
    return Line(name[:40], quantity, unit, original, estimate)


def _fen(match: re.Match[str]) -> int:
    fen = parse_yuan(match[1].replace(",", ""))
    return fen * 10_000 if match[2] else fen
