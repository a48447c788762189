"""What carriers of the mainland refuse in a template and in its values, found before either leaves [domain §6]. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

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
EXACT = frozenset({"code", "no"})
"""Variables that are never shortened: half a code opens nothing, half a number is another order's."""
VARIABLES = {
    "code_bind": "code", "notice": "code", "announcement": "code", "case_new": "no", "case_done": "no", "case_ready": "no",
    "file_ready": "",
}  # fmt: skip
"""Our name of each template → the variable it is sent with; "" for none."""
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_ADDRESS = "{public_url}"
_SIGNS = "【】¥￥√"
_LINK = re.compile(r"https?:|www\.|://", re.IGNORECASE)
_UNFIT = re.compile(r"[【】¥￥√\x00-\x1f\x7f]")
_LINK_VARIABLE = re.compile(r"\$\{(?:url|link|链接)\}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RegisteredTemplate:
    """A template as the provider knows it; the text "" where it is not known here."""

    code: str
    text: str = ""


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


def lint_variables(name: str, template: str) -> list[str]:
    """Whether the text has the variable that this service fills; else no SMS of this kind could leave."""
    if name not in VARIABLES:  # one of the operator's own: nothing of ours goes out under it
        return []
    wanted, found = {VARIABLES[name]} - {""}, set(_VARIABLE.findall(template))
    faults = [f"正文里缺少变量 ${{{each}}}，这类短信发不出去" for each in sorted(wanted - found)]
    return faults + [
        f"正文里的变量 ${{{each}}} 系统不填，这类短信发不出去" for each in sorted(found - wanted)
    ]


def lint_values(template: str, values: Mapping[str, str], sign: str = "") -> list[str]:
    """What is wrong with the values for a template, as Chinese sentences; empty when they may go out."""
    wanted = set(_VARIABLE.findall(template))
    faults = [f"缺少变量 {name}" for name in sorted(wanted - set(values))]
    faults += [f"模板里没有变量 {name}" for name in sorted(set(values) - wanted)]
    faults += value_faults(values)
    count = segments(_VARIABLE.sub(lambda found: values.get(found[1], ""), template), sign)
    return (
        faults if count <= MAX_SEGMENTS else [*faults, f"填好后要分 {count} 条发送，最多 {MAX_SEGMENTS} 条"]
    )


def value_faults(values: Mapping[str, str]) -> list[str]:
    """What is wrong with values in any template."""
    return [f"变量 {name} {fault}" for name, value in values.items() for fault in _faults_of(value)]


def _faults_of(value: str) -> list[str]:
    faults = ["是空的"] if not value.strip() else []
    faults += [f"超过 {MAX_VALUE} 个字符"] if len(value) > MAX_VALUE else []
    faults += ["含有链接"] if _LINK.search(value) else []
    faults += ["含有模板不收的符号"] if _UNFIT.search(value) else []
    return faults + [f"含有运营商禁用的词“{word}”" for word in BANNED if word in value]


def fit_value(value: str) -> str:
    """A value of free text made fit: one line, without signs of a signature or of money, short, not empty.

    Links and words that carriers refuse stay in it, and `value_faults` names them: without them it would say something else.
    """
    fit = _UNFIT.sub("", value).strip() or "-"
    return fit if len(fit) <= MAX_VALUE else fit[: MAX_VALUE - 1] + "…"


def charged_as(template: str, sign: str = "") -> int:
    """How many messages a template is charged as at most, with its variables filled."""
    return segments(_VARIABLE.sub("x" * MAX_VALUE, template), sign)


def segments(text: str, sign: str = "") -> int:
    """How many messages a text is charged as; the signature and its brackets count."""
    length = len(text) + (len(sign) + 2 if sign else 0)
    return 1 if length <= SEGMENT else -(-length // LATER_SEGMENT)
