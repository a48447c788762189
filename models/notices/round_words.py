"""A member's round as a message: what to bring, what to post, what to trace, and what to send back afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from models.messages.content import Button, Content
from models.notices.bringers import Bringers
from models.notices.delivery_step import Rung
from models.notices.rounds import Round, Task

MOST_LINES = 30
_TO_DO = {
    Rung.VISIT: (
        "上门派发",
        "拍下签收联发来，再发送：送达 编号 签收人 身份。对方不收请发送：拒收 编号 经手人 原因",
    ),
    Rung.POST: ("邮寄（挂号信或快递）", "面单和内件拍照发来，再发送：邮寄 编号 快递单号"),
    Rung.TRACE: ("查询邮件", "有结果后发送：妥投 编号 或 退件 编号 原因"),
}


def round_content(todo: Round, today: date) -> Content:
    """The list of one member; long lists are cut, the numbers are not."""
    head = f"【未签收清单】{today.month}月{today.day}日 共 {len(todo.tasks)} 份"
    parts = [f"{head}{_why_you(todo.bringers)}"]
    for rung, (title, afterwards) in _TO_DO.items():
        tasks = [task for task in todo.tasks if task.step.rung is rung]
        if tasks:
            parts += [_title(title, tasks), *_lines(tasks), afterwards]
    return Content(text="\n".join(parts), title="未签收清单", buttons=(Button("say:签收表", "签收表"),))


def _why_you(bringers: Bringers) -> str:
    """Why somebody else's or nobody's tenants are on the list."""
    if bringers.instead_of:
        return f"（{bringers.instead_of}今天不当班，请代为派发）"
    shared = not bringers.area and len(bringers.members) > 1
    return "（未分派片区，当班客服均收到）" if shared else ""


def _title(title: str, tasks: Sequence[Task]) -> str:
    reasons = "；".join(dict.fromkeys(task.step.reason for task in tasks if task.step.reason))
    return f"▍{title} {len(tasks)} 份{reasons and f'（{reasons}）'}"


def _lines(tasks: Sequence[Task]) -> list[str]:
    lines = [f"· {task.stand.name}{_note(task)}" for task in tasks[:MOST_LINES]]
    return [*lines, f"另有 {len(tasks) - MOST_LINES} 份"] if len(tasks) > MOST_LINES else lines


def _note(task: Task) -> str:
    reached = task.stand.reached
    warning = f"；{reached.warning.signer}无权签收" if reached.warning else ""
    return f" {reached.words}{warning}"
