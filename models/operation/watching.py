"""When a queue is a matter for a person: its oldest message is late, or it has only grown for a while. Pure rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from models.operation.standing import Standing
from models.rules import OperationRules


@dataclass(frozen=True, slots=True)
class Trouble:
    """cause: a short fixed word, so that an hour's alarms about it are one. text: what is wrong and what to do."""

    cause: str
    text: str


def troubles(looks: Sequence[Standing], rules: OperationRules) -> list[Trouble]:
    """What the looks of the last minutes, oldest first, give reason to say.

    One late look is none: after downtime there is much to make up, and it is being made up.
    """
    found = []
    if _always_late([look.inbox_oldest_s for look in looks], rules.inbox_late_min):
        found.append(Trouble("queue:inbox", _inbox_text(looks[-1])))
    if _always_late([look.outbox_oldest_s for look in looks], rules.outbox_late_min):
        found.append(Trouble("queue:outbox", _outbox_text(looks[-1])))
    for name, what, numbers in (
        ("inbox", "收到的消息", [look.inbox for look in looks]),
        ("outbox", "要发的消息", [look.outbox for look in looks]),
    ):
        if _only_grows(numbers, rules):
            growth = f"{len(numbers)} 分钟里从 {numbers[0]} 条涨到 {numbers[-1]} 条"
            text = f"{what}只增不减：{growth}。请看日志和 python -m bot {name} list。"
            found.append(Trouble(f"grows:{name}", text))
    return found


def _always_late(ages_s: Sequence[float], late_min: int) -> bool:
    return len(ages_s) >= 3 and all(age > late_min * 60 for age in ages_s[-3:])


def _only_grows(numbers: Sequence[int], rules: OperationRules) -> bool:
    if len(numbers) < rules.grows_looks or numbers[-1] < rules.grows_least:
        return False
    last = numbers[-rules.grows_looks :]
    return all(later > earlier for earlier, later in pairwise(last))


def _inbox_text(look: Standing) -> str:
    minutes = int(look.inbox_oldest_s // 60)
    return f"有 {look.inbox} 条收到的消息没有处理，最早的已等 {minutes} 分钟。请看日志，必要时重启服务。"


def _outbox_text(look: Standing) -> str:
    minutes = int(look.outbox_oldest_s // 60)
    return f"有 {look.outbox} 条消息到点没有发出，最早的已等 {minutes} 分钟。请运行 python -m bot check 并看日志。"
