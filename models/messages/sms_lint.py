"""What carriers of the mainland refuse in a registered SMS template, found before it is registered [domain §6]. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

MAX_VALUE = 20
"""Characters of one variable's value."""
SEGMENT = 70
LATER_SEGMENT = 67
"""A text over 70 characters goes out in pieces of 67."""
MAX_SEGMENTS = 3
BANNED = (
    "催款", "催缴", "欠费", "法律", "诉讼", "起诉", "法院", "上门追讨", "停电", "停水", "断电", "装修", "保险", "代开发票",
    "问卷", "评价", "加微信", "贷款", "中奖",
)  # fmt: skip
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_ADDRESS = "{public_url}"
_SIGNS = "【】¥￥√"
_LINK_VARIABLE = re.compile(r"\$\{(?:url|link|链接)\}", re.IGNORECASE)


def registered_text(template: str, public_url: str) -> str:
    """The template as it is registered: links must be fixed, so the service's address stands in the text."""
    return template.replace(_ADDRESS, public_url.rstrip("/"))


def lint(template: str, sign: str = "") -> list[str]:
    """What is wrong with a template, as Chinese sentences; empty when nothing is. sign: counts towards the length."""
    faults = [f"不能含有符号“{char}”" for char in _SIGNS if char in template]
    faults += [f"含有运营商禁用的词“{word}”" for word in BANNED if word in template]
    if "}${" in template:
        faults.append("两个变量不能相邻")
    if _LINK_VARIABLE.search(template):
        faults.append("链接不能作为变量，只能写成固定文字加短码")
    count = charged_as(template, sign)
    if count > MAX_SEGMENTS:
        faults.append(f"变量填满后要分 {count} 条发送，最多 {MAX_SEGMENTS} 条")
    return faults


def lint_values(template: str, values: Mapping[str, str]) -> list[str]:
    """What is wrong with the values for a template."""
    wanted = set(_VARIABLE.findall(template))
    faults = [f"缺少变量 {name}" for name in sorted(wanted - set(values))]
    faults += [f"模板里没有变量 {name}" for name in sorted(set(values) - wanted)]
    faults += [
        f"变量 {name} 超过 {MAX_VALUE} 个字符" for name, value in values.items() if len(value) > MAX_VALUE
    ]
    return faults + [f"变量 {name} 含有链接" for name, value in values.items() if "://" in value]


def charged_as(template: str, sign: str = "") -> int:
    """How many messages a template is charged as at most, with its variables filled."""
    return segments(_VARIABLE.sub("x" * MAX_VALUE, template), sign)


def segments(text: str, sign: str = "") -> int:
    """How many messages a text is charged as; the signature and its brackets count."""
    length = len(text) + (len(sign) + 2 if sign else 0)
    return 1 if length <= SEGMENT else -(-length // LATER_SEGMENT)
