"""A letter as its page shows it: the letter's own facts, formatted, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

from models.calendar.period import Month
from models.clock import local
from models.fees.money import yuan
from models.notices.debt_documents import OpenBill, OwnerBill
from models.notices.documents import PaymentNotice
from models.notices.facts import Letter
from models.notices.letter import document_of, last_day_to_pay
from models.notices.notice import Notice, Receipt


def letter_context(notice: Notice) -> dict[str, Any]:
    """The `notice` of the template."""
    letter = document_of(notice)
    return {
        "number": letter.number,
        "kind_label": notice.kind.value,
        "tenant": letter.tenant,
        "period": _period(letter),
        "lines": _lines(letter),
        "total": yuan(letter.total_fen),
        "total_words": letter.total_words,
        "due_on": _day(last_day_to_pay(letter)),
        "remark": letter.remark if isinstance(letter, PaymentNotice) else "",
        "void": notice.void_at is not None,
        "pay": _ways_to_pay(letter),
    }


def signature_context(receipt: Receipt | None) -> dict[str, str] | None:
    """The `signed` of the template."""
    if receipt is None:
        return None
    when = local(receipt.at)
    at = f"{when.year}年{when.month}月{when.day}日 {when:%H:%M}"
    return {"name": receipt.signer, "role": receipt.role, "at": at}


def _ways_to_pay(letter: Letter) -> list[dict[str, str]]:
    """What is copied into a bank's form, one thing to a line."""
    issuer = letter.issuer
    rows = (
        ("户名", issuer.account_name),
        ("开户行", issuer.account_bank),
        ("账号", issuer.account_number),
        ("转账备注", letter.number),
        ("现场缴费", f"{issuer.address}（{issuer.finance_hours}）"),
    )
    return [{"what": what, "value": value} for what, value in rows]


def _period(letter: Letter) -> str:
    if isinstance(letter, PaymentNotice):
        return _month(letter.month)
    return "、".join(dict.fromkeys(_month(bill.month) for bill in letter.bills))


def _lines(letter: Letter) -> list[dict[str, str]]:
    if not isinstance(letter, PaymentNotice):
        return [_bill_line(bill) for bill in letter.bills]
    lines = [_line(line.name, line.basis, line.amount_fen) for line in letter.lines]
    if letter.previous_balance_fen:
        lines.append(_line("往期未付", "", letter.previous_balance_fen))
    if letter.credit_used_fen:
        lines.append(_line("已用预存款", "", -letter.credit_used_fen))
    return lines


def _bill_line(bill: OpenBill | OwnerBill) -> dict[str, str]:
    if isinstance(bill, OwnerBill):
        return _line(f"{_month(bill.month)}账单", f"{bill.number}，期限 {_day(bill.due_on)}", bill.owed_fen)
    paid = f"，已缴 {yuan(bill.paid_fen)} 元" if bill.paid_fen else ""
    basis = f"{bill.number}，应缴 {yuan(bill.billed_fen)} 元{paid}，期限 {_day(bill.due_on)}"
    return _line(f"{_month(bill.month)}账单", basis, bill.owed_fen)


def _line(name: str, basis: str, amount_fen: int) -> dict[str, str]:
    return {"name": name, "basis": basis, "amount": yuan(amount_fen)}


def _month(month: str) -> str:
    year, number = month.split("-")
    return Month(int(year), int(number)).label


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
