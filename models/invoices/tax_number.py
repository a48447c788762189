"""Taxpayer numbers (纳税人识别号), checked as far as they can be without asking the tax office. Pure.

15 or 17 characters: numbers of before 2015. 18: the unified social credit code with its check character
[law: GB 32100—2015]. 20: of individuals who trade.
"""

from __future__ import annotations

import re
import unicodedata

from models.errors import UserError

_SHAPE = re.compile(r"[0-9A-Z]{15}|[0-9A-Z]{17}|[0-9A-Z]{18}|[0-9A-Z]{20}")
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NP-RTUWXY]{18}")
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(3**place % 31 for place in range(17))


def tax_number(text: str) -> str:
    """The number in capitals without blanks. Raises: UserError that says what is wrong."""
    number = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    if not _SHAPE.fullmatch(number):
        raise UserError(
            f"税号应为 15、17、18 或 20 位的数字和大写字母，收到的是 {len(number)} 位。请核对营业执照后重新回复。"
        )
    if len(number) == 18 and not _CREDIT_CODE.fullmatch(number):
        raise UserError("统一社会信用代码不会出现字母 I、O、S、V、Z，请核对营业执照后重新回复。")
    if len(number) == 18 and check_character(number[:17]) != number[17]:
        raise UserError("统一社会信用代码的校验位不对，可能有一位抄错，请核对营业执照后重新回复。")
    return number


def check_character(first: str) -> str:
    """The 18th character of a unified social credit code, from the 17 before it."""
    total = sum(_ALPHABET.index(each) * weight for each, weight in zip(first, _WEIGHTS, strict=True))
    return _ALPHABET[-total % 31]
