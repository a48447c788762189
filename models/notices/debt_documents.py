"""What letters about debts show: the tenant's ladder, the paper before a suspension, the letter to a unit's owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.notices.documents import Approval, Issuer, must_add_up


@dataclass(frozen=True, slots=True)
class OpenBill:
    """A bill that is not paid in full. month: "2026-03"."""

    number: str
    month: str
    due_on: date
    billed_fen: int
    paid_fen: int

    @property
    def owed_fen(self) -> int:
        """What is left to pay."""
        return self.billed_fen - self.paid_fen


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """The tenant said when it would pay, and the day has passed."""

    made_on: date
    promised_on: date


@dataclass(frozen=True, slots=True)
class DebtLetter:
    """What every letter up the ladder says: which bills are open, and until when they should be paid.

    as_of_on: payments until this day are counted.
    """

    issuer: Issuer
    number: str
    tenant: str
    units: tuple[str, ...]
    issued_on: date
    as_of_on: date
    bills: tuple[OpenBill, ...]
    total_fen: int
    total_words: str
    pay_by_on: date

    def __post_init__(self) -> None:
        must_add_up(self.number, sum(bill.owed_fen for bill in self.bills), self.total_fen)


@dataclass(frozen=True, slots=True)
class DunningNotice(DebtLetter):
    """催款通知单: what is still unpaid, and until when it should be paid.

    It asks; it never speaks of stopping power or water [law: 民法典 §944].
    title: the level's name. promises: that were not kept.
    """

    pay_by_note: str = ""
    title: str = "催款通知单"
    promises: tuple[BrokenPromise, ...] = ()
    approval: Approval | None = None


@dataclass(frozen=True, slots=True)
class EarlierDemand:
    """A letter that asked for the money before. how: it reached the tenant, as people say it: "微信签收"."""

    number: str
    made_on: date
    how: str
    kind: str = "催款通知单"


@dataclass(frozen=True, slots=True)
class LegalNotice(DebtLetter):
    """欠费法律告知函: pay, or object, or a court or arbitration decides [law: 民法典 §944, §195].

    contract: its name and number, "" when unknown. forum: the next step as the contract has it.
    """

    demands: tuple[EarlierDemand, ...] = ()
    contract: str = ""
    forum: str = "向有管辖权的人民法院提起诉讼，或者依照约定申请仲裁"
    promises: tuple[BrokenPromise, ...] = ()
    approval: Approval | None = None


@dataclass(frozen=True, slots=True)
class SuspensionNotice(DebtLetter):
    """暂停服务通知书: pay within the full days, or these services may be suspended [manual flow chart].

    A chat or SMS copy has no legal force where utilities are concerned [law: 电子签名法 §3]: this is a paper with a
    slip. services: what may be suspended; utilities: whether one of them is one; legal_basis: as the settings have it.
    """

    full_days: int
    services: tuple[str, ...]
    utilities: bool
    legal_basis: str
    demands: tuple[EarlierDemand, ...] = ()
    promises: tuple[BrokenPromise, ...] = ()
    approval: Approval | None = None

    def __post_init__(self) -> None:
        DebtLetter.__post_init__(self)  # super() knows only the class before its slots
        if not self.services:
            raise ValueError(f"{self.number}: nothing to suspend")
        if self.utilities and not self.legal_basis:
            raise ValueError(f"{self.number}: no legal basis")


@dataclass(frozen=True, slots=True)
class OwnerBill:
    """What a unit's use has cost in a month and is not paid, at most. name: the month's fees of that unit."""

    number: str
    month: str
    due_on: date
    owed_fen: int


@dataclass(frozen=True, slots=True)
class OwnerLetter:
    """告知业主函: the lessee of the owner's units has not paid [law: 物业管理条例 §41].

    It tells of these units alone: bills hold only their lines, and never more than is still open.
    """

    issuer: Issuer
    number: str
    owner: str
    owner_address: str
    tenant: str
    units: tuple[str, ...]
    issued_on: date
    as_of_on: date
    bills: tuple[OwnerBill, ...]
    total_fen: int
    total_words: str
    pay_by_on: date
    demand_number: str

    def __post_init__(self) -> None:
        must_add_up(self.number, sum(bill.owed_fen for bill in self.bills), self.total_fen)
