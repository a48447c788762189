"""Every rule a manager may tune, as it stands in `config.yaml`. Adding a setting = adding one field in its section.

Each field says where its default comes from: [manual ¶], [law] or [practice].
"""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from models.rules.announcements import AnnouncementRules
from models.rules.claims import ClaimKind, ClaimRules
from models.rules.desk import ComplaintRules, DeskRules, InquiryRules
from models.rules.dunning import DunningRules
from models.rules.fees import FeeRules
from models.rules.insurance import InsuranceRules
from models.rules.kpi import KpiRules
from models.rules.money import BankRules, InvoiceRules, PaymentRules
from models.rules.notices import NoticeRules
from models.rules.operation import OperationRules
from models.rules.place import BindingRules, CalendarRules, ImageRules, ParkRules, Shift
from models.rules.privacy import PrivacyRules, RetentionRules
from models.rules.repair import RepairRules
from models.rules.section import Section
from models.rules.sending import SendingRules
from models.rules.suspension import SuspensionRules
from models.rules.understanding import UnderstandingRules

__all__ = [
    "AnnouncementRules",
    "BankRules",
    "BindingRules",
    "CalendarRules",
    "ClaimKind",
    "ClaimRules",
    "ComplaintRules",
    "DeskRules",
    "DunningRules",
    "FeeRules",
    "ImageRules",
    "InquiryRules",
    "InsuranceRules",
    "InvoiceRules",
    "KpiRules",
    "NoticeRules",
    "OperationRules",
    "ParkRules",
    "PaymentRules",
    "PrivacyRules",
    "RepairRules",
    "RetentionRules",
    "Rules",
    "Section",
    "SendingRules",
    "Shift",
    "SuspensionRules",
    "UnderstandingRules",
]


class Rules(Section):
    """All rules together; handed down as `rules`."""

    public_url: str = ""
    """Where the outside world reaches this service; taken from server.public_url."""
    sms_segments: dict[str, int] = {}
    """How many messages each SMS template is charged as; taken from sms.templates."""
    park: ParkRules = ParkRules()
    calendar: CalendarRules = CalendarRules()
    shifts: dict[str, Shift] = {}
    roles: dict[str, frozenset[str]] = {}
    departments: dict[str, str] = {}
    """Name of a department → its default role."""
    binding: BindingRules = BindingRules()
    fees: FeeRules = FeeRules()
    notices: NoticeRules = NoticeRules()
    dunning: DunningRules = DunningRules()
    payments: PaymentRules = PaymentRules()
    bank: BankRules = BankRules()
    invoices: InvoiceRules = InvoiceRules()
    suspension: SuspensionRules = SuspensionRules()
    desk: DeskRules = DeskRules()
    repair: RepairRules = RepairRules()
    announcements: AnnouncementRules = AnnouncementRules()
    complaint: ComplaintRules = ComplaintRules()
    inquiry: InquiryRules = InquiryRules()
    claims: ClaimRules = ClaimRules()
    kpi: KpiRules = KpiRules()
    insurance: InsuranceRules = InsuranceRules()
    understanding: UnderstandingRules = UnderstandingRules()
    images: ImageRules = ImageRules()
    privacy: PrivacyRules = PrivacyRules()
    retention: RetentionRules = RetentionRules()
    sending: SendingRules = SendingRules()
    operation: OperationRules = OperationRules()

    @model_validator(mode="after")
    def _ladder_is_lawful(self) -> Self:
        """The 暂停服务通知书 is a letter of a mode that suspends [law: 民法典 §944]."""
        levels, suspends = self.dunning.levels, self.suspension.mode != "off"
        if not suspends and any(level.kind == "suspension_notice" for level in levels):
            raise ValueError(
                "suspension.mode 为 off 时，dunning.levels 不能有 suspension_notice，请改用 final"
            )
        names = [level.title(suspends=suspends) for level in levels]
        if len(set(names)) < len(names):
            raise ValueError(f"dunning.levels 的名称不能重复：{'、'.join(names)}；请用 name 区分")
        if self.dunning.tell_owner_at not in ("", *names):
            raise ValueError(f"dunning.tell_owner_at 应为空或以下之一：{'、'.join(names)}")
        return self
