"""Whose money a line of a statement may be: proposals with a score and its reasons [practice]. Pure.

Points: what tells the payer (account, name) counts most, what the payer wrote next, the amount last: an amount alone
never makes a proposal sure. Nothing here books anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from models.bank.names import is_in, likeness, plain, same
from models.fees.money import yuan
from models.rules import BankRules

_MOST = 3
_MOST_TENANTS = 3
_CLEAR_LEAD = 30
_MONTH_WORD = re.compile(r"(?<![0-9])(?:(20[0-9]{2})[年\-./]?)?(1[0-2]|0?[1-9])月(?!\s*[0-9])")
_MONTH_CODE = re.compile(r"(?<![0-9])(20[0-9]{2})-?(0[1-9]|1[0-2])(?![0-9])")


class What(StrEnum):
    """book: new payments. link: a payment the counter recorded already. refund: money we gave back ourselves."""

    BOOK = "book"
    LINK = "link"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class OpenBillFacts:
    """An unpaid bill. numbers: its own and those of the notices that asked for it."""

    id: int
    month: str
    label: str
    owed_fen: int
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TenantFacts:
    """A tenant with its units and unpaid bills, oldest due first."""

    id: int
    name: str
    units: tuple[str, ...] = ()
    bills: tuple[OpenBillFacts, ...] = ()

    @property
    def owed_fen(self) -> int:
        """All of it."""
        return sum(bill.owed_fen for bill in self.bills)


@dataclass(frozen=True, slots=True)
class RecordedFacts:
    """A payment or refund of ours that no statement shows yet."""

    id: int
    tenant_id: int
    number: str
    tenant: str
    amount_fen: int
    reference: str
    on: date


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What is on the line; rest_fen: what of it nobody has decided on."""

    on: date
    rest_fen: int
    payer_name: str
    payer_account: str
    reference: str
    serial: str


