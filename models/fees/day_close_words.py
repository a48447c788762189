"""A cashier's day as text (日结)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from models.fees.day_close import CashierDay
from models.fees.money import yuan
from models.fees.till import DayClose, MethodSum
from models.rules.money import CASH


def day_text(label: str, sums: Sequence[MethodSum]) -> str:
    """The day's movements by method."""
    if not sums:
        return f"{label}没有收款。"
    count, net = sum(each.count for each in sums), sum(each.net_fen for each in sums)
    return "\n".join([f"{label}收款 {count} 笔，合计 {yuan(net)} 元：", *map(_row, sums)])


def _row(each: MethodSum) -> str:
    out = f"（收 {yuan(each.in_fen)}，冲正和退款 {yuan(each.out_fen)}）" if each.out_fen else ""
    return f"· {each.method}：{each.count} 笔，{yuan(each.net_fen)} 元{out}"


def next_step(sums: Sequence[MethodSum], day: date, today: date) -> str:
    """How the day is closed."""
    cash_fen = next((each.net_fen for each in sums if each.method == CASH), 0)
    which = f"{day} " if day != today else ""
    if not cash_fen:
        return f"核对无误后发送：日结 确认 {which}0".rstrip() + "（没有现金）"
    return f"清点现金后发送：日结 确认 {which}{yuan(cash_fen)}（与账面不符的，后面写原因）"


def closed_text(close: DayClose) -> str:
    """What was locked."""
    text = f"{close.day} 已日结，单号 {close.number}。现金账面 {yuan(close.cash_fen)} 元，实点 {yuan(close.counted_fen)} 元"
    difference = close.counted_fen - close.cash_fen
    if difference:
        more = "多" if difference > 0 else "少"
        return f"{text}，{more} {yuan(abs(difference))} 元（{close.difference_reason}）。"
    return f"{text}，相符。"


def everybody_text(day: date, cashiers: Sequence[CashierDay]) -> str:
    """All cashiers of a day with what each has closed."""
    if not cashiers:
        return f"{day} 没有收款。"
    total = sum(each.net_fen for cashier in cashiers for each in cashier.sums)
    blocks = [f"{day} 全部收款合计 {yuan(total)} 元："]
    for cashier in cashiers:
        state = f"已日结 {cashier.close.number}" if cashier.close else "未日结"
        if cashier.close and cashier.close.counted_fen != cashier.close.cash_fen:
            gap = cashier.close.counted_fen - cashier.close.cash_fen
            state += f"，现金差 {yuan(gap)} 元（{cashier.close.difference_reason}）"
        net = sum(each.net_fen for each in cashier.sums)
        parts = "，".join(f"{each.method} {yuan(each.net_fen)}" for each in cashier.sums)
        blocks.append(f"· {cashier.name} {yuan(net)} 元（{parts or '没有收款'}）：{state}")
    return "\n".join(blocks)
