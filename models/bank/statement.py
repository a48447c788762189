"""One row of a bank's statement, as a value. Pure: cells in, a line or a sentence out."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from models.errors import UserError
from models.fees.money import MOST_FEN
from models.rules import BankRules

_DAY = re.compile(
    r"([0-9]{4})\s*[-/.年]?\s*([0-9]{1,2})\s*[-/.月]?\s*([0-9]{1,2})\s*日?(?:[\sT].*|[0-9]{6})?"
)
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_DAYS = range(36526, 73051)  # 2000 to 2099
_NOTHING = frozenset({"", "-", "--", "—", "/"})
_SUMS = ("合计", "总计", "小计", "本页", "期初余额", "期末余额", "笔数")
_CURRENCY = re.compile(r"^(?:CNY|RMB|人民币|¥)|(?:CNY|RMB|元)$", re.IGNORECASE)
_OUT = ("借", "支", "出", "D", "付")


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A movement on our account; negative when money went out. serial: the bank's number for it, "" when it gives none."""

    on: date
    amount_fen: int
    payer_name: str
    payer_account: str
    reference: str
    serial: str

    def fingerprint(self) -> str:
        """Equal for lines that no field tells apart."""
        parts = [
            self.on.isoformat(),
            str(self.amount_fen),
            self.payer_name,
            self.payer_account,
            self.reference,
        ]
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def is_line(cells: Mapping[str, object]) -> bool:
    """Whether the row is a movement, and not a sum at the end or a remark."""
    words = [_text(value) for value in cells.values()]
    filled = [word for word in words if word]
    return len(filled) > 1 and not any(word.startswith(_SUMS) for word in filled[:2])


def read_line(cells: Mapping[str, object], rules: BankRules) -> StatementLine:
    """The line in a row of cells by heading. Raises: UserError with what is wrong."""
    of = _Row(cells, rules.columns)
    amount_fen = _signed(of)
    if amount_fen == 0:
        raise UserError("收入和支出都没有金额。")
    return StatementLine(
        on=_day(of.first("date")),
        amount_fen=amount_fen,
        payer_name=_text(of.first("payer_name"))[:100],
        payer_account=re.sub(r"[\s-]", "", _text(of.first("payer_account")))[:40],
        reference=" ".join(dict.fromkeys(filter(None, map(_text, of.all("reference")))))[:200],
        serial=_text(of.first("serial"))[:60],
    )


def keys_of(lines: Iterable[StatementLine]) -> list[str]:
    """A key for each line: its serial, or all its fields and how many such lines came before in the file."""
    seen: dict[str, int] = {}
    keys = []
    for line in lines:
        if line.serial:
            keys.append(f"serial:{line.serial}")
            continue
        mark = line.fingerprint()
        seen[mark] = seen.get(mark, 0) + 1
        keys.append(f"fields:{mark}:{seen[mark]}")
    return keys


@dataclass(frozen=True, slots=True)
class _Row:
    cells: Mapping[str, object]
    columns: Mapping[str, Sequence[str]]

    def all(self, field: str) -> list[object]:
        return [self.cells[name] for name in self.columns[field] if name in self.cells]

    def first(self, field: str) -> object:
        """The first that is filled in."""
        return next((value for value in self.all(field) if _text(value) not in _NOTHING), None)


def _signed(row: _Row) -> int:
    """In minus out; where there is one column for both, by its sign or by the column that says which."""
    came, went = _fen(row.first("amount_in")), _fen(row.first("amount_out"))
    if came or went:
        return came - abs(went)
    amount = _fen(row.first("amount"))
    direction = _text(row.first("direction")).upper()
    if direction:
        return -abs(amount) if direction.startswith(_OUT) else abs(amount)
    return amount


def _fen(value: object) -> int:
    """ "1,234.50", "+1234.5", "(500.00)", "¥20", 1234.5 or nothing, in 分. Raises: UserError."""
    word = _text(value)
    if word in _NOTHING or isinstance(value, bool):
        return 0
    plain = _CURRENCY.sub("", word.replace(",", "").replace(" ", "").replace("¥", ""))
    if plain.startswith("(") and plain.endswith(")"):
        plain = f"-{plain[1:-1]}"
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) * 100 > MOST_FEN:
        raise UserError(f"没看懂金额“{word[:20]}”。")
    fen = number * 100
    if not isinstance(value, float) and fen != fen.to_integral_value():
        raise UserError(f"金额“{word[:20]}”超过两位小数。")
    return int(fen.to_integral_value(ROUND_HALF_UP))


def _day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and int(value) in _EXCEL_DAYS:
        return _EXCEL_EPOCH + timedelta(days=int(value))
    word = _text(value)
    if not word:
        raise UserError("没有日期。")
    match = _DAY.fullmatch(word)
    try:
        if match is None:
            raise ValueError(word)
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise UserError(f"没看懂日期“{word[:20]}”。") from None


def _text(value: object) -> str:
    """One line of plain characters; a whole number reads as its digits, and the ' or = before one is left out."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    kept = "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFKC", str(value)))
    visible = "".join(c for c in kept if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
    word = " ".join(visible.split())
    match = re.fullmatch(r"=\"(.*)\"|'(.*)", word)
    return (match[1] or match[2] or "").strip() if match else word
