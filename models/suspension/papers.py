"""What has to be on the table before a suspension is asked for, item by item, as a checklist in chat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NONE_THERE = frozenset({"无", "没有", "没", "无。", "没有。"})
SEEN_TO = "已落实"


@dataclass(frozen=True, slots=True)
class Paper:
    """One item. question: what is asked; picture: a photo or file has to come; safety: about what a cut could harm."""

    key: str
    name: str
    question: str
    picture: bool = False
    safety: bool = False


PAPERS = (
    Paper("clause", "合同条款", "请写出合同名称、编号和允许暂停服务的条款，例如“物业服务合同 2025-031 第8条”。"),
    Paper("clause_photo", "合同条款的照片", "请拍下该条款和签字页，发来照片。", picture=True),
    Paper("servers", "安全检查：服务器", "单元内有没有服务器或不能断电的设备？回复“无”，或“已落实 说明”。", safety=True),
    Paper("cold", "安全检查：冷藏", "单元内有没有冷藏、冷冻或医疗物品？回复“无”，或“已落实 说明”。", safety=True),
    Paper("people", "安全检查：人员", "单元内有没有人值守或留宿？回复“无”，或“已落实 说明”。", safety=True),
)  # fmt: skip
"""The proof of the paper letter, the full days, disputes and promises are read from the records, not asked
[practice; law: 民法典 §944]."""


def paper(key: str) -> Paper:
    """The item of that key."""
    return next(each for each in PAPERS if each.key == key)


def missing_papers(given: Mapping[str, Any]) -> list[str]:
    """Names of the items that are not there yet, in the order in which they are asked for."""
    return [each.name for each in PAPERS if not _there(each, given.get(each.key))]


def next_paper(given: Mapping[str, Any]) -> Paper | None:
    """The item to ask for next; None when all are there."""
    return next((each for each in PAPERS if not _there(each, given.get(each.key))), None)


def accepted(item: Paper, text: str) -> bool:
    """Whether the answer settles the item: a danger that is only told, not seen to, settles nothing."""
    word = text.strip()
    if not item.safety:
        return len(word) >= 4
    return word in NONE_THERE or (word.startswith(SEEN_TO) and len(word) >= len(SEEN_TO) + 3)


def papers_text(given: Mapping[str, Any]) -> str:
    """The items with what was given, for those who approve."""
    lines = []
    for item in PAPERS:
        entry = given.get(item.key) or {}
        photos = len(entry.get("photos", ()))
        said = f"照片 {photos} 张" if item.picture else str(entry.get("text", ""))
        lines.append(f"· {item.name}：{said or '缺'}")
    return "\n".join(lines)


def _there(item: Paper, entry: Mapping[str, Any] | None) -> bool:
    if not entry:
        return False
    return bool(entry.get("photos")) if item.picture else accepted(item, str(entry.get("text", "")))
