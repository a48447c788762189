"""Every rule a manager may tune, as it stands in `config.yaml`. Adding a setting = adding one field in its section.

Each field says where its default comes from: [manual ¶], [law] or [practice].
"""

from __future__ import annotations

from models.rules.claims import ClaimKind, ClaimRules
from models.rules.fees import DunningRules, FeeRules
from models.rules.insurance import InsuranceRules
from models.rules.kpi import KpiRules
from models.rules.money import BankRules, InvoiceRules, PaymentRules
from models.rules.place import BindingRules, CalendarRules, ImageRules, ParkRules, Shift
from models.rules.repair import RepairRules
from models.rules.section import Section

__all__ = [
    "BankRules",
    "BindingRules",
    "CalendarRules",
    "ClaimKind",
    "ClaimRules",
    "DunningRules",
    "FeeRules",
    "ImageRules",
    "InsuranceRules",
    "InvoiceRules",
    "KpiRules",
    "ParkRules",
    "PaymentRules",
    "RepairRules",
    "Rules",
    "Section",
    "Shift",
]


class Rules(Section):
    """All rules together; handed down as `rules`."""

    public_url: str = ""
    """Where the outside world reaches this service; taken from server.public_url."""
    park: ParkRules = ParkRules()
    calendar: CalendarRules = CalendarRules()
    shifts: dict[str, Shift] = {}
    roles: dict[str, frozenset[str]] = {}
    departments: dict[str, str] = {}
    """Name of a department → its default role."""
    binding: BindingRules = BindingRules()
    fees: FeeRules = FeeRules()
    dunning: DunningRules = DunningRules()
    payments: PaymentRules = PaymentRules()
    bank: BankRules = BankRules()
    invoices: InvoiceRules = InvoiceRules()
    repair: RepairRules = RepairRules()
    claims: ClaimRules = ClaimRules()
    kpi: KpiRules = KpiRules()
    insurance: InsuranceRules = InsuranceRules()
    images: ImageRules = ImageRules()
