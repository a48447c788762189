"""Numbers others give us: of the police's receipt, of the insurer's case. Pure; what nobody has is not made up."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60
_LEADING = re.compile(r"^(?:报警)?(?:回执号?|报案号|案号|编号|号码)\s*[是为:：]?\s*")
_NUMBER = re.compile(r"[A-Za-z]+[-_ ]?\d|\d{2,}|字.*\S号")
_NONE_YET = (
    "没有",
    "还没",
    "没给",
    "没拿",
    "没人",
    "打不通",
    "不通",
    "不知道",
    "不清楚",
    "稍后",
    "等会",
    "待查",
    "待补",
)


def reference_in(text: str) -> str:
    """The number as it was told, "" where the words hold none (打不通, 还没拿到, 电脑3台)."""
    said = _LEADING.sub("", unicodedata.normalize("NFC", text).strip())
    if any(word in said for word in _NONE_YET) or not _NUMBER.search(said):
        return ""
    return said[:LONGEST]
