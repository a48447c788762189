"""Amounts: integer 分 inside, yuan in figures and in words outside."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from models.errors import UserError

MOST_FEN = 10**12 * 100  # 壹万亿元: nothing in a park comes near it, and a slip of the keyboard does
_SIGNED = re.compile(
    r"(?:人民币|RMB|CNY|¥)?\s*([-+]?)\s*(?:¥)?\s*([0-9][0-9,]*)(?:\.([0-9]+))?\s*(?:元|块)?整?"
)
_GROUPED = re.compile(r"[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+")
_MINUS = str.maketrans({"−": "-", "–": "-", "负": "-"})
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")


def round_half_up(value: Decimal) -> int:
    """The nearest integer; a half goes away from zero, as on paper."""
    return int(value.to_integral_value(ROUND_HALF_UP))


def yuan(fen: int) -> str:
    """In figures: 123450 is "1,234.50"."""
    whole, cents = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{cents:02}"


def parse_yuan(text: str) -> int:
    """The 分 a person means by "1234.5", "1,234.50" or "￥1234.50元".

    Raises: UserError, on anything but a plain amount of at most two decimals that is not negative.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_MINUS).strip()
    match = _SIGNED.fullmatch(plain)
    if match is None or not _GROUPED.fullmatch(match[2]):
        raise UserError(f"没看懂金额“{text[:20]}”，请只写数字，例如 1234.50。")
    sign, whole, decimals = match[1], match[2].replace(",", ""), match[3] or ""
    if sign == "-":
        raise UserError("金额不能是负数，请重新填写，例如 1234.50。")
    if len(decimals) > 2:
        raise UserError("金额最多两位小数（到分），请重新填写，例如 1234.50。")
    if len(whole) > 13 or (fen := int(whole) * 100 + int(decimals.ljust(2, "0"))) > MOST_FEN:
        raise UserError("金额过大，请核对后重新填写。")
    return fen


def in_words(fen: int) -> str:
    """人民币大写 as bills and cheques write it [law: 正确填写票据和结算凭证的基本规定].

    整 ends an amount without 分. Where the rule leaves a 零 free (before 仟 after a bare 万, before 角 after
    a bare 元) none is written. The sign of a negative amount is 负.
    """
    if abs(fen) > MOST_FEN:
        raise ValueError("too large to be written in words")
    whole, cents = divmod(abs(fen), 100)
    head = "人民币负" if fen < 0 else "人民币"
    figure = f"{_integer(whole)}元" if whole or not cents else ""
    return f"{head}{figure}{_cents(cents, after_yuan=whole > 0)}"


def _cents(cents: int, *, after_yuan: bool) -> str:
    jiao, fen = divmod(cents, 10)
    if not fen:
        return f"{_DIGITS[jiao]}角整" if jiao else "整"
    if jiao:
        return f"{_DIGITS[jiao]}角{_DIGITS[fen]}分"
    return f"{'零' if after_yuan else ''}{_DIGITS[fen]}分"


def _integer(number: int) -> str:
    if not number:
        return _DIGITS[0]
    for unit, name in ((10**8, "亿"), (10**4, "万")):
        if number >= unit:
            high, low = divmod(number, unit)
            return _integer(high) + name + _tail(low, gap=low < unit // 10)
    return _section(number)


def _tail(low: int, *, gap: bool) -> str:
    if not low:
        return ""
    return ("零" if gap else "") + _integer(low)


def _section(number: int) -> str:
    """1 to 9999 in words; zeros in the middle are one 零, zeros at the end are silent."""
    words = ""
    for digit, place in zip(f"{number:04}", _PLACES, strict=True):
        if digit != "0":
            words += _DIGITS[int(digit)] + place
        elif words and not words.endswith("零"):
            words += "零"
    return words.rstrip("零")
