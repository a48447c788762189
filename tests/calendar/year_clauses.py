"""The clauses of the month of fees, each with a question to the database that finds somebody it happened to.

Held at the end of the year: a clause that nobody met is a story that was not told.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from models.audit.entry import AuditEntry
from models.bank.line import BankLine, LineStatus
from models.closing.close import CloseStatus, MonthClose
from models.database import Database
from models.fees.bill import (
    Bill,
    BillGap,
    BillKind,
    BillLine,
    BillReversal,
    BillRun,
    BillStatus,
    ReversalStatus,
    RunKind,
    RunStatus,
)
from models.fees.deposit import DepositRefund
from models.fees.meter import Handover, Meter, MeterChange, Reading, ReadingCorrection, Tariff
from models.fees.pause import DunningPause, DunningStep, PauseKind, PauseOutcome
from models.fees.payment import Allocation, Cheque, Payment, Refund
from models.fees.pool import PoolMonth
from models.fees.till import DayClose
from models.invoices.invoice import Invoice, InvoiceState
from models.job_run import JobRun
from models.job_run import RunStatus as JobStatus
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.notices.delivery_step import DeliveryStep, Rung
from models.notices.notice import Notice, NoticeKind, Receipt
from models.notices.posting import Posting
from models.notices.refusal import Refusal
from models.people.tenant import Tenant
from models.suspension.machine import State
from models.suspension.suspension import Suspension, SuspensionApproval
from tests.calendar import year_park as who
from tests.calendar.year_story import POOL

Clause = tuple[str, str, Select[int]]
"""Section, what happened, and who it happened to: any row will do."""


def _line(code: str, *more: ColumnElement[bool]) -> Select[int]:
    """A line of a bill that went out."""
    return (
        select(Bill.tenant_id)
        .join(BillLine, BillLine.bill_id == Bill.id)
        .where(Bill.status != BillStatus.DRAFT, BillLine.code == code, *more)
    )


def _of(name: str) -> ColumnElement[bool]:
    return exists().where(Tenant.id == Bill.tenant_id, Tenant.name == name)


def _job(name: str) -> Select[int]:
    return select(JobRun.attempts).where(JobRun.job == name, JobRun.status == JobStatus.DONE)


def _audited(action: str) -> Select[int]:
    return select(AuditEntry.id).where(AuditEntry.action == action)


def _notice(kind: NoticeKind, *more: ColumnElement[bool]) -> Select[int]:
    return select(Notice.tenant_id).where(Notice.kind == kind, *more)


def _sent(status: OutboxStatus, *more: ColumnElement[bool]) -> Select[int]:
    """What became of a letter on its way."""
    return select(OutboxMessage.id).where(
        OutboxMessage.purpose == Purpose.NOTICE, OutboxMessage.status == status, *more
    )


def _rung(rung: Rung) -> Select[int]:
    return select(DeliveryStep.notice_id).where(DeliveryStep.rung == rung)


def _receipt(*more: ColumnElement[bool]) -> Select[int]:
    return select(Receipt.notice_id).where(*more)


def _pause(kind: PauseKind, *more: ColumnElement[bool]) -> Select[int]:
    return select(DunningPause.tenant_id).where(DunningPause.kind == kind, *more)


def _paid(*more: ColumnElement[bool]) -> Select[int]:
    return select(Payment.tenant_id).where(*more)


_CREDIT_FIRST = (
    select(Payment.tenant_id)
    .join(Allocation, Allocation.payment_id == Payment.id)
    .join(Bill, Bill.id == Allocation.bill_id)
    .where(Payment.received_at < Bill.issued_at)
)
_SPLIT_UNIT = _line("property", BillLine.basis.contains("天"), _of(who.LEAVER), Bill.month == "2026-03")
_LATER_DUNNED = (
    select(DunningPause.tenant_id)
    .join(DunningStep, DunningStep.tenant_id == DunningPause.tenant_id)
    .where(DunningPause.kind == PauseKind.PROMISE, DunningStep.sent_on > DunningPause.until_on)
)
_AFTER_PART_PAYMENT = (
    select(DunningStep.tenant_id)
    .join(Allocation, Allocation.bill_id == DunningStep.bill_id)
    .join(Tenant, and_(Tenant.id == DunningStep.tenant_id, Tenant.name == who.LESSEE))
    .where(DunningStep.kind == "legal_letter")
)
_TWO_APPROVED = (
    select(SuspensionApproval.suspension_id)
    .group_by(SuspensionApproval.suspension_id)
    .having(func.count(func.distinct(SuspensionApproval.userid)) == 2)
)

CLAUSES: tuple[Clause, ...] = (
    ("§4", "charges are asked for on the 22nd", _job("remind.charges")),
    ("§4", "missing meters are listed on the 23rd", _job("remind.meters")),
    ("§4", "who holds the bills is reminded on the 26th", _job("remind.bills")),
    (
        "§4",
        "month closed, reviewed by another, archived",
        select(MonthClose.id).where(MonthClose.status == CloseStatus.SEALED),
    ),
    (
        "§4",
        "due before Spring Festival on a shifted calendar",
        select(Bill.tenant_id).where(Bill.month == "2026-01", Bill.due_on == date(2026, 2, 13)),
    ),
    ("§5", "property fee pro rata in a part month", _SPLIT_UNIT),
    ("§5", "water", _line("water")),
    ("§5", "electricity × 40", _line("electricity", BillLine.basis.contains("倍率 40"))),
    ("§5", "a shared pool, to the 分", _line("shared_electricity")),
    ("§5", "the centre carries an empty unit's share", select(PoolMonth.id).where(PoolMonth.centre_fen > 0)),
    (
        "§5",
        "the main meter is read again when its pool is negative",
        select(ReadingCorrection.id)
        .join(Reading, Reading.id == ReadingCorrection.reading_id)
        .join(Meter, Meter.id == Reading.meter_id)
        .where(Meter.number == POOL),
    ),
    ("§5", "a service charge", _line("service")),
    ("§5", "parking, a part month", _line("parking", BillLine.basis.contains("天"))),
    ("§5", "a deposit", _line("deposit")),
    ("§5", "a deposit goes back", select(DepositRefund.id)),
    ("§5", "rubbish of a decoration", _line("clearance")),
    ("§5", "违约金 with the contract's reference", _line("penalty", BillLine.basis.contains("合同"))),
    ("§5", "a meter is replaced", select(MeterChange.id)),
    ("§5", "a meter begins again from zero", select(Reading.id).where(Reading.rollover)),
    ("§5", "an estimate is marked", _line("electricity", BillLine.name.endswith("（估）"))),
    ("§5", "an estimate is settled", _line("electricity", BillLine.name.contains("估读结算"))),
    ("§5", "a missing reading is listed, not billed", select(BillGap.id)),
    ("§5", "a reading between two tenants", select(Handover.id)),
    ("§5", "an odd value is confirmed", _audited("reading.confirm")),
    ("§5", "a reading is corrected", select(ReadingCorrection.id)),
    (
        "§5",
        "a supplement for who was late",
        select(Bill.tenant_id).where(Bill.kind == BillKind.SUPPLEMENT, _of(who.LATE)),
    ),
    (
        "§5",
        "drafted, checked and approved by different people",
        select(BillRun.id).where(
            BillRun.kind == RunKind.MONTH,
            BillRun.status == RunStatus.ISSUED,
            BillRun.checked_by != BillRun.issued_by,
        ),
    ),
    (
        "§5",
        "a bill is reversed and replaced",
        select(BillReversal.id).where(
            BillReversal.status == ReversalStatus.APPROVED, BillReversal.replacement_id.is_not(None)
        ),
    ),
    (
        "§5",
        "a price changes",
        select(Tariff.id).where(Tariff.code == "电", Tariff.from_on == date(2026, 10, 1)),
    ),
    ("§6", "signed in chat", _receipt(Receipt.how == "微信", Receipt.sufficient.is_(True))),
    ("§6", "signed at the door, with a photo", _receipt(Receipt.how == "上门", Receipt.sufficient.is_(True))),
    ("§6", "a signer without authority does not end the ladder", _receipt(Receipt.sufficient.is_(False))),
    ("§6", "the digest of the exact document", _receipt(Receipt.sha256 != "")),
    ("§6", "said again the next day", _rung(Rung.AGAIN)),
    ("§6", "a list to visit", _rung(Rung.VISIT)),
    ("§6", "a list to post", _rung(Rung.POST)),
    ("§6", "refused at the door", select(Refusal.notice_id)),
    ("§6", "delivered by post", select(Posting.notice_id).where(Posting.delivered_on.is_not(None))),
    ("§6", "returned by post", select(Posting.notice_id).where(Posting.returned_on.is_not(None))),
    ("§6", "an SMS pointer", _sent(OutboxStatus.SENT, OutboxMessage.channel == "sms")),
    (
        "§6",
        "paid before the letter could leave",
        _sent(OutboxStatus.WITHHELD, OutboxMessage.reason == "账单已付清"),
    ),
    ("§6", "a wrong number is given up", _sent(OutboxStatus.DEAD)),
    ("§7", "first letter", _notice(NoticeKind.DUNNING)),
    ("§7", "second letter", _notice(NoticeKind.LEGAL)),
    ("§7", "last letter", _notice(NoticeKind.SUSPENSION)),
    ("§7", "the owner is told", _notice(NoticeKind.OWNER)),
    ("§7", "a part payment does not drop from the ladder", _AFTER_PART_PAYMENT),
    ("§7", "a promise is broken", _LATER_DUNNED),
    (
        "§7",
        "an objection is not right",
        _pause(PauseKind.DISPUTE, DunningPause.outcome == PauseOutcome.UNFOUNDED),
    ),
    ("§7", "an objection is right", _pause(PauseKind.DISPUTE, DunningPause.outcome == PauseOutcome.UPHELD)),
    ("§7", "stopped by hand", _pause(PauseKind.BY_HAND)),
    ("§7", "an evidence pack", _audited("evidence.take")),
    ("§8", "two different people approve", _TWO_APPROVED),
    (
        "§8",
        "carried out, and restored by payment",
        select(Suspension.tenant_id).where(
            Suspension.state == State.RESTORED, Suspension.executed_at.is_not(None)
        ),
    ),
    ("§9", "cash, for a month that was named", _paid(Payment.method == "现金")),
    ("§9", "transfer", _paid(Payment.method == "转账", Payment.bank_line_id.is_(None))),
    ("§9", "a line of the bank's statement", select(BankLine.id).where(BankLine.status == LineStatus.BOOKED)),
    ("§9", "a cheque bounces", _paid(Payment.cheque == Cheque.BOUNCED, Payment.reversed_at.is_not(None))),
    ("§9", "too much is credit, and pays the next bill", _CREDIT_FIRST),
    ("§9", "credit goes back", select(Refund.tenant_id)),
    ("§9", "a payment is reversed with a reason", _paid(Payment.reversed_reason.contains("金额输错"))),
    ("§9", "an invoice", select(Invoice.tenant_id).where(Invoice.state == InvoiceState.ISSUED)),
    ("§9", "a cashier's day is closed", select(DayClose.id)),
)


async def unmet(db: Database) -> list[str]:
    """The clauses nobody met."""
    async with db.read() as session:
        return [
            f"{section} {what}"
            for section, what, query in CLAUSES
            if await session.scalar(query.limit(1)) is None
        ]