@dataclass(frozen=True, slots=True)
class Known:
    """What people confirmed before: payer's account and name → ids of the tenants they paid for."""

    accounts: Mapping[str, frozenset[int]] = field(default_factory=dict)
    names: Mapping[str, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """parts: (tenant id, 分) to be booked. target_id: the payment or refund to link. words: who, for people."""

    what: What
    score: int
    words: str
    reasons: tuple[str, ...]
    parts: tuple[tuple[int, int], ...] = ()
    target_id: int = 0


def propose(
    line: LineFacts,
    tenants: Sequence[TenantFacts],
    recorded: Sequence[RecordedFacts],
    known: Known,
    rules: BankRules,
) -> list[Proposal]:
    """The best proposals, best first. `recorded`: payments for money that came, refunds for money that went."""
    if line.rest_fen < 0:
        found = [_refund(line, each) for each in recorded if each.amount_fen == -line.rest_fen]
    else:
        evidence = {tenant.id: _evidence(line, tenant, known, rules) for tenant in tenants}
        found = [_one(line, tenant, evidence[tenant.id]) for tenant in tenants]
        found += _several(line, tenants, evidence)
        found += [_link(line, each, evidence) for each in recorded if each.amount_fen == line.rest_fen]
    best = sorted(found, key=lambda proposal: (-proposal.score, proposal.what != What.LINK, proposal.words))
    return [proposal for proposal in best if proposal.score >= rules.least_score][:_MOST]


def sure_one(proposals: Sequence[Proposal], rules: BankRules) -> Proposal | None:
    """The one that may be confirmed in a list with others: a good score, and nothing else near it."""
    if not proposals or proposals[0].score < rules.sure_score:
        return None
    rival = proposals[1].score if len(proposals) > 1 else 0
    return proposals[0] if rival <= proposals[0].score - _CLEAR_LEAD else None


def bills_named(reference: str, bills: Sequence[OpenBillFacts], on: date) -> list[int]:
    """Ids of the open bills the payer's words name, by number or by month."""
    text = reference.upper()
    months = _months(text, on)
    return [
        bill.id for bill in bills if any(number in text for number in bill.numbers) or bill.month in months
    ]


def _months(text: str, on: date) -> set[str]:
    found = {f"{year}-{month}" for year, month in _MONTH_CODE.findall(text)}
    for year, month in _MONTH_WORD.findall(text):
        number = int(month)
        guessed = int(year) if year else on.year - (number > on.month)
        found.add(f"{guessed}-{number:02}")
    return found


Evidence = list[tuple[int, str]]


def _evidence(line: LineFacts, tenant: TenantFacts, known: Known, rules: BankRules) -> Evidence:
    """Points and reasons that speak for the tenant, without the amount."""
    who = _who_paid(line, tenant, known, rules)
    best = max(who, default=None)
    found = [best] if best else []
    found += [(10, reason) for points, reason in who if (points, reason) != best]
    return found + _what_was_written(line, tenant)


def _who_paid(line: LineFacts, tenant: TenantFacts, known: Known, rules: BankRules) -> Evidence:
    found = []
    if tenant.id in known.accounts.get(line.payer_account, ()):
        found.append((50, "付款账号以前确认过"))
    if same(line.payer_name, tenant.name):
        found.append((50, "户名与租户名称一致"))
    elif tenant.id in known.names.get(plain(line.payer_name), ()):
        found.append((45, "付款户名以前确认过"))
    elif (alike := likeness(line.payer_name, tenant.name)) >= rules.name_likeness:
        found.append((30, f"户名相似（{alike}%）"))
    return found


def _what_was_written(line: LineFacts, tenant: TenantFacts) -> Evidence:
    text = line.reference.upper()
    found = []
    numbers = [number for bill in tenant.bills for number in bill.numbers if number in text]
    if numbers:
        found.append((45, f"附言写了 {numbers[0]}"))
    if is_in(tenant.name, line.reference):
        found.append((30, "附言写了租户名称"))
    if unit := next((unit for unit in tenant.units if _names_unit(text, unit)), ""):
        found.append((25, f"附言写了单元 {unit}"))
    months = _months(text, line.on)
    if bill := next((bill for bill in tenant.bills if bill.month in months), None):
        found.append((5, f"附言写了{bill.label}"))
    return found


def _names_unit(text: str, unit: str) -> bool:
    """Whether the unit's code stands there, with or without its dash, and not as part of a longer number."""
    spelled = re.escape(unit.upper()).replace(r"\-", "-?")
    return re.search(rf"(?<![0-9A-Z]){spelled}(?![0-9])", text) is not None


def _by_amount(rest_fen: int, tenant: TenantFacts) -> tuple[int, str]:
    """Points for the amount, or a remark on what it means."""
    owed = tenant.owed_fen
    if not owed:
        return 0, "没有欠款，全部转预存"
    if rest_fen == owed:
        return 30, "金额等于全部欠款"
    if bill := next((bill for bill in tenant.bills if bill.owed_fen == rest_fen), None):
        return 30, f"金额等于{bill.label}"
    reached = 0
    for count, bill in enumerate(tenant.bills, start=1):
        reached += bill.owed_fen
        if reached == rest_fen:
            return 28, f"金额等于最早 {count} 期之和"
    if rest_fen < owed:
        return 0, f"部分付款，付后还欠 {yuan(owed - rest_fen)}"
    return 0, f"多付 {yuan(rest_fen - owed)}，转预存"


def _one(line: LineFacts, tenant: TenantFacts, evidence: Evidence) -> Proposal:
    points, remark = _by_amount(line.rest_fen, tenant)
    score = min(100, sum(each for each, _ in evidence) + points)
    reasons = (*(reason for _, reason in evidence), remark)
    return Proposal(What.BOOK, score, tenant.name, reasons, ((tenant.id, line.rest_fen),))


def _several(
    line: LineFacts, tenants: Sequence[TenantFacts], evidence: Mapping[int, Evidence]
) -> list[Proposal]:
    """One payer for two or three tenants, when something speaks for each and all they owe is the amount."""
    likely = [tenant for tenant in tenants if evidence[tenant.id] and tenant.owed_fen]
    if not 2 <= len(likely) <= _MOST_TENANTS or sum(t.owed_fen for t in likely) != line.rest_fen:
        return []
    least = min(sum(points for points, _ in evidence[tenant.id]) for tenant in likely)
    words = "、".join(f"{tenant.name} {yuan(tenant.owed_fen)}" for tenant in likely)
    reasons = (
        *dict.fromkeys(r for t in likely for _, r in evidence[t.id]),
        f"金额等于 {len(likely)} 家欠款之和",
    )
    parts = tuple((tenant.id, tenant.owed_fen) for tenant in likely)
    return [Proposal(What.BOOK, min(100, least + 30), words, reasons, parts)]


def _link(line: LineFacts, payment: RecordedFacts, evidence: Mapping[int, Evidence]) -> Proposal:
    """The counter was told before the bank was: the same money must not be booked twice."""
    reasons, score = [f"{payment.on:%m-%d} 柜台已登记 {payment.number}，金额相同"], 50
    if written := _shared_number(payment.reference, f"{line.serial} {line.reference}"):
        reasons.append(f"凭证号 {written} 一致")
        score += 40
    for points, reason in evidence.get(payment.tenant_id, []):
        reasons.append(reason)
        score += points
    return Proposal(
        What.LINK, min(100, score), f"{payment.tenant}（已登记 {payment.number}）", tuple(reasons),
        target_id=payment.id,
    )  # fmt: skip


def _refund(line: LineFacts, refund: RecordedFacts) -> Proposal:
    reasons, score = [f"{refund.on:%m-%d} 登记的退款 {refund.number}，金额相同"], 60
    if is_in(refund.reference, line.payer_name) or is_in(line.payer_name, refund.reference):
        reasons.append("收款人一致")
        score += 30
    return Proposal(
        What.REFUND, score, f"退给{refund.tenant}（{refund.number}）", tuple(reasons), target_id=refund.id
    )


def _shared_number(reference: str, text: str) -> str:
    """A number of four digits or more that both have."""
    return next((number for number in re.findall(r"[0-9]{4,}", reference) if number in text), "")
