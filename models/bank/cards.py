"""A line of the statement as a card with its proposals, and the keys of their buttons."""

from __future__ import annotations

from collections.abc import Sequence

from models.bank.line import BankLine
from models.bank.proposals import LineFacts, Proposal, What
from models.errors import UserError
from models.fees.money import yuan
from models.messages.content import Button, Content

KEY_BYTES = 64
_LABELS = ("确认", "选第 2 种", "选第 3 种")
_MARKS = "①②③"
_PREFIX = {What.BOOK: "bank_book", What.LINK: "bank_link", What.REFUND: "bank_refund"}


def line_card(line: BankLine, facts: LineFacts, proposals: Sequence[Proposal]) -> Content:
    """What the bank wrote, what we think and why, and the ways to decide."""
    text = "\n".join([*_told(line, facts), *_proposed(proposals)])
    choices = [
        Button(key, label)
        for label, proposal in zip(_LABELS, proposals, strict=False)
        if len((key := _key(line, proposal)).encode()) <= KEY_BYTES
    ]
    # Money that went out is nobody's payment, so there is nobody to choose.
    pick = [Button(f"bank_pick:{line.id}", "另选")] if facts.rest_fen > 0 else []
    rest = [*pick, Button(f"bank_other:{line.id}", "不是租金"), Button(f"bank_next:{line.id}", "下一笔")]
    sign = "收" if line.amount_fen > 0 else "支"
    title = f"流水 {line.id}：{line.on:%m-%d} {sign} {yuan(abs(line.amount_fen))} 元"
    return Content(title=title, text=text, buttons=(*choices, *rest))


def _told(line: BankLine, facts: LineFacts) -> list[str]:
    account = f"（尾号 {line.payer_account[-4:]}）" if line.payer_account else ""
    rows = [f"对方：{line.payer_name or '（没有户名）'}{account}"]
    if line.reference:
        rows.append(f"附言：{line.reference}")
    if line.serial:
        rows.append(f"流水号：{line.serial}")
    if facts.rest_fen != line.amount_fen:
        rows.append(f"已认 {yuan(line.amount_fen - facts.rest_fen)} 元，还剩 {yuan(facts.rest_fen)} 元")
    return rows


def _proposed(proposals: Sequence[Proposal]) -> list[str]:
    if not proposals:
        return ["没有合适的建议。"]
    return [
        f"{mark} {proposal.words}，{proposal.score} 分：{'；'.join(proposal.reasons)}"
        for mark, proposal in zip(_MARKS, proposals, strict=False)
    ]


def _key(line: BankLine, proposal: Proposal) -> str:
    prefix = _PREFIX[proposal.what]
    if proposal.what is not What.BOOK:
        return f"{prefix}:{line.id}:{proposal.target_id}"
    return f"{prefix}:{line.id}:" + ",".join(f"{tenant}={fen}" for tenant, fen in proposal.parts)


def read_numbers(argument: str, count: int) -> list[int]:
    """The ids in "12:7". Raises: UserError for anything else."""
    pieces = argument.split(":")
    if len(pieces) != count or not all(_is_id(piece) for piece in pieces):
        raise UserError("这个按钮已经失效。发送“对账”重新查看。")
    return [int(piece) for piece in pieces]


def read_parts(argument: str) -> tuple[int, list[tuple[int, int]]]:
    """The line and (tenant, 分) in "12:3=100000,7=50000". Raises: UserError for anything else."""
    line, _, rest = argument.partition(":")
    pairs = [piece.split("=") for piece in rest.split(",")]
    flat = [line, *(each for pair in pairs for each in pair)]
    if any(len(pair) != 2 for pair in pairs) or not all(_is_id(each) for each in flat):
        raise UserError("这个按钮已经失效。发送“对账”重新查看。")
    return int(line), [(int(tenant), int(fen)) for tenant, fen in pairs]


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 15
