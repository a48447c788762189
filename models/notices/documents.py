"""What each document shows, as values: a letter is rendered from these and from nothing else.

A sheet whose parts do not add up to its total is refused here, so that none is ever printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from models.rules import ParkRules


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who writes, where to pay and whom to ask."""

    park: str
    centre: str
    phone: str
    address: str
    account_name: str
    account_bank: str
    account_number: str
    finance_hours: str

    @classmethod
    def of(cls, park: ParkRules) -> Issuer:
        """As the park names itself in its rules."""
        return cls(
            park=park.name,
            centre=park.centre,
            phone=park.phone,
            address=park.address,
            account_name=park.account_name,
            account_bank=park.account_bank,
            account_number=park.account_number,
            finance_hours=park.finance_hours,
        )


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved the sheet ("盖章") and when [manual flow chart: 项目经理盖章确认]."""

    name: str
    approved_on: date


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One amount. basis: the arithmetic as printed, such as "120.00 ㎡ × 12.00 元/㎡"."""

    name: str
    basis: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class PaymentNotice:
    """缴费通知单: what is to be paid for a month.

    month: "2026-03". total_fen: the lines and what was owed before, less the credit used.
    due_note: how the day was found, or why it moved; "" when there is nothing to say. remark: what it takes the place of.
    approval: None leaves the place for a signature empty.
    """

    issuer: Issuer
    number: str
    tenant: str
    units: tuple[str, ...]
    month: str
    period_from_on: date
    period_to_on: date
    issued_on: date
    lines: tuple[FeeLine, ...]
    previous_balance_fen: int
    credit_used_fen: int
    total_fen: int
    total_words: str
    due_on: date
    due_note: str = ""
    remark: str = ""
    approval: Approval | None = None

    def __post_init__(self) -> None:
        parts_fen = self.subtotal_fen + self.previous_balance_fen - self.credit_used_fen
        must_add_up(self.number, parts_fen, self.total_fen)

    @property
    def subtotal_fen(self) -> int:
        """The lines of this month together."""
        return sum(line.amount_fen for line in self.lines)


@dataclass(frozen=True, slots=True)
class SignOffRow:
    """How one notice was delivered and who signed. how: 微信, 短信, 上门 or 邮寄; signed_at: None leaves room for a pen.

    delivered_on: registered mail arrived that day, where nobody signed. step, step_on: how far up the ladder an
    unproven one has come, and since when; "" where nothing is open.
    """

    number: str
    tenant: str
    units: tuple[str, ...]
    amount_fen: int
    how: str = ""
    signer: str = ""
    role: str = ""
    signed_at: datetime | None = None
    delivered_on: date | None = None
    step: str = ""
    step_on: date | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class SignOffSheet:
    """缴费/催费通知单签收表 of a month and a building, for finance to archive [manual ¶4.6.7]."""

    issuer: Issuer
    month: str
    building: str
    made_on: date
    made_by: str
    rows: tuple[SignOffRow, ...]

    @property
    def total_fen(self) -> int:
        """All notices together."""
        return sum(row.amount_fen for row in self.rows)

    @property
    def signed_count(self) -> int:
        """How many are signed for."""
        return sum(row.signed_at is not None for row in self.rows)

    @property
    def posted_count(self) -> int:
        """How many nobody signed for, but registered mail brought."""
        return sum(row.delivered_on is not None for row in self.rows)


@dataclass(frozen=True, slots=True)
class PaidPart:
    """The part of a payment that went to a bill. name: what it pays, such as "2026年3月物业费用".

    split: "违约金 20.00、本金 980.00" where the bill asks for more than principal, else "".
    """

    bill_number: str
    name: str
    amount_fen: int
    split: str = ""


@dataclass(frozen=True, slots=True)
class PaymentReceipt:
    """收据 for money received; it is no invoice.

    parts and credit_added_fen together are the amount. remaining_debt_fen, credit_fen: as they stood at as_of_at.
    method: 现金, 支票 or 转账; reference: of the cheque or transfer. paid_by: the payer's name on the bank's statement
    where it is not the tenant's. order: how the money was put on the bills [law: 民法典 §560, §561].
    cheque_note: what a cheque that has not cleared means, "" for all else.
    """

    issuer: Issuer
    number: str
    payer: str
    units: tuple[str, ...]
    received_at: datetime
    method: str
    reference: str
    amount_fen: int
    amount_words: str
    parts: tuple[PaidPart, ...]
    credit_added_fen: int
    as_of_at: datetime
    remaining_debt_fen: int
    credit_fen: int
    cashier: str
    paid_by: str = ""
    order: str = ""
    cheque_note: str = ""

    def __post_init__(self) -> None:
        parts_fen = sum(part.amount_fen for part in self.parts) + self.credit_added_fen
        must_add_up(self.number, parts_fen, self.amount_fen)


@dataclass(frozen=True, slots=True)
class WorkStep:
    """One thing that happened to the order."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as it came in; caption: "报修照片", "完工照片"."""

    caption: str
    picture: bytes


@dataclass(frozen=True, slots=True)
class WorkTarget:
    """One target time of a case and what became of it, in words."""

    label: str
    due_at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class WorkMessage:
    """What was written to the reporter. how: the channel, "微信客服", "短信"."""

    at: datetime
    how: str
    what: str


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """维修工单: a case from report to signature. charge_fen: the price agreed, 0 when free.

    kind: what it is, "报修", "投诉", "咨询"; only a repair is signed as one.
    signed_by, called_by: who signed it off in the chat, who telephoned, and when; "" leaves the line to a pen.
    """

    issuer: Issuer
    case_number: str
    state: str
    category: str
    urgency: str
    tenant: str
    unit: str
    reporter: str
    reporter_phone: str
    reported_at: datetime
    description: str
    worker: str
    kind: str = "报修"
    steps: tuple[WorkStep, ...] = ()
    messages: tuple[WorkMessage, ...] = ()
    photos: tuple[Photo, ...] = ()
    charge_fen: int = 0
    targets: tuple[WorkTarget, ...] = ()
    signed_by: str = ""
    called_by: str = ""


def must_add_up(number: str, parts_fen: int, total_fen: int) -> None:
    """Raises ValueError: such a sheet is never printed."""
    if parts_fen != total_fen:
        raise ValueError(f"{number}: the parts make {parts_fen} 分, the total says {total_fen} 分")
