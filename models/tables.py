"""Every table, so that whoever needs the complete schema (migrations, tests) imports one module."""

from models.announcements.announcement import Announcement, AnnouncementCopy
from models.announcements.outage_answer import OutageAnswer
from models.audit.entry import AuditEntry
from models.bank.line import BankLine
from models.base import Base
from models.cases.call_back import CallBack
from models.cases.case import Case, CaseEvent, Deadline
from models.cases.complaint_person import ComplaintPerson
from models.cases.knowledge import Knowledge
from models.cases.merge_proposal import MergeProposal
from models.claims.amounts import ClaimAmount
from models.claims.claim import Claim, ClaimRepair, Consent
from models.claims.duty import ClaimDuty
from models.claims.evidence import ClaimPhoto, DamageItem
from models.claims.insurer_clocks import InsurerClock
from models.claims.paper import ClaimPaper, PaperRequest
from models.claims.third_party import ThirdParty
from models.closing.close import CloseQuestion, MonthClose
from models.fees.bill import Bill, BillGap, BillLine, BillReversal, BillRun, ServiceCharge
from models.fees.carried import CarriedCredit
from models.fees.charge_handover import ChargeHandover
from models.fees.deposit import Deposit, DepositRefund
from models.fees.meter import Handover, Meter, MeterChange, Reading, ReadingCorrection, Tariff
from models.fees.parking import ParkingSpace
from models.fees.pause import DunningPause, DunningStep
from models.fees.payment import Allocation, Payment, Refund, RefundPart, ReleasedAllocation
from models.fees.penalty_agreement import PenaltyAgreement
from models.fees.pool import PoolMonth, PoolPause, PoolShare, SharedPool
from models.fees.reading_upload import ReadingLink, ReadingUpload
from models.fees.till import DayClose, TillEntry
from models.invoices.invoice import Invoice, InvoicePart, InvoiceTitle
from models.job_run import JobRun, JobSince
from models.kpi.reason import MissReason
from models.messages.card import Card
from models.messages.conversation import Conversation
from models.messages.delivery_report import DeliveryReport
from models.messages.inbox import InboxMessage
from models.messages.kf_cursor import KfCursor
from models.messages.media import Media
from models.messages.outbox import OutboxMessage
from models.messages.send_count import SendCount
from models.messages.send_pause import SendPause
from models.messages.sms_reply import SmsReplyRow
from models.messages.window import KfWindow
from models.notices.delivery_step import DeliveryStep
from models.notices.notice import Notice, Receipt
from models.notices.posting import Posting
from models.notices.refusal import Refusal
from models.operation.access_token import AccessToken
from models.people.identity import BindingAttempt, BindingCode, Identity
from models.people.staff import Staff
from models.people.stewardship import Stewardship
from models.people.tenant import Contact, Tenancy, Tenant
from models.people.unit import Unit
from models.policies.policy import Policy
from models.policies.renewal import PolicyRenewal
from models.privacy.doomed import DoomedFile
from models.privacy.erasure import Erasure
from models.sequence import Sequence
from models.suspension.suspension import Suspension, SuspensionApproval, SuspensionEvent
from models.uploads.link import UploadLink

TABLES = (
    AccessToken,
    Allocation,
    Announcement,
    AnnouncementCopy,
    AuditEntry,
    BankLine,
    Bill,
    BillGap,
    BillLine,
    BillReversal,
    BillRun,
    BindingAttempt,
    BindingCode,
    Card,
    CallBack,
    CarriedCredit,
    Case,
    CaseEvent,
    ChargeHandover,
    Claim,
    ClaimAmount,
    ClaimDuty,
    ClaimPaper,
    ClaimPhoto,
    ClaimRepair,
    CloseQuestion,
    ComplaintPerson,
    Consent,
    Contact,
    Conversation,
    DamageItem,
    DayClose,
    Deadline,
    DeliveryReport,
    DeliveryStep,
    Deposit,
    DepositRefund,
    DoomedFile,
    DunningPause,
    DunningStep,
    Erasure,
    Handover,
    Identity,
    InboxMessage,
    InsurerClock,
    Invoice,
    InvoicePart,
    InvoiceTitle,
    JobRun,
    JobSince,
    KfCursor,
    KfWindow,
    Knowledge,
    Media,
    MergeProposal,
    Meter,
    MeterChange,
    MissReason,
    MonthClose,
    Notice,
    OutageAnswer,
    OutboxMessage,
    PaperRequest,
    ParkingSpace,
    Payment,
    PenaltyAgreement,
    Policy,
    PolicyRenewal,
    PoolMonth,
    PoolPause,
    PoolShare,
    Posting,
    Reading,
    ReadingCorrection,
    ReadingLink,
    ReadingUpload,
    Receipt,
    Refund,
    RefundPart,
    Refusal,
    ReleasedAllocation,
    SendCount,
    SendPause,
    Sequence,
    ServiceCharge,
    SharedPool,
    SmsReplyRow,
    Staff,
    Stewardship,
    Suspension,
    SuspensionApproval,
    SuspensionEvent,
    Tariff,
    Tenancy,
    Tenant,
    ThirdParty,
    TillEntry,
    Unit,
    UploadLink,
)

metadata = Base.metadata
